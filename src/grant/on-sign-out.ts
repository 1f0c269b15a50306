import { beganAt, type PendingAttempt } from './attempt'
import type { GrantEntry } from './grant'

/**
 * What a sign-out that could not be stored at its time still has to remove: all that it knew, and all that is older.
 * The clock alone doesn't tell: it may have been set back since the grant was given.
 */
export function withoutOlder(entry: GrantEntry, known: GrantEntry, removedAt: number): GrantEntry {
  const { record, attempts } = entry
  const isKnown = ({ state, openedAt }: PendingAttempt) =>
    known.attempts.some((attempt) => attempt.state === state && attempt.openedAt === openedAt)
  const left = attempts.filter((attempt) => beganAt(attempt) > removedAt && !isKnown(attempt))
  const isNewer = record && record.grantedAt > removedAt && record.grantedAt !== known.record?.grantedAt
  if (isNewer) return { record, attempts: left }
  return record || left.length < attempts.length ? { attempts: left } : entry
}
