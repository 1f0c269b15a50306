import { fieldsOf } from './fields'

/** The facilities of the browser that the library uses. The simulation passes its own, with a virtual clock. */
export interface Platform {
  /** Reads the wall clock, in milliseconds since 1970. It may jump. */
  now(): number
  /** Reads a clock that is never set back, in milliseconds since an arbitrary start. */
  monotonicNow(): number
  /** Gives a number from 0 to 1, for jitter only. */
  random(): number
  /** Gives a name that no other frame ever gives. */
  randomId(): string
  /** Calls back once, after so many milliseconds. Returns the timer. */
  setTimeout(callback: () => void, delayMs: number): unknown
  /** Stops a timer. Anything else is ignored. */
  clearTimeout(timer: unknown): void
  /** Sends a request, given by its address and options. */
  fetch(input: string, init: RequestInit): Promise<Response>
  /** Sends a request. */
  fetch(input: Request): Promise<Response>
  /** Gives the lock manager. `undefined` in a browser without one. */
  locks(): Pick<LockManager, 'request'> | undefined
  /** Opens a channel to the other frames. `undefined` where there is no BroadcastChannel, or where it is refused. */
  openChannel(name: string): BroadcastChannelLike | undefined
  /** Gives the databases. `undefined` where storage is blocked. */
  indexedDB(): IDBFactory | undefined
  /**
   * Gives the origin of the page: the text `null` where a sandbox has taken it away. `undefined` outside a page, on a server
   * for instance.
   */
  pageOrigin(): string | undefined
  /** Tells whether the page is served safely. `undefined` where that makes no sense, on a server for instance. */
  isSecureContext(): boolean | undefined
  /** Tells whether the page is shown. */
  isVisible(): boolean
  /**
   * Calls back once, as soon as people can see the frame: its tab is in front and it has a size. That may be at once. The
   * hidden frame of a connector never gets there. Returns the undo.
   */
  whenShown(listener: () => void): () => void
  /** Calls back when the page is shown again, from the background or the back-forward cache. Returns its own undo. */
  onWake(listener: () => void): () => void
  /** Calls back for each message from another window. Returns its own undo. */
  onMessage(listener: (event: MessageEventLike) => void): () => void
  /** Calls back when the page's own Content-Security-Policy forbids a request. Returns its own undo. */
  onPolicyViolation(listener: (violation: PolicyViolation) => void): () => void
  /** Opens a window. `null` where the browser opened none, or hides it. */
  openWindow(url: string, features: string): WindowLike | null
  /** Gives the rectangle of the screen that windows may cover, in CSS pixels. */
  availableScreen(): { left: number; top: number; width: number; height: number }
  /** Hands an error of the user's own code to the page's error reporting, without breaking what called it. */
  reportError(error: unknown): void
  /** Writes a line for developers to the console. */
  logError(message: string): void
}

/** The part of a BroadcastChannel that is used. */
export interface BroadcastChannelLike {
  /** Sends a message to the other frames. */
  postMessage(message: unknown): void
  /** Stops listening, for good. */
  close(): void
  /** Listens to the messages of the other frames. */
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

/** The part of a message event that is used. */
export interface MessageEventLike {
  /** The message. */
  data: unknown
  /** The origin of the sender. */
  origin: string
  /** The window of the sender. */
  source: unknown
}

/** A request that the page's Content-Security-Policy has forbidden. */
export interface PolicyViolation {
  /** The forbidden address, or a word of the engine for it. */
  blockedUrl: string
  /** The directive that forbids it, such as `connect-src`. */
  directive: string
}

/** The part of `Window` that stays usable across origins. */
export interface WindowLike {
  /** `true` once the window has gone, or once its page is in a browsing context group of its own. */
  readonly closed: boolean
  /** The address, which may be set and not read. */
  location: { replace(url: string): void }
  /** Stops loading. Throws once the window shows a page of another origin. */
  stop(): void
  /** Brings the window to the front. */
  focus(): void
  /** Closes the window. */
  close(): void
  /** Sends a message to the page in the window, if that is of this origin. */
  postMessage(message: unknown, targetOrigin: string): void
}

/** Browsers fire a timer at once that is set for later than this, some 25 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The browser's own facilities. Nothing is read before it is used, so this works on a server too. */
export const browserPlatform: Platform = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
  // 128 bits, by what all engines and fake DOMs have.
  randomId: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
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
      return undefined // even reading the property throws a SecurityError where storage is blocked
    }
  },
  pageOrigin: () => {
    const { location, origin } = globalThis
    // In a sandbox without `allow-same-origin`, the address still has the origin that the page has lost. A server may
    // have the `origin` of no page, and no address.
    return location && origin === 'null' ? origin : location?.origin
  },
  isSecureContext: () => globalThis.isSecureContext,
  isVisible: () => globalThis.document?.visibilityState !== 'hidden',
  whenShown: (listener) => {
    const stopPage = listenTo(globalThis.document, 'visibilitychange', look)
    const stopWindow = listenTo(globalThis, 'resize', look)
    function stop(): void {
      stopPage()
      stopWindow()
    }
    function look(): void {
      // A frame that isn't displayed has no size, while its document counts as visible.
      if (!isShown() || !globalThis.innerWidth || !globalThis.innerHeight) return
      stop()
      listener()
    }
    look()
    return stop
  },
  onWake: (listener) => {
    const stopPage = listenTo(globalThis.document, 'visibilitychange', () => isShown() && listener())
    const stopWindow = listenTo(globalThis, 'pageshow', listener)
    return () => {
      stopPage()
      stopWindow()
    }
  },
  onMessage: (listener) => listenTo(globalThis, 'message', listener),
  onPolicyViolation: (listener) =>
    listenTo(globalThis.document, 'securitypolicyviolation', (violation) => {
      const { blockedURI, effectiveDirective, disposition } = violation
      if (disposition === 'enforce') listener({ blockedUrl: blockedURI, directive: effectiveDirective })
    }),
  openWindow: (url, features) => globalThis.open(url, '_blank', features),
  availableScreen: () => {
    const { availLeft, availTop } = fieldsOf(screen)
    return {
      left: Number(availLeft) || 0,
      top: Number(availTop) || 0,
      width: screen.availWidth,
      height: screen.availHeight,
    }
  },
  // biome-ignore lint/suspicious/noConsole: this is the one place that speaks to developers
  logError: (message) => console.error(message),
  reportError: (error) => {
    setTimeout(() => {
      throw error
    })
  },
}

interface Target<K extends keyof Events> {
  addEventListener?(type: K, listener: (event: Events[K]) => void): void
  removeEventListener?(type: K, listener: (event: Events[K]) => void): void
}

type Events = WindowEventMap & DocumentEventMap

/** Listens to an event, where there is a page at all. Returns the undo. */
function listenTo<K extends keyof Events>(
  target: NoInfer<Target<K>> | undefined,
  type: K,
  listener: (event: Events[K]) => void,
): () => void {
  target?.addEventListener?.(type, listener)
  return () => target?.removeEventListener?.(type, listener)
}

function isShown(): boolean {
  return globalThis.document?.visibilityState === 'visible'
}

/** Lets a Node process end although this timer or channel is open. In a browser this does nothing. */
export function unref(handle: unknown): void {
  const { unref } = fieldsOf(handle)
  if (typeof unref === 'function') unref.call(handle)
}
