import type { Platform } from './platform'

export function delay(platform: Platform, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    platform.setTimeout(resolve, delayMs)
  })
}

/** Waits for `work`, but no longer than `limitMs`: then resolves with `late()`, or rejects with what it throws. */
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

/** Follows `work` until `signal` fires: then rejects with what `onAbort` makes. The work itself goes on. */
export function detachable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  onAbort: (signal: AbortSignal) => unknown,
): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(onAbort(signal))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Loads once, for all who ask. A failure is forgotten: the next who asks tries again. */
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

/** Stands for a callback that has nothing to do. */
export function noValue(): void {}
