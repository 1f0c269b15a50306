import { ATTEMPTS_MAX } from '../base/durations'
import { beganAt, isAlive, isUnfinished, type PendingAttempt } from './attempt'
import { keepAttempts } from './attempt-removal'
import type { GrantEntry, LiveGrant } from './grant'

/**
 * The changes of a stored entry in the course of a sign-in. Each function takes the entry that a transaction found
 * and returns the one to store.
 */

/** Adds `attempt`, or replaces the one with its `state`, and drops what is too old or too much. */
export function putAttempt(entry: GrantEntry, attempt: PendingAttempt, now: number): GrantEntry {
  // Stored already, though this frame never heard so, and another frame has sent its code since.
  if (entry.attempts.some(({ state, claimedBy }) => state === attempt.state && claimedBy)) return entry
  const others = entry.attempts.filter((other) => other.state !== attempt.state && isAlive(other, now))
  // Opened windows are the ones that people may still finish: the merely prepared go first.
  return { ...entry, attempts: [attempt, ...others.sort(openedAndLatestFirst)].slice(0, ATTEMPTS_MAX) }
}

/**
 * Removes the attempt of `state`.
 * @param claimedBy who gives it up, where another frame may be exchanging its code: what that has claimed stays
 */
export function dropAttempt(entry: GrantEntry, state: string, claimedBy?: string): GrantEntry {
  const isForeign = (owner: string | undefined) =>
    claimedBy !== undefined && owner !== undefined && owner !== claimedBy
  return keepAttempts(entry, (attempt) => attempt.state !== state || isForeign(attempt.claimedBy))
}

/** Lists the attempts that a new sign-in may finish, the latest first. */
export function unfinishedAttempts({ attempts }: GrantEntry, now: number): readonly PendingAttempt[] {
  return attempts.filter((attempt) => isUnfinished(attempt, now)).sort(openedAndLatestFirst)
}

/**
 * Claims the attempt of `state`, once, before its code is sent. A sign-out takes the attempt away, and with it the
 * right to store what the code brings.
 */
export function claimConsent(entry: GrantEntry, state: string, claimedBy: string): GrantEntry {
  const isFree = (attempt: PendingAttempt) => attempt.state === state && attempt.claimedBy === undefined
  if (!entry.attempts.some(isFree)) return entry
  const attempts = entry.attempts.map((attempt) => (isFree(attempt) ? { ...attempt, claimedBy } : attempt))
  return { ...entry, attempts }
}

/** Tells whether the attempt of `state` is there and claimed by this name. */
export function isConsentClaimed(entry: GrantEntry, state: string, claimedBy: string): boolean {
  return claimedAttempt(entry, state, claimedBy) !== undefined
}

/** Stores the grant of a claimed attempt, in the transaction that removes that attempt and all older ones. */
export function storeConsent(
  entry: GrantEntry,
  state: string,
  claimedBy: string,
  grant: LiveGrant,
): GrantEntry {
  const claimed = claimedAttempt(entry, state, claimedBy)
  if (!claimed) return entry
  const younger = entry.attempts.filter((attempt) => beganAt(attempt) > beganAt(claimed))
  // Stored already, though this frame never heard so: what stands there may have been refreshed since.
  const isStored = entry.record?.consent === claimedBy
  return { ...entry, ...(!isStored && { record: { ...grant, consent: claimedBy } }), attempts: younger }
}

function claimedAttempt(
  { attempts }: GrantEntry,
  state: string,
  claimedBy: string,
): PendingAttempt | undefined {
  return attempts.find((attempt) => attempt.state === state && attempt.claimedBy === claimedBy)
}

function openedAndLatestFirst(a: PendingAttempt, b: PendingAttempt): number {
  return (b.openedAt ?? 0) - (a.openedAt ?? 0) || b.preparedAt - a.preparedAt
}
