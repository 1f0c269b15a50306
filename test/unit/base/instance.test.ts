import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { isInstance, tagOf } from '../../../src/base/instance'

describe('an object of the platform is recognised', () => {
  it('by its class', () => {
    expect(isInstance(new FormData(), 'FormData')).toBe(true)
    expect(isInstance(new URLSearchParams(), 'URLSearchParams')).toBe(true)
    expect(isInstance(new URLSearchParams(), 'FormData')).toBe(false)
  })

  it('by its tag where it comes from another frame', () => {
    const foreign = Object.create({ [Symbol.toStringTag]: 'Request' })
    expect(foreign instanceof Request).toBe(false)
    expect(isInstance(foreign, 'Request')).toBe(true)
  })

  it.each([undefined, null, 7, 'FormData', {}, [], () => undefined])('and %j is not one', (value) => {
    expect(isInstance(value, 'FormData')).toBe(false)
  })

  it('without its class, where a fake DOM has none', () => {
    vi.stubGlobal('Request', undefined)
    expect(isInstance({}, 'Request')).toBe(false)
    expect(isInstance({ [Symbol.toStringTag]: 'Request' }, 'Request')).toBe(true)
    vi.unstubAllGlobals()
  })
})

it('the tag of a value names its class in every frame', () => {
  const values = [undefined, null, 'text', 1, new Date(), runInNewContext('new ArrayBuffer(1)')]
  expect(values.map(tagOf)).toEqual(['Undefined', 'Null', 'String', 'Number', 'Date', 'ArrayBuffer'])
})
