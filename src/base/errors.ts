import { AUTHORIZATION_MESSAGES, TOKEN_ENDPOINT_MESSAGES } from './error-messages'
import { fieldsOf } from './fields'

/** The reasons why a sign-in didn't end with a grant. Each has a heading in docs/errors.md. */
export type AuthorizationErrorCode =
  | 'popupBlocked'
  | 'popupClosed'
  | 'accessDenied'
  | 'superseded'
  | 'timedOut'
  | 'aborted'
  | 'invalidResponse'
  | 'accountMismatch'
  | 'noWorkspace'
  | 'notLoggedIn'
  | 'invalidRequest'
  | 'notLoaded'
  | 'serverRefused'
  | 'exchangeFailed'

/** The reasons why there is no access token although the grant may be alive. */
export type TokenEndpointErrorCode =
  | 'tokenEndpointUnavailable'
  | 'tokenEndpointUnreadable'
  | 'blockedByPolicy'
  | 'notLoaded'
  | 'storageUnavailable'
  | 'clientRejected'

/** The kinds of refusal by Trello's REST API. */
export type ApiErrorCode =
  | 'missingScope'
  | 'forbiddenOutsideWorkspace'
  | 'rateLimited'
  | 'unauthorized'
  | 'http'

/** The faults in the code that uses this library. `invalid…` names the option that is wrong. */
export type ConfigurationErrorCode =
  | 'invalidClientId'
  | 'invalidRedirectUri'
  | 'invalidScopes'
  | 'invalidWorkspace'
  | 'invalidMember'
  | 'invalidOnEvent'
  | 'invalidTokenEndpoint'
  | 'invalidAuthorizationEndpoint'
  | 'invalidApiOrigins'
  | 'invalidRevocationEndpoint'
  | 'invalidIssuer'
  | 'invalidClientSecret'
  | 'invalidAllowedOrigins'
  | 'invalidRateLimit'
  | 'invalidStore'
  | 'invalidSeal'
  | 'invalidPowerUpId'
  | 'invalidTicketKeys'
  | 'invalidTicketIssuer'
  | 'invalidSecret'
  | 'invalidKey'
  | 'invalidFetch'
  | 'invalidRequest'
  | 'noTrelloContext'
  | 'insecureContext'
  | 'untrustedUrl'

/** The codes of all errors of this library. */
export type ErrorCode =
  | AuthorizationErrorCode
  | 'notAuthorized'
  | 'tokenExpired'
  | TokenEndpointErrorCode
  | ApiErrorCode
  | 'network'
  | ConfigurationErrorCode

/**
 * The reason why a grant ended. `expired`: its time was over. `revoked`: the authorization server no longer accepts it.
 * `rotationLost`: the answer to a refresh got lost, and the server does not accept the old refresh token again.
 */
export type ExpiryReason = 'expired' | 'revoked' | 'rotationLost'

/**
 * The base of every error of this library. Switch on `code`. `instanceof` fails across frames and between two copies of the
 * library; `isPowerUpOAuthError` works there too.
 */
export abstract class PowerUpOAuthError<Code extends ErrorCode = ErrorCode> extends Error {
  /** The kind of error. */
  readonly code: Code
  /** `true` if the same call may succeed later without any change. */
  readonly retryable: boolean

  constructor(code: Code, message: string, retryable: boolean, cause?: unknown) {
    super(message, causeOf(cause))
    this.code = code
    this.retryable = retryable
  }
}

/** Makes an error of what somebody's own code has thrown: of a text for instance. An object without a message is no cause. */
function causeOf(thrown: unknown): ErrorOptions | undefined {
  if (fieldsOf(thrown).message !== undefined) return { cause: thrown }
  const isWord = thrown !== undefined && thrown !== null && Object(thrown) !== thrown
  return isWord ? { cause: new Error(String(thrown)) } : undefined
}

/** The only error that `authorize()` rejects with. The sign-in changed nothing that was stored. */
export class AuthorizationError extends PowerUpOAuthError<AuthorizationErrorCode> {
  override name = 'AuthorizationError' as const
  /** The authorization server's error code, if it refused the request: `invalid_scope` for example. */
  readonly serverError: string | undefined
  /** The authorization server's own words, without secrets. For developers: they are not written for people. */
  readonly serverDescription: string | undefined

  constructor(code: AuthorizationErrorCode, details: ServerWords & { cause?: unknown } = {}) {
    const { cause, serverError, serverDescription } = details
    const mayPass = fieldsOf(cause).retryable === true
    const retryable = code === 'notLoaded' || (code === 'exchangeFailed' && mayPass)
    super(code, AUTHORIZATION_MESSAGES[code] + factsOf(details), retryable, cause)
    this.serverError = serverError
    this.serverDescription = serverDescription
  }
}

