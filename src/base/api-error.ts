import { type ApiErrorCode, PowerUpOAuthError, type RateLimit } from './errors'

/** The facts of an {@link ApiError}, for those who make one. */
export interface ApiErrorDetails {
  /** The HTTP status. */
  status: number
  /** The HTTP method, in capitals. */
  method: string
  /** The path with its version, without its query. */
  path: string
  /** The parsed JSON, or the text. */
  body?: unknown
  /** The limits that the headers name. */
  rateLimit?: RateLimit | undefined
  /** Milliseconds after which the call may be made again. */
  retryAfterMs?: number | undefined
  /** The scopes that the operation needs. */
  requiredScopes?: readonly string[] | undefined
  /** A sentence behind the one that names the call and the status. */
  message?: string | undefined
  /** `true` for a call that was held back: it would have been answered with this status. */
  isUnsent?: boolean | undefined
  /** Default: `true` for `rateLimited` and for a status of 500 and more. */
  retryable?: boolean | undefined
  /** The error behind this one. */
  cause?: unknown
}

/**
 * Trello's REST API refused a call, or answered with something else than what was asked for. `retryable` is `true` for
 * `rateLimited`, unless the call asks for too much at once, and for a status of 500 and more.
 */
export class ApiError extends PowerUpOAuthError<ApiErrorCode> {
  override name = 'ApiError' as const
  /** The HTTP status. 429 too for a call that was held back and not sent, because the rate limit lasts too long. */
  readonly status: number
  /** The HTTP method, in capitals. */
  readonly method: string
  /** The path with its version, without its query, and without a token in it. */
  readonly path: string
  /** The parsed JSON, or the text, as it came. `undefined` for an empty body. */
  readonly body: unknown
  /** The limits that the headers of the answer name. `undefined` where they name none. */
  readonly rateLimit: RateLimit | undefined
  /** For `rateLimited`: milliseconds after which the call may be made again, where that is known. */
  readonly retryAfterMs: number | undefined
  /** For `missingScope`: the scopes that Trello's table of operations names, where it knows the operation. */
  readonly requiredScopes: readonly string[] | undefined

  constructor(code: ApiErrorCode, details: ApiErrorDetails) {
    const { status, method, path, body, rateLimit, retryAfterMs, requiredScopes, message, cause } = details
    const fact = details.isUnsent ? 'was not sent' : `was answered with ${status}`
    super(
      code,
      `${method} ${path} ${fact}.${message ? ` ${message}` : ''}`,
      details.retryable ?? (code === 'rateLimited' || status >= 500),
      cause,
    )
    this.status = status
    this.method = method
    this.path = path
    this.body = body
    this.rateLimit = rateLimit
    this.retryAfterMs = retryAfterMs
    this.requiredScopes = requiredScopes
  }
}
