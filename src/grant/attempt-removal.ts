import { noValue } from '../base/async'
import { ATTEMPT_REMOVAL_PAUSE_MS } from '../base/durations'
import { type Platform, unref } from '../base/platform'
import { endsAt, isAlive, type PendingAttempt } from './attempt'
import type { GrantEntry } from './grant'

/** The removal of attempts whose ten minutes are over: by whoever looks next, and by the page that has written them. */
export interface AttemptRemoval {
  /** Removes what is over now. */
  look(): void
  /**
   * Looks some time after the first attempt is over. For the page that has written one: it may be the last that looks, and
   * a late response still counts until then.
   */
  plan(): void
  /** Plans nothing any more. */
  stop(): void
}

/** Removes the attempts whose ten minutes are over: they hold a verifier, and nobody can finish them. */
export function dropOldAttempts(entry: GrantEntry, now: number): GrantEntry {
  return keepAttempts(entry, (attempt) => isAlive(attempt, now))
}

/** Removes the attempts that are not to be kept. Gives the same entry where all are. */
export function keepAttempts(entry: GrantEntry, isKept: (attempt: PendingAttempt) => boolean): GrantEntry {
  return entry.attempts.every(isKept) ? entry : { ...entry, attempts: entry.attempts.filter(isKept) }
}

/**
 * Removes attempts that are over at their time.
 * @param stored the attempts that the storage was last seen to hold
 * @param remove takes those that are over at that time out of the storage. Where it fails, the next look tries again.
 */
export function createAttemptRemoval(
  platform: Platform,
  stored: () => readonly PendingAttempt[],
  remove: (at: number) => Promise<unknown>,
): AttemptRemoval {
  let timer: unknown
  let isRemoving = false

  function lookAt(time: number): void {
    if (isRemoving || stored().every((attempt) => isAlive(attempt, time))) return
    isRemoving = true
    remove(time)
      .catch(noValue)
      .finally(() => {
        isRemoving = false
      })
  }

  function plan(): void {
    platform.clearTimeout(timer)
    const firstEnd = Math.min(...stored().map(endsAt))
    if (firstEnd === Infinity) return
    timer = platform.setTimeout(lookLate, firstEnd + ATTEMPT_REMOVAL_PAUSE_MS - platform.now())
    unref(timer)
  }

  function lookLate(): void {
    lookAt(platform.now() - ATTEMPT_REMOVAL_PAUSE_MS)
    // A clock that was set may have let it come early.
    if (!isRemoving) plan()
  }

  return { look: () => lookAt(platform.now()), plan, stop: () => platform.clearTimeout(timer) }
}
