import { STORAGE_RETRY_MAX_MS, STORAGE_RETRY_MS } from '../base/durations'
import { type Platform, unref } from '../base/platform'

/** Work that is tried in the background until it succeeds. The pauses double, from one second to one minute. */
export interface Retry {
  /** Tries in a second, however often it has failed before. */
  soon(): void
  /** Tries no more, until `soon()` is called again. */
  stop(): void
}

/**
 * Tries work again and again, with longer and longer pauses.
 * @param work resolves with `false` if it has to be tried again; a rejection counts as that too
 */
export function createRetry(platform: Platform, work: () => Promise<boolean>): Retry {
  let isOn = false
  let pauseMs = STORAGE_RETRY_MS
  let timer: unknown

  function plan(): void {
    platform.clearTimeout(timer)
    timer = platform.setTimeout(run, pauseMs)
    unref(timer)
  }

  async function run(): Promise<void> {
    pauseMs = Math.min(pauseMs * 2, STORAGE_RETRY_MAX_MS)
    const isDone = await work().catch(() => false)
    if (!isDone && isOn) plan()
  }

  return {
    soon: () => {
      isOn = true
      pauseMs = STORAGE_RETRY_MS
      plan()
    },
    stop: () => {
      isOn = false
      platform.clearTimeout(timer)
    },
  }
}