/** There is no grant: nobody connected this Power-Up here, or it was disconnected. */
export class NotAuthorizedError extends PowerUpOAuthError<'notAuthorized'> {
  override name = 'NotAuthorizedError' as const

  constructor(details: { cause?: unknown } = {}) {
    super(
      'notAuthorized',
      'There is no grant. Show a Connect button that calls authorize().',
      false,
      details.cause,
    )
  }
}

/** The grant has ended. A new consent is needed. */
export class TokenExpiredError extends PowerUpOAuthError<'tokenExpired'> {
  override name = 'TokenExpiredError' as const
  /** The reason why the grant ended, as in the state. */
  readonly reason: ExpiryReason

  constructor(reason: ExpiryReason, details: { cause?: unknown } = {}) {
    super(
      'tokenExpired',
      `The grant has ended (${reason}). Show a Reconnect button that calls authorize().`,
      false,
      details.cause,
    )
    this.reason = reason
  }
}

/** The token endpoint or the storage gave no access token. The grant stays. */
export class TokenEndpointError extends PowerUpOAuthError<TokenEndpointErrorCode> {
  override name = 'TokenEndpointError' as const
  /** The HTTP status of the last answer. `undefined` where no answer could be read. */
  readonly status: number | undefined
  /** Milliseconds until a call can reach the token endpoint again, where that is known. Up to 60,000. */
  readonly retryAfterMs: number | undefined
  /**
   * A new consent is the way out, besides trying again: offer a button that calls authorize(). The server refused in words,
   * its answers can't be read, or several attempts in a row have failed.
   */
  readonly offerConsent: boolean
  /** The token endpoint's error code, if it named one: `invalid_client` for example. */
  readonly serverError: string | undefined
  /** The token endpoint's own words, without secrets. For developers: they are not written for people. */
  readonly serverDescription: string | undefined

  constructor(
    code: TokenEndpointErrorCode,
    details: ServerWords & {
      cause?: unknown
      status?: number | undefined
      retryAfterMs?: number | undefined
      offerConsent?: boolean
    } = {},
  ) {
    // An answer that can't be read is not known to be final either.
    const retryable = code !== 'clientRejected' && code !== 'blockedByPolicy'
    super(code, TOKEN_ENDPOINT_MESSAGES[code] + factsOf(details), retryable, details.cause)
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
    this.offerConsent = details.offerConsent ?? code === 'tokenEndpointUnreadable'
    this.serverError = details.serverError
    this.serverDescription = details.serverDescription
  }
}

/** The words of a server that refused something. */
interface ServerWords {
  serverError?: string | undefined
  serverDescription?: string | undefined
}

function factsOf({
  status,
  serverError,
  serverDescription,
}: ServerWords & { status?: number | undefined }): string {
  const words = [serverError, serverDescription].filter(Boolean).join(': ')
  const facts = [status && `HTTP ${status}`, words].filter(Boolean).join(', ')
  return facts && ` (${facts})`
}

/** The limits that the headers of an answer name. Numbers that they don't name are left out. */
export interface RateLimit {
  /** The limit of the client, which all of its users share. */
  key?: RateBucket
  /** The limit of the person's token. */
  token?: RateBucket
}

/** One of Trello's limits. */
export interface RateBucket {
  /** The number of calls that are left in this interval. */
  remaining: number
  /** The number of calls that one interval allows. Trello: 300 for a key, 100 for a token. */
  max?: number
  /** The length of an interval in milliseconds. Trello: 10,000. */
  intervalMs?: number
}

/** Trello's REST API gave no answer: offline, blocked, cut off, or redirected. A POST may have been carried out. */
export class NetworkError extends PowerUpOAuthError<'network'> {
  override name = 'NetworkError' as const

  constructor(details: { method: string; path: string; cause?: unknown }) {
    const message = `${details.method} ${details.path} got no answer. In the way is the network, a connect-src without this origin, a blocker or a redirect: the browser's console says which.`
    super('network', message, true, details.cause)
  }
}

/** The code that uses this library has to change. Thrown before anything is sent or stored. */
export class ConfigurationError extends PowerUpOAuthError<ConfigurationErrorCode> {
  override name = 'ConfigurationError' as const

  constructor(code: ConfigurationErrorCode, message: string, details: { cause?: unknown } = {}) {
    super(code, message, false, details.cause)
  }
}
