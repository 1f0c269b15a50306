// @vitest-environment node
import { createContext, runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { readAuthorizeOptions } from '../../../src/sign-in/authorize-options'

function errorOf(options: unknown): unknown {
  try {
    readAuthorizeOptions(options)
  } catch (error) {
    return error
  }
  return undefined
}

const throwing = Object.defineProperty({}, 'scopes', {
  get: () => {
    throw new Error('no scopes for you')
  },
})

describe('the options of authorize()', () => {
  it('may be left out, in part or all', () => {
    const nothing = { scopes: [], signal: undefined }
    for (const options of [undefined, {}, { scopes: undefined, signal: undefined }]) {
      expect(readAuthorizeOptions(options)).toEqual(nothing)
    }
  })

  it('a click event in their place asks for nothing more', () => {
    expect(readAuthorizeOptions(new Event('click'))).toEqual({ scopes: [], signal: undefined })
  })

  it('scopes come once each, and without offline_access', () => {
    const scopes = ['a', 'offline_access', 'b', 'a']
    expect(readAuthorizeOptions({ scopes }).scopes).toEqual(['a', 'b'])
  })

  it.each<[string, unknown, object]>([
    ['null', null, { name: 'TypeError' }],
    ['a number', 7, { name: 'TypeError' }],
    ['a string', 'read', { name: 'TypeError' }],
    ['a boolean', true, { name: 'TypeError' }],
    ['a function', () => undefined, { name: 'TypeError' }],
    ['an array of scopes', ['read'], { name: 'TypeError' }],
    ['scopes that are a string', { scopes: 'read' }, { code: 'invalidScopes' }],
    ['scopes that are null', { scopes: null }, { code: 'invalidScopes' }],
    ['scopes that are a number', { scopes: 7 }, { code: 'invalidScopes' }],
    ['scopes that are a set', { scopes: new Set(['read']) }, { code: 'invalidScopes' }],
    ['scopes that are an array-like', { scopes: { 0: 'read', length: 1 } }, { code: 'invalidScopes' }],
    ['a scope with a space', { scopes: ['a b'] }, { code: 'invalidScopes' }],
    ['an empty scope', { scopes: [''] }, { code: 'invalidScopes' }],
    ['a scope that is a number', { scopes: [7] }, { code: 'invalidScopes' }],
    ['a hole in the scopes', { scopes: Array(2) }, { code: 'invalidScopes' }],
    ['scopes that throw', throwing, { message: 'no scopes for you' }],
    ['a signal that is null', { signal: null }, { name: 'TypeError' }],
    ['a signal that is true', { signal: true }, { name: 'TypeError' }],
    ['a controller for a signal', { signal: new AbortController() }, { name: 'TypeError' }],
    ['another event target for a signal', { signal: new EventTarget() }, { name: 'TypeError' }],
  ])('%s is refused, and the cause says why', (_case, options, cause) => {
    expect(errorOf(options)).toMatchObject({ name: 'AuthorizationError', code: 'invalidRequest', cause })
  })

  it('arrays and signals of another frame are taken for what they are', () => {
    const foreign = createContext({ EventTarget })
    const options = runInContext(
      "({ scopes: ['read'], signal: Object.assign(new EventTarget(), { aborted: false }) })",
      foreign,
    )
    expect(readAuthorizeOptions(options)).toEqual({ scopes: ['read'], signal: options.signal })
  })
})
