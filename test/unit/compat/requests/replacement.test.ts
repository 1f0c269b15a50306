import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AdaptedGlobals, replaceGlobal } from '../../../../src/compat/requests/replacement'

type Fetch = typeof fetch

const native: Fetch = async () => new Response('native')
const nativeRequest = globalThis.XMLHttpRequest
let page: AdaptedGlobals
let warned: ReturnType<typeof vi.spyOn>

beforeEach(() => {
  page = { fetch: native, XMLHttpRequest: nativeRequest }
  warned = vi.spyOn(console, 'warn').mockReturnValue()
})
afterEach(() => warned.mockRestore())

/** Puts a wrapper over the page's fetch. */
function replace(): { wrapper: Fetch; undo(): void } {
  let isOn = true
  let wrapper = native
  const adapt = (original: Fetch): Fetch => {
    wrapper = (...given) => original(...given)
    return wrapper
  }
  const undo = replaceGlobal(page, 'fetch', adapt, () => isOn)
  return {
    wrapper,
    undo: () => {
      isOn = false
      undo()
    },
  }
}

describe('a global is replaced and given back', () => {
  it.each<[string, PropertyDescriptor]>([
    ['an ordinary one', { value: native, writable: true, enumerable: true, configurable: true }],
    ['a read-only one', { value: native, writable: false, configurable: true }],
    ['one behind a getter', { get: () => native, configurable: true }],
    ['one that can only be assigned', { value: native, writable: true, configurable: false }],
  ])('%s', (_what, property) => {
    page = Object.defineProperty({ XMLHttpRequest: nativeRequest } as AdaptedGlobals, 'fetch', property)
    const before = Object.getOwnPropertyDescriptor(page, 'fetch')
    const { wrapper, undo } = replace()
    expect(page.fetch).toBe(wrapper)
    undo()
    expect(Object.getOwnPropertyDescriptor(page, 'fetch')).toEqual(before)
    expect(warned).not.toHaveBeenCalled()
  })

  it('an inherited one', () => {
    page = Object.create({ fetch: native })
    const { wrapper, undo } = replace()
    expect(page.fetch).toBe(wrapper)
    undo()
    expect(page.fetch).toBe(native)
    expect(Object.hasOwn(page, 'fetch')).toBe(false)
  })

  it('a Proxy', () => {
    const proxy = new Proxy(native, {})
    page.fetch = proxy
    const { wrapper, undo } = replace()
    expect(page.fetch).toBe(wrapper)
    undo()
    expect(page.fetch).toBe(proxy)
  })
})

describe('a global that the page protects stays, and the console says so', () => {
  const throwing = () => {
    throw new Error('mine')
  }

  it.each<[string, PropertyDescriptor]>([
    ['a frozen one', { value: native, writable: false, configurable: false }],
    ['one behind a lasting getter', { get: () => native, configurable: false }],
    ['one with a setter that ignores', { get: () => native, set: () => undefined, configurable: false }],
    ['one with a setter that throws', { get: () => native, set: throwing, configurable: false }],
  ])('%s', (_what, property) => {
    page = Object.defineProperty({ XMLHttpRequest: nativeRequest } as AdaptedGlobals, 'fetch', property)
    const { undo } = replace()
    expect(page.fetch).toBe(native)
    expect(String(warned.mock.lastCall?.[0])).toContain('fetch')
    undo()
    expect(page.fetch).toBe(native)
  })

  it('and one that is missing needs no word', () => {
    page = {} as AdaptedGlobals
    replace().undo()
    expect(page).toEqual({})
    expect(warned).not.toHaveBeenCalled()
  })
})

describe('two replacements', () => {
  it('are both gone after both undos, in whatever order', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const both = [replace(), replace()]
      expect(page.fetch).toBe(both[1]?.wrapper)
      for (const at of order) both[at]?.undo()
      expect(page.fetch).toBe(native)
    }
  })

  it('leave the other in place after one undo', () => {
    const [below, above] = [replace(), replace()]
    below.undo()
    expect(page.fetch).toBe(above.wrapper)
    above.undo()
    expect(page.fetch).toBe(native)
    const [again, top] = [replace(), replace()]
    top.undo()
    expect(page.fetch).toBe(again.wrapper)
  })

  it('do not take away what another tool has put on top', () => {
    const { wrapper, undo } = replace()
    const other: Fetch = (...given) => wrapper(...given)
    page.fetch = other
    undo()
    expect(page.fetch).toBe(other)
  })

  it('end quietly where the page has frozen the global since', () => {
    const { wrapper, undo } = replace()
    Object.freeze(page)
    undo()
    expect(page.fetch).toBe(wrapper)
  })
})
