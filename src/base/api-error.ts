import { type ApiErrorCode, PowerUpOAuthError, type RateLimit } from './errors'

/** Trello's REST API answered, and not with what was asked for. */
export class ApiError extends PowerUpOAuthError<ApiErrorCode> {
  override name = 'ApiError' as const
  readonly status: number
  readonly method: string
  /** Without its query. */
  readonly path: string
  /** The parsed JSON, or the text, as it came. */
  readonly body: unknown
  readonly rateLimit: RateLimit | undefined
  /** For `missingScope`: what Trello's table of operations asks for, where it knows the operation. */
  readonly requiredScopes: readonly string[] | undefined

  constructor(
    code: ApiErrorCode,
    details: {
      status: number
      method: string
      path: string
      body?: unknown
      rateLimit?: RateLimit
      requiredScopes?: readonly string[]
      message?: string
      cause?: unknown
    },
  ) {
    const { status, method, path, body, rateLimit, requiredScopes, message, cause } = details
    super(
      code,
      `${method} ${path} was answered with ${status}.${message ? ` ${message}` : ''}`,
      code === 'rateLimited' || status >= 500,
      cause,
    )
    this.status = status
    this.method = method
    this.path = path
    this.body = body
    this.rateLimit = rateLimit
    this.requiredScopes = requiredScopes
  }
}
