// @vitest-environment node
import { expect, it } from 'vitest'
import { digestOf } from '../../../src/server/digest'

it('a digest is 64 digits, the same each time', async () => {
  expect(await digestOf('key')).toMatch(/^[0-9a-f]{64}$/)
  expect(await digestOf('key')).toBe(await digestOf('key'))
})

it('keys that UTF-8 would make the same have different digests', async () => {
  expect(await digestOf('\ud800')).not.toBe(await digestOf('\udc00'))
  expect(await digestOf('a\0')).not.toBe(await digestOf('a'))
})
