import type { ApiError } from './api-error'
import type {
  AuthorizationError,
  ConfigurationError,
  NetworkError,
  NotAuthorizedError,
  TokenEndpointError,
  TokenExpiredError,
} from './errors'
import { fieldsOf } from './fields'

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
 * Tells whether a value is an error of this library. Errors of another frame or of another copy of the library count. Never
 * throws, whatever the value.
 * @example
 * catch (error) {
 *   if (isPowerUpOAuthError(error) && error.code === 'tokenExpired') showReconnect()
 *   else throw error
 * }
 */
export function isPowerUpOAuthError(value: unknown): value is AnyPowerUpOAuthError {
  try {
    const { name, code, retryable } = fieldsOf(value)
    return typeof code === 'string' && typeof retryable === 'boolean' && NAMES.includes(name)
  } catch {
    return false // anything can be thrown, also what can't be read
  }
}

const NAMES: readonly unknown[] = [
  'AuthorizationError',
  'NotAuthorizedError',
  'TokenExpiredError',
  'TokenEndpointError',
  'ApiError',
  'NetworkError',
  'ConfigurationError',
]
