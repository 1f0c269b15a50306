import { CLOCK_TOLERANCE_MS } from '../base/durations'
import { beganAt, type PendingAttempt } from './attempt'
import type { GrantEntry } from './grant'

/** A sign-out that could not be stored at its time. */
export interface LateSignOut {
  /** The entry that this frame knew when it signed out. */
  known: GrantEntry
  /** The time of the sign-out. */
  at: number
}

/**
 * Removes what such a sign-out still has to remove: everything that it knew, and everything that is older than it. The
 * clock is not enough to tell, since it may have been set back after the grant was given. A time in the future is not
 * believed.
 */
export function withoutOlder(entry: GrantEntry, { known, at }: LateSignOut, now: number): GrantEntry {
  const { record, attempts } = entry
  const isLater = (time: number) => time > at && time <= now + CLOCK_TOLERANCE_MS
  const isKnown = ({ state, openedAt }: PendingAttempt) =>
    known.attempts.some((attempt) => attempt.state === state && attempt.openedAt === openedAt)
  const left = attempts.filter((attempt) => isLater(beganAt(attempt)) && !isKnown(attempt))
  const isNewer = record && isLater(record.grantedAt) && record.grantedAt !== known.record?.grantedAt
  if ((isNewer || !record) && left.length === attempts.length) return entry
  return isNewer ? { record, attempts: left } : { attempts: left }
}
