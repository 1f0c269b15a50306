import { ATTEMPT_LIFETIME_MS, ATTEMPTS_MAX } from '../durations'

/**
 * A sign-in on its way, kept in the frame's own partition so that it survives the frame that began it. It pins all
 * that the exchange will need.
 */
export interface PendingAttempt {
  state: string
  codeVerifier: string
  /** The authorization request, ready to open. */
  url: string
  clientId: string
  redirectUri: string
  authorizationEndpoint: string
  /** Left out where the token endpoint is code and not a URL. */
  tokenEndpoint?: string
  issuer?: string
  scopes: readonly string[]
  preparedAt: number
  /** When its window was opened. An attempt without it is prepared only. */
  openedAt?: number
  /** Who sends its code. Written once, before the code is sent, so that no code is sent twice. */
  claimedBy?: string
}

/** Adds `attempt`, or replaces the one with its `state`, and drops what is too old or too much. */
export function putAttempt(
  attempts: readonly PendingAttempt[],
  attempt: PendingAttempt,
  now: number,
): readonly PendingAttempt[] {
  const others = attempts.filter((other) => other.state !== attempt.state && isAlive(other, now))
  // Opened windows are the ones that people may still finish: the merely prepared go first.
  return [attempt, ...others.sort(openedAndLatestFirst)].slice(0, ATTEMPTS_MAX)
}

export function claimAttempt(
  attempts: readonly PendingAttempt[],
  state: string,
  claimedBy: string,
): readonly PendingAttempt[] {
  return attempts.map((attempt) =>
    attempt.state === state && attempt.claimedBy === undefined ? { ...attempt, claimedBy } : attempt,
  )
}

/** @param claimedBy who gives it up, where another frame may be exchanging its code: what that has claimed stays */
export function dropAttempt(
  attempts: readonly PendingAttempt[],
  state: string,
  claimedBy?: string,
): readonly PendingAttempt[] {
  const isForeign = (owner: string | undefined) =>
    claimedBy !== undefined && owner !== undefined && owner !== claimedBy
  return attempts.filter((attempt) => attempt.state !== state || isForeign(attempt.claimedBy))
}

/** What is left once the attempt `state` has become a grant: the younger ones alone. */
export function attemptsAfter(attempts: readonly PendingAttempt[], state: string): readonly PendingAttempt[] {
  const stored = attempts.find((attempt) => attempt.state === state)
  if (!stored) return attempts
  return attempts.filter((attempt) => attempt.state !== state && beganAt(attempt) > beganAt(stored))
}

/** Opened, not claimed, and young enough that the callback page may hold its response. The latest comes first. */
export function unfinishedAttempts(
  attempts: readonly PendingAttempt[],
  now: number,
): readonly PendingAttempt[] {
  return attempts
    .filter(
      (attempt) => attempt.openedAt !== undefined && attempt.claimedBy === undefined && isAlive(attempt, now),
    )
    .sort(openedAndLatestFirst)
}

export function isAlive(attempt: PendingAttempt, now: number): boolean {
  return Math.abs(now - beganAt(attempt)) < ATTEMPT_LIFETIME_MS
}

function openedAndLatestFirst(a: PendingAttempt, b: PendingAttempt): number {
  return (b.openedAt ?? 0) - (a.openedAt ?? 0) || b.preparedAt - a.preparedAt
}

function beganAt(attempt: PendingAttempt): number {
  return attempt.openedAt ?? attempt.preparedAt
}
