import { TOKEN_LIFETIME_MIN_MS } from '../base/durations'
import { OFFLINE_ACCESS } from '../base/trello'
import type { TokenSet } from './grant'

/** A successful answer of the token endpoint, as far as the record keeps it. */
export interface TokenResponse {
  /** The new access token. */
  accessToken: string
  /** The new refresh token. Missing where the server gave none, or where the token endpoint keeps it. */
  refreshToken?: string
  /** The lifetime of the access token in milliseconds, counted from before the request. */
  expiresInMs: number
  /** The granted scopes. Missing where the server didn't name them. */
  scopes?: readonly string[]
}

/**
 * Builds the tokens to store.
 * @param requestedAt the time just before the request was sent: the token is at least this old
 * @param receivedAt the time now. A token that is over when it comes counts as good for a moment all the same: who asks
 * again at once gets no better one
 */
export function tokenSetOf(
  { accessToken, refreshToken, expiresInMs }: TokenResponse,
  requestedAt: number,
  receivedAt: number,
): TokenSet {
  const isTooShort = requestedAt + expiresInMs < receivedAt + TOKEN_LIFETIME_MIN_MS
  return {
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    obtainedAt: isTooShort ? receivedAt : requestedAt,
    expiresAt: isTooShort ? receivedAt + TOKEN_LIFETIME_MIN_MS : requestedAt + expiresInMs,
  }
}

/** Removes `offline_access`, which is no permission: it only asks for a refresh token. */
export function permissionsOf(scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => scope !== OFFLINE_ACCESS)
}
