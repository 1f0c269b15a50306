import { noValue } from '../base/async'
import type { Platform } from '../base/platform'

/** Timers that are set for later than this fire at once, some 25 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The facilities of a server: Node, Deno, Bun, or an edge runtime. Nothing is read before it is used. */
export const serverPlatform: Platform = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
  randomId: () => crypto.randomUUID(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS)),
  clearTimeout: (timer) => clearTimeout(timer as number | undefined),
  fetch: (input: string | Request, init?: RequestInit) =>
    typeof input === 'string' ? send(input, init ?? {}) : fetch(input),
  // biome-ignore lint/suspicious/noConsole: this is the one place that speaks to developers
  logError: (message) => console.error(message),
  // An error that is thrown in a timer would end the process.
  // biome-ignore lint/suspicious/noConsole: an error of the user's own code, which nobody else would see
  reportError: (error) => console.error(error),
  locks: () => undefined,
  openChannel: () => undefined,
  indexedDB: () => undefined,
  pageOrigin: () => undefined,
  isSecureContext: () => undefined,
  isVisible: () => false,
  whenShown: () => noValue,
  onWake: () => noValue,
  onMessage: () => noValue,
  onPolicyViolation: () => noValue,
  openWindow: () => null,
  availableScreen: () => ({ left: 0, top: 0, width: 0, height: 0 }),
}

/** Sends a request. Edge runtimes refuse options that only mean something in a page. */
async function send(url: string, init: RequestInit): Promise<Response> {
  isPageTaken ??= takesPageOptions(url)
  if (isPageTaken) return fetch(url, init)
  const { mode: _1, credentials: _2, cache: _3, referrer: _4, referrerPolicy: _5, redirect, ...rest } = init
  const isRefused = redirect === 'error'
  const response = await fetch(url, {
    ...rest,
    ...(redirect && { redirect: isRefused ? 'manual' : redirect }),
  })
  const { status } = response
  if (isRefused && (status === 0 || (status >= 300 && status < 400 && status !== 304)))
    throw new TypeError('The answer is a redirect.')
  return response
}

/** `true`: this runtime takes what browsers take. It is found out with the first request. */
let isPageTaken: boolean | undefined

function takesPageOptions(url: string): boolean {
  try {
    new Request(url, {
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
    })
    return true
  } catch {
    return false
  }
}
