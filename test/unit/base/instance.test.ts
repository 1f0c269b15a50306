import { describe, expect, it } from 'vitest'
import { isInstance } from '../../../src/base/instance'

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
})
