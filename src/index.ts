/** The client, its errors and its types. */
export type { Api, ApiMethod, ApiOptions } from './api/api'
export type { BearerFetch } from './api/bearer-fetch'
export type { Query, QueryScalar, QueryValue } from './api/query'
export { ApiError, type ApiErrorDetails } from './base/api-error'
export { type AnyPowerUpOAuthError, isPowerUpOAuthError } from './base/error-guard'
export {
  type ApiErrorCode,
  AuthorizationError,
  type AuthorizationErrorCode,
  ConfigurationError,
  type ConfigurationErrorCode,
  type ErrorCode,
  type ExpiryReason,
  NetworkError,
  NotAuthorizedError,
  PowerUpOAuthError,
  type RateBucket,
  type RateLimit,
  TokenEndpointError,
  type TokenEndpointErrorCode,
  TokenExpiredError,
} from './base/errors'
export type { ClientEvent } from './base/events'
export type { Scope, TrelloScope } from './base/scopes'
export type { TrelloContext, TrelloFrame } from './base/trello'
export { type Client, createClient } from './client/client'
export type { ClientOptions } from './client/options'
export type {
  AuthorizedState,
  AuthState,
  NotAuthorizedState,
  RestoringState,
  SignInProgress,
  TokenExpiredState,
} from './grant/auth-state'
export type { AuthorizeOptions } from './sign-in/authorize-options'
export type {
  ExchangeRequest,
  RefreshRequest,
  TokenAnswer,
  TokenEndpoint,
} from './token-endpoint/token-endpoint'
