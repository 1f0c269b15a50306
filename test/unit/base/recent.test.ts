// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { createRecent } from '../../../src/base/recent'

describe('recent values', () => {
  it('are made once, and given again', () => {
    const recent = createRecent<object>(2)
    const first = recent.get('a', () => ({}))
    const make = vi.fn(() => ({}))
    expect(recent.get('a', make)).toBe(first)
    expect(make).not.toHaveBeenCalled()
    expect(recent.get('b', make)).not.toBe(first)
  })

  it('that are undefined are not made again', () => {
    const recent = createRecent<undefined>(2)
    const make = vi.fn(() => undefined)
    recent.get('a', make)
    recent.get('a', make)
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('are forgotten in the order of their last use, beyond the bound', () => {
    const recent = createRecent<number>(2)
    recent.get('a', () => 1)
    recent.get('b', () => 1)
    recent.get('a', () => 2)
    recent.get('c', () => 1)
    expect(recent.get('a', () => 2)).toBe(1)
    expect(recent.get('b', () => 2)).toBe(2)
  })
})
