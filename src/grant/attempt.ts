import { ATTEMPT_LIFETIME_MS } from '../base/durations'

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

/** Opened, not claimed, and young enough that the callback page may hold its response. */
export function isUnfinished(attempt: PendingAttempt, now: number): boolean {
  return attempt.openedAt !== undefined && attempt.claimedBy === undefined && isAlive(attempt, now)
}

export function isAlive(attempt: PendingAttempt, now: number): boolean {
  return Math.abs(now - beganAt(attempt)) < ATTEMPT_LIFETIME_MS
}

export function endsAt(attempt: PendingAttempt): number {
  return beganAt(attempt) + ATTEMPT_LIFETIME_MS
}

export function beganAt({ openedAt, preparedAt }: PendingAttempt): number {
  return openedAt ?? preparedAt
}
