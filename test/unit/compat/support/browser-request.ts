import { type Mock, vi } from 'vitest'

/** The browser's part of an XMLHttpRequest, which a test plays. */
export interface BrowserRequest {
  xhr: XMLHttpRequest
  /** What the browser says, whatever a page is shown. */
  readyState: number
  /** What reaches the browser of a page's calls. */
  calls: Record<'open' | 'setRequestHeader' | 'send' | 'abort', Mock>
}

export function browserRequest(): BrowserRequest {
  const calls = {
    open: vi.fn(() => {
      browser.readyState = 1
    }),
    setRequestHeader: vi.fn(),
    send: vi.fn(),
    abort: vi.fn(),
  }
  const prototype = Object.create(EventTarget.prototype, { readyState: { get: () => browser.readyState } })
  const target = Object.setPrototypeOf(new EventTarget(), Object.assign(prototype, calls))
  const browser: BrowserRequest = {
    xhr: Object.assign(target, { upload: new EventTarget(), timeout: 0 }),
    readyState: 0,
    calls,
  }
  return browser
}
