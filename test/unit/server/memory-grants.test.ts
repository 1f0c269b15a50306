// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { memoryGrants } from '../../../src/server/memory-grants'

describe('grants in memory', () => {
  it('are written only over the version that was read', async () => {
    const store = memoryGrants()
    expect(await store.compareAndSwap('a', 1, 'x')).toBe(false)
    expect(await store.compareAndSwap('a', undefined, 'x')).toBe(true)
    expect(await store.compareAndSwap('a', undefined, 'y')).toBe(false)
    const { version } = (await store.get('a')) ?? {}
    expect(await store.compareAndSwap('a', version, 'y')).toBe(true)
    expect(await store.compareAndSwap('a', version, 'z')).toBe(false)
    expect((await store.get('a'))?.value).toBe('y')
  })

  it('that were removed and written again have a version that they never had', async () => {
    const store = memoryGrants()
    await store.compareAndSwap('a', undefined, 'x')
    const first = (await store.get('a'))?.version
    await store.compareAndSwap('a', first, undefined)
    expect(await store.keys()).toEqual([])
    await store.compareAndSwap('a', undefined, 'x')
    expect((await store.get('a'))?.version).not.toBe(first)
  })
})
