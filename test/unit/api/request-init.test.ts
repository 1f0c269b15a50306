// @vitest-environment node
import { expect, it } from 'vitest'
import { isPlainInit } from '../../../src/api/request-init'

it.each<[string, RequestInit, boolean]>([
  ['an object', { method: 'POST' }, true],
  ['an object without a prototype', Object.create(null), true],
  ['one that inherits its members', Object.create({ method: 'POST' }), false],
  ['a Request', new Request('https://api.trello.com/1/x'), false],
])('%s', (_case, init, isPlain) => {
  expect(isPlainInit(init)).toBe(isPlain)
})
