import type { WindowLike } from '../../../src/base/platform'

/** A window of which an opener sees as much as browsers show across origins. */
export interface FakeWindow extends WindowLike {
  closed: boolean
  features: string
  /** Where it was and is, the latest last. */
  urls: string[]
  focused: number
  /** How many of these pages were there, each time when it was told to stop loading. */
  stoppedAt: number[]
  /** The messages that its opener posted to it. */
  received: { message: unknown; targetOrigin: string }[]
  url(): URL
}

export function createWindow(url: string, features = ''): FakeWindow {
  const window: FakeWindow = {
    closed: false,
    features,
    urls: [url],
    focused: 0,
    stoppedAt: [],
    received: [],
    url: () => new URL(window.urls.at(-1) ?? 'about:blank'),
    location: { replace: (next) => window.urls.push(next) },
    stop: () => window.stoppedAt.push(window.urls.length),
    focus: () => {
      window.focused++
    },
    close: () => {
      window.closed = true
    },
    postMessage: (message, targetOrigin) => {
      if (!window.closed) window.received.push({ message, targetOrigin })
    },
  }
  return window
}
