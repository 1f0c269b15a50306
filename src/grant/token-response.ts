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
 */
export function tokenSetOf(
  { accessToken, refreshToken, expiresInMs }: TokenResponse,
  requestedAt: number,
): TokenSet {
  return {
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    obtainedAt: requestedAt,
    expiresAt: requestedAt + expiresInMs,
  }
}

/** Removes `offline_access`, which is no permission: it only asks for a refresh token. */
export function permissionsOf(scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => scope !== OFFLINE_ACCESS)
}
