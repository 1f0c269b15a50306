import { fieldsOf } from './fields'

/** What the library needs of the browser. The simulation passes its own, with a virtual clock. */
export interface Platform {
  /** Wall clock, in milliseconds since 1970. It may jump. */
  now(): number
  /** Milliseconds from an arbitrary start, never set back. */
  monotonicNow(): number
  /** From 0 to 1, for jitter only. */
  random(): number
  randomId(): string
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
  fetch(input: string, init: RequestInit): Promise<Response>
  fetch(input: Request): Promise<Response>
  locks(): Pick<LockManager, 'request' | 'query'> | undefined
  /** `undefined` where there is no BroadcastChannel, or where opening one is refused. */
  openChannel(name: string): BroadcastChannelLike | undefined
  indexedDB(): IDBFactory | undefined
  /** `undefined` outside a page, on a server for instance. */
  pageOrigin(): string | undefined
  /** `undefined` where the question makes no sense, on a server for instance. */
  isSecureContext(): boolean | undefined
  isVisible(): boolean
  /**
   * Calls back when the page is shown again, from the background or from the back-forward cache. Returns its own undo.
   */
  onWake(listener: () => void): () => void
  onMessage(listener: (event: MessageEventLike) => void): () => void
  /** Calls back when the page's own Content-Security-Policy forbids a request. Returns the undo. */
  onPolicyViolation(listener: (violation: PolicyViolation) => void): () => void
  openWindow(url: string, features: string): WindowLike | null
  /** The screen's available rectangle, in CSS pixels. */
  availableScreen(): { left: number; top: number; width: number; height: number }
  /** Hands an error of the user's own code to the page's error reporting, without breaking what called it. */
  reportError(error: unknown): void
  /** Writes a line for developers to the console. */
  logError(message: string): void
}

export interface BroadcastChannelLike {
  postMessage(message: unknown): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

export interface MessageEventLike {
  data: unknown
  origin: string
  source: unknown
}

export interface PolicyViolation {
  /** The forbidden address, or a word of the engine for it. */
  blockedUrl: string
  /** The directive that forbids it, such as `connect-src`. */
  directive: string
}

/** The part of `Window` that stays usable across origins. */
export interface WindowLike {
  readonly closed: boolean
  location: { replace(url: string): void }
  focus(): void
  close(): void
  postMessage(message: unknown, targetOrigin: string): void
}

/** Browsers fire a timer at once that is set for later than this, some 25 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const browserPlatform: Platform = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
  randomId: () => crypto.randomUUID(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS)),
  clearTimeout: (timer) => clearTimeout(timer as number | undefined),
  fetch: (input: string | Request, init?: RequestInit) => fetch(input, init),
  locks: () => globalThis.navigator?.locks ?? undefined,
  openChannel: (name) => {
    try {
      const channel = new BroadcastChannel(name)
      unref(channel)
      return channel
    } catch {
      return undefined // opaque origins refuse it with a SecurityError, old engines don't know the name
    }
  },
  indexedDB: () => {
    try {
      return globalThis.indexedDB
    } catch {
      return undefined // reading the property alone throws a SecurityError where storage is blocked
    }
  },
  pageOrigin: () => globalThis.location?.origin,
  isSecureContext: () => globalThis.isSecureContext,
  isVisible: () => globalThis.document?.visibilityState !== 'hidden',
  onWake: (listener) => {
    const onChange = () => {
      if (document.visibilityState === 'visible') listener()
    }
    globalThis.document?.addEventListener('visibilitychange', onChange)
    globalThis.addEventListener?.('pageshow', listener)
    return () => {
      globalThis.document?.removeEventListener('visibilitychange', onChange)
      globalThis.removeEventListener?.('pageshow', listener)
    }
  },
  onMessage: (listener) => {
    globalThis.addEventListener('message', listener)
    return () => globalThis.removeEventListener('message', listener)
  },
  onPolicyViolation: (listener) => {
    const page = globalThis.document
    const report = ({ blockedURI, effectiveDirective, disposition }: SecurityPolicyViolationEvent) => {
      if (disposition === 'enforce') listener({ blockedUrl: blockedURI, directive: effectiveDirective })
    }
    page?.addEventListener('securitypolicyviolation', report)
    return () => page?.removeEventListener('securitypolicyviolation', report)
  },
  openWindow: (url, features) => globalThis.open(url, '_blank', features),
  availableScreen: () => ({
    left: ('availLeft' in screen ? Number(screen.availLeft) : 0) || 0,
    top: ('availTop' in screen ? Number(screen.availTop) : 0) || 0,
    width: screen.availWidth,
    height: screen.availHeight,
  }),
  // biome-ignore lint/suspicious/noConsole: this is the one place that speaks to developers
  logError: (message) => console.error(message),
  reportError: (error) => {
    setTimeout(() => {
      throw error
    })
  },
}

/** Lets a Node process end although this timer or channel is open. Browsers know no such thing, and do nothing here. */
export function unref(handle: unknown): void {
  const { unref } = fieldsOf(handle)
  if (typeof unref === 'function') unref.call(handle)
}
