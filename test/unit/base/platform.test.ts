import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform, unref } from '../../../src/base/platform'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('the browser', () => {
  it('gives time, chance and names', () => {
    vi.useFakeTimers({ now: 1_234 })
    expect(browserPlatform.now()).toBe(1_234)
    expect(browserPlatform.monotonicNow()).toBeTypeOf('number')
    expect(browserPlatform.random()).toBeLessThan(1)
    expect(browserPlatform.randomId()).not.toBe(browserPlatform.randomId())
    const called = vi.fn()
    browserPlatform.clearTimeout(browserPlatform.setTimeout(called, 5))
    browserPlatform.setTimeout(called, 5)
    vi.advanceTimersByTime(5)
    expect(called).toHaveBeenCalledTimes(1)
  })

  it('gives names of 128 bits without randomUUID', () => {
    vi.stubGlobal('crypto', { getRandomValues: (values: Uint32Array) => values.fill(2 ** 32 - 1) })
    expect(browserPlatform.randomId()).toBe('4294967295-4294967295-4294967295-4294967295')
  })

  it('fires no timer at once that is set for next month', () => {
    const setTimeout = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never)
    browserPlatform.setTimeout(() => undefined, 30 * 86_400_000)
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1)
  })

  it('may have no Web Locks, no channel and no storage, or refuse them', () => {
    vi.stubGlobal('navigator', { locks: undefined })
    expect(browserPlatform.locks()).toBeUndefined()
    vi.stubGlobal('navigator', undefined)
    expect(browserPlatform.locks()).toBeUndefined()
    vi.stubGlobal('BroadcastChannel', undefined)
    expect(browserPlatform.openChannel('a')).toBeUndefined()
    const refuse = () => {
      throw new DOMException('Refused', 'SecurityError')
    }
    vi.stubGlobal('BroadcastChannel', refuse)
    expect(browserPlatform.openChannel('a')).toBeUndefined()
    expect(browserPlatform.indexedDB()).toBe(indexedDB)
    const real = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')
    Object.defineProperty(globalThis, 'indexedDB', { configurable: true, get: refuse })
    expect(browserPlatform.indexedDB()).toBeUndefined()
    if (real) Object.defineProperty(globalThis, 'indexedDB', real)
  })

  it('opens a window of its own for each sign-in', () => {
    const open = vi.fn(() => null)
    vi.stubGlobal('open', open)
    expect(browserPlatform.openWindow('about:blank', 'popup')).toBeNull()
    expect(open.mock.calls).toEqual([['about:blank', '_blank', 'popup']])
  })

  it('knows the part of the screen that may be used', () => {
    vi.stubGlobal('screen', { availWidth: 800, availHeight: 600 })
    expect(browserPlatform.availableScreen()).toEqual({ left: 0, top: 0, width: 800, height: 600 })
    vi.stubGlobal('screen', { availWidth: 800, availHeight: 600, availLeft: 1_920, availTop: 30 })
    expect(browserPlatform.availableScreen()).toMatchObject({ left: 1_920, top: 30 })
  })

  it('tells when the page is shown again', () => {
    const woken = vi.fn()
    const stop = browserPlatform.onWake(woken)
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    expect(browserPlatform.isVisible()).toBe(false)
    document.dispatchEvent(new Event('visibilitychange'))
    expect(woken).not.toHaveBeenCalled()
    visibility.mockReturnValue('visible')
    expect(browserPlatform.isVisible()).toBe(true)
    document.dispatchEvent(new Event('visibilitychange'))
    dispatchEvent(new Event('pageshow'))
    expect(woken).toHaveBeenCalledTimes(2)
    stop()
    document.dispatchEvent(new Event('visibilitychange'))
    dispatchEvent(new Event('pageshow'))
    expect(woken).toHaveBeenCalledTimes(2)
  })

  it('hears messages until the listener is taken away', () => {
    const heard = vi.fn()
    const stop = browserPlatform.onMessage(heard)
    dispatchEvent(new Event('message'))
    stop()
    dispatchEvent(new Event('message'))
    expect(heard).toHaveBeenCalledTimes(1)
  })

  it('is of no origin in a sandbox that takes it away, whatever its address', () => {
    vi.stubGlobal('location', { origin: 'https://power-up.example' })
    vi.stubGlobal('origin', 'https://power-up.example')
    expect(browserPlatform.pageOrigin()).toBe('https://power-up.example')
    vi.stubGlobal('origin', 'null')
    expect(browserPlatform.pageOrigin()).toBe('null')
  })

  it("reports an error of the user's own code without breaking the caller", () => {
    vi.useFakeTimers()
    const failure = new Error('in a listener')
    expect(() => browserPlatform.reportError(failure)).not.toThrow()
    expect(() => vi.runAllTimers()).toThrow(failure)
  })
})

describe('a server', () => {
  it('has no page, no origin and no locks, and asking breaks nothing', () => {
    for (const name of ['document', 'location', 'navigator', 'isSecureContext', 'addEventListener']) {
      vi.stubGlobal(name, undefined)
    }
    expect(browserPlatform.pageOrigin()).toBeUndefined()
    // As in Cloudflare's Workers.
    vi.stubGlobal('origin', 'null')
    expect(browserPlatform.pageOrigin()).toBeUndefined()
    expect(browserPlatform.isSecureContext()).toBeUndefined()
    expect(browserPlatform.isVisible()).toBe(true)
    expect(browserPlatform.locks()).toBeUndefined()
    expect(() => browserPlatform.onWake(() => undefined)()).not.toThrow()
  })
})

describe('a handle that keeps a Node process alive', () => {
  it('lets it end after unref', () => {
    const handle = { unref: vi.fn() }
    unref(handle)
    expect(handle.unref.mock.contexts).toEqual([handle])
  })

  it.each([7, undefined, null, {}])('may be one of a browser, %o, which knows no such thing', (handle) => {
    expect(() => unref(handle)).not.toThrow()
  })
})
