import { ConfigurationError } from './errors'
import { fieldsOf } from './fields'
import type { Platform } from './platform'

/** Waits for so many milliseconds. */
export function delay(platform: Platform, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    platform.setTimeout(resolve, delayMs)
  })
}

/**
 * Waits for `work`, up to `limitMs` milliseconds. After that it resolves with `late()`, or rejects with what that throws.
 */
export function within<T>(platform: Platform, limitMs: number, work: Promise<T>, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = platform.setTimeout(() => {
      try {
        resolve(late())
      } catch (error) {
        reject(error)
      }
    }, limitMs)
    work.then(resolve, reject).finally(() => platform.clearTimeout(timer))
  })
}

/** Recognises signals of other frames and polyfills too: `instanceof` fails for them. */
export function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = fieldsOf(value)
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  )
}

/** Checks what was given as a signal. `undefined` and `null` mean no signal. @throws ConfigurationError for any other value */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal === null || isSignal(signal)) return
  throw new ConfigurationError('invalidRequest', '`signal` must be an AbortSignal.')
}

/**
 * Throws the reason of a signal that is aborted. Signals of polyfills lack the method that does this.
 * @throws ConfigurationError for what is no signal
 */
export function throwIfAborted(signal: AbortSignal | null | undefined): void {
  checkSignal(signal)
  if (signal?.aborted) throw abortReason(signal)
}

/** Gives the reason of an aborted signal, which those of polyfills lack. */
export function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('The call was aborted.', 'AbortError')
}

/** Follows `work` until `signal`, if there is one, is aborted, then rejects with what `onAbort` makes. The work itself goes on. */
export function detachable<T>(
  work: Promise<T>,
  signal: AbortSignal | null | undefined,
  onAbort: (signal: AbortSignal) => unknown,
): Promise<T> {
  if (!isSignal(signal)) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(onAbort(signal))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Loads something once, for all callers. A failure is forgotten: the next call tries again. */
export function onDemand<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

/** Does nothing, for a callback that has nothing to do. */
export function noValue(): void {}

/** Calls, and gives an error that is thrown at once as a rejection. */
export async function promised<T>(call: () => Promise<T>): Promise<T> {
  return call()
}

/** Calls what is the user's own: its error is reported, and breaks nothing here. */
export function callSafely(platform: Platform, call: () => void): void {
  try {
    call()
  } catch (error) {
    platform.reportError(error)
  }
}
