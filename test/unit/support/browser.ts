import type {
  BroadcastChannelLike,
  MessageEventLike,
  Platform,
  PolicyViolation,
} from '../../../src/base/platform'
import { type Clock, createClock } from './clock'
import { createLockManager, type FakeLockManager } from './lock-manager'
import { createWindow, type FakeWindow } from './window'

/** A browser with one storage partition: its frames share the clock, the locks and the channels. */
export interface FakeBrowser {
  clock: Clock
  locks: FakeLockManager
  /** Everything that was ever said on a channel. */
  said: { channel: string; message: unknown }[]
  frame(differences?: Partial<Platform>): FakeFrame
}

/** One frame, with what the test does to it and what it saw the frame do. */
export interface FakeFrame {
  platform: Platform
  /** The windows that it opened. */
  windows: FakeWindow[]
  isPopupBlocked: boolean
  isVisible: boolean
  /** `false`: nobody sees the frame, as that of a connector. */
  isShown: boolean
  /** What it handed to the page's error reporting. */
  reported: unknown[]
  /** Lines that it wrote to the console for developers. */
  logged: string[]
  /** How many listeners it has for messages, and for being shown again. */
  listeners: { message: number; wake: number; policyViolation: number }
  /** The latest window it opened. */
  window(): FakeWindow
  /** Delivers a message event. */
  deliver(event: MessageEventLike): void
  /** Reports that the page's own policy forbids a request. */
  violate(violation: PolicyViolation): void
  /** Gives the frame a size. */
  show(): void
  /** Shows the page again. */
  wake(): void
}

export const PAGE_ORIGIN = 'https://power-up.example'

export function createBrowser(): FakeBrowser {
  const clock = createClock()
  const locks = createLockManager()
  const said: FakeBrowser['said'] = []
  const channels = new Map<string, { port: object; listener: (event: { data: unknown }) => void }[]>()
  let ids = 0

  function openChannel(name: string): BroadcastChannelLike {
    const members = channels.get(name) ?? []
    channels.set(name, members)
    let isClosed = false
    const port: BroadcastChannelLike = {
      postMessage: (message) => {
        if (isClosed) throw new DOMException('The channel is closed.', 'InvalidStateError')
        said.push({ channel: name, message })
        const data = structuredClone(message)
        const others = members.filter((member) => member.port !== port)
        for (const { listener } of others) queueMicrotask(() => listener({ data }))
      },
      addEventListener: (_type, listener) => members.push({ port, listener }),
      close: () => {
        isClosed = true
        members.splice(0, Infinity, ...members.filter((member) => member.port !== port))
      },
    }
    return port
  }

  function frame(differences: Partial<Platform> = {}): FakeFrame {
    const onMessage = new Set<(event: MessageEventLike) => void>()
    const onWake = new Set<() => void>()
    const onShown = new Set<() => void>()
    const onPolicyViolation = new Set<(violation: PolicyViolation) => void>()
    const self: FakeFrame = {
      windows: [],
      isPopupBlocked: false,
      isVisible: true,
      isShown: true,
      reported: [],
      logged: [],
      get listeners() {
        return { message: onMessage.size, wake: onWake.size, policyViolation: onPolicyViolation.size }
      },
      window: () => {
        const window = self.windows.at(-1)
        if (!window) throw new Error('No window was opened.')
        return window
      },
      deliver: (event) => {
        for (const listener of [...onMessage]) listener(event)
      },
      violate: (violation) => {
        for (const listener of [...onPolicyViolation]) listener(violation)
      },
      show: () => {
        self.isShown = true
        for (const listener of [...onShown]) listener()
      },
      wake: () => {
        for (const listener of [...onWake]) listener()
      },
      platform: {
        ...clock,
        random: () => 0,
        randomId: () => `id-${++ids}`,
        // A native promise, as a browser gives it, whatever the test has for window.Promise.
        fetch: async () => {
          throw new TypeError('There is no network in this test.')
        },
        locks: () => locks,
        openChannel,
        indexedDB: () => undefined,
        pageOrigin: () => PAGE_ORIGIN,
        isSecureContext: () => true,
        isVisible: () => self.isVisible,
        whenShown: (listener) => {
          const call = () => {
            onShown.delete(call)
            listener()
          }
          if (self.isShown) call()
          else onShown.add(call)
          return () => onShown.delete(call)
        },
        onWake: (listener) => {
          onWake.add(listener)
          return () => onWake.delete(listener)
        },
        onMessage: (listener) => {
          onMessage.add(listener)
          return () => onMessage.delete(listener)
        },
        onPolicyViolation: (listener) => {
          onPolicyViolation.add(listener)
          return () => onPolicyViolation.delete(listener)
        },
        openWindow: (url, features) => {
          if (self.isPopupBlocked) return null
          const window = createWindow(url, features)
          self.windows.push(window)
          return window
        },
        availableScreen: () => ({ left: 0, top: 0, width: 1_600, height: 1_000 }),
        reportError: (error) => self.reported.push(error),
        logError: (message) => self.logged.push(message),
        ...differences,
      },
    }
    return self
  }

  return { clock, locks, said, frame }
}
