import type { AuthorizationErrorCode, ExpiryReason, RateLimit, TokenEndpointErrorCode } from './errors'

/**
 * What happened, for logs and telemetry: told after the fact, and never with a token, a code or a verifier in it.
 * More types may come with a minor version.
 */
export type ClientEvent =
  | { type: 'authorizationStarted'; scopes: readonly string[] }
  | { type: 'authorizationEnded'; outcome: 'authorized' | AuthorizationErrorCode }
  | { type: 'tokenRefreshed'; expiresAt: number; persistent: boolean }
  | { type: 'refreshFailed'; code: TokenEndpointErrorCode; status?: number }
  | { type: 'grantExpired'; reason: ExpiryReason }
  | { type: 'apiRefusedToken'; status: number; path: string }
  | { type: 'rateLimited'; path: string; rateLimit?: RateLimit }
  | { type: 'signedOut'; everyWorkspace: boolean }
