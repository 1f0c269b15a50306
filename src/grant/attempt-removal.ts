import { noValue } from '../base/async'
import { ATTEMPT_REMOVAL_PAUSE_MS } from '../base/durations'
import { type Platform, unref } from '../base/platform'
import { endsAt, isAlive, type PendingAttempt } from './attempt'

/** The removal of attempts whose ten minutes are over: by whoever looks next, and by the page that has written them. */
export interface AttemptRemoval {
  /** Removes what is over now. */
  look(): void
  /** Looks soon after the first attempt is over. For the page that has written one: it may be the last that looks. */
  plan(): void
  /** Plans nothing any more. */
  stop(): void
}

/**
 * Removes attempts that are over at their time.
 * @param stored the attempts that the storage was last seen to hold
 * @param remove takes those that are over out of the storage. Where it fails, the next look tries again.
 */
export function createAttemptRemoval(
  platform: Platform,
  stored: () => readonly PendingAttempt[],
  remove: () => Promise<unknown>,
): AttemptRemoval {
  let timer: unknown
  let isRemoving = false

  function look(): void {
    const now = platform.now()
    if (isRemoving || stored().every((attempt) => isAlive(attempt, now))) return
    isRemoving = true
    remove()
      .catch(noValue)
      .finally(() => {
        isRemoving = false
      })
  }

  function plan(): void {
    platform.clearTimeout(timer)
    const firstEnd = Math.min(...stored().map(endsAt))
    if (firstEnd === Infinity) return
    timer = platform.setTimeout(look, firstEnd + ATTEMPT_REMOVAL_PAUSE_MS - platform.now())
    unref(timer)
  }

  return { look, plan, stop: () => platform.clearTimeout(timer) }
}
