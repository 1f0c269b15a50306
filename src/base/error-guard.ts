import type { ApiError } from './api-error'
import type {
  AuthorizationError,
  ConfigurationError,
  NetworkError,
  NotAuthorizedError,
  TokenEndpointError,
  TokenExpiredError,
} from './errors'

/** Any error of this library, for exhaustive switches on `code`. */
export type AnyPowerUpOAuthError =
  | AuthorizationError
  | NotAuthorizedError
  | TokenExpiredError
  | TokenEndpointError
  | ApiError
  | NetworkError
  | ConfigurationError

/**
 * Tells whether a value is an error of this library. Errors of another frame or of another copy of the library count.
 * @example
 * catch (error) {
 *   if (isPowerUpOAuthError(error) && error.code === 'tokenExpired') showReconnect()
 *   else throw error
 * }
 */
export function isPowerUpOAuthError(value: unknown): value is AnyPowerUpOAuthError {
  if (typeof value !== 'object' || value === null) return false
  const { name, code, retryable } = value as { name?: unknown; code?: unknown; retryable?: unknown }
  return typeof code === 'string' && typeof retryable === 'boolean' && NAMES.includes(String(name))
}

const NAMES: readonly string[] = [
  'AuthorizationError',
  'NotAuthorizedError',
  'TokenExpiredError',
  'TokenEndpointError',
  'ApiError',
  'NetworkError',
  'ConfigurationError',
]
