import { ATTEMPT_LIFETIME_MS, CLAIMED_ATTEMPT_GRACE_MS } from '../base/durations'

/** The settings that a sign-in begins with. Only a client with the same ones finishes it. */
export interface SignInSettings {
  /** The client ID of the app. */
  clientId: string
  /** The address of the callback page. */
  redirectUri: string
  /** The address of the consent page, without the parameters of the request. */
  authorizationEndpoint: string
  /** The URL of the token endpoint. Left out where the token endpoint is code and not a URL. */
  tokenEndpoint?: string | undefined
  /** The configured issuer, which the response has to come from. Left out where nothing is configured. */
  issuer?: string | undefined
}

/**
 * A sign-in on its way, kept in the frame's own partition so that it survives the frame that began it. It pins all
 * that the exchange will need.
 */
export interface PendingAttempt extends SignInSettings {
  /** The `state` of the authorization request. It names the attempt, and the response brings it back. */
  state: string
  /** The PKCE secret, which is sent with the code. */
  codeVerifier: string
  /** The authorization request, ready to open. */
  url: string
  /** The scopes that it asks for. */
  scopes: readonly string[]
  /** The time at which it was made, in milliseconds since 1970. */
  preparedAt: number
  /** The time at which its window was opened. An attempt without it is prepared only. */
  openedAt?: number
  /** The name of the lock that the page which waits for the response holds. Left out before the window is opened. */
  owner?: string
  /** The name of the exchange that sends its code. It is written before the code is sent: no code is sent twice. */
  claimedBy?: string
}

/** Tells an attempt that was begun with these very settings. */
export function isBegunWith(attempt: PendingAttempt, settings: SignInSettings): boolean {
  return SETTINGS.every((name) => attempt[name] === settings[name])
}

const SETTINGS = ['clientId', 'redirectUri', 'authorizationEndpoint', 'tokenEndpoint', 'issuer'] as const

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
