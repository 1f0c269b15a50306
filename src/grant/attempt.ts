import { ATTEMPT_LIFETIME_MS, CLAIMED_ATTEMPT_GRACE_MS } from '../base/durations'

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

/** Tells an attempt that is opened, not claimed, and young enough that the callback page may hold its response. */
export function isUnfinished(attempt: PendingAttempt, now: number): boolean {
  return attempt.openedAt !== undefined && attempt.claimedBy === undefined && isAlive(attempt, now)
}

/** Tells an attempt to be kept. A time far in the future is one of a clock that was set back since. */
export function isAlive(attempt: PendingAttempt, now: number): boolean {
  return Math.abs(now - beganAt(attempt)) < lifetimeOf(attempt)
}

/** Gives the first moment at which the attempt is not alive any more. */
export function endsAt(attempt: PendingAttempt): number {
  return beganAt(attempt) + lifetimeOf(attempt)
}

/** The code of a claimed attempt is on its way: the answer may still come, and needs the attempt. */
function lifetimeOf({ claimedBy }: PendingAttempt): number {
  return claimedBy === undefined ? ATTEMPT_LIFETIME_MS : ATTEMPT_LIFETIME_MS + CLAIMED_ATTEMPT_GRACE_MS
}

/** Gives the time that counts as its beginning: of its window, or else of its preparation. */
export function beganAt({ openedAt, preparedAt }: PendingAttempt): number {
  return openedAt ?? preparedAt
}
