export { type AnyPowerUpOAuthError, isPowerUpOAuthError } from './any-error'
export type { Api, ApiMethod, ApiOptions, QueryValue } from './api/api'
export { ApiError } from './api/api-error'
export type { AuthorizeOptions } from './authorize'
export { type Client, createClient } from './client'
export type { ClientOptions } from './configuration'
export {
  type ApiErrorCode,
  AuthorizationError,
  type AuthorizationErrorCode,
  ConfigurationError,
  type ConfigurationErrorCode,
  type ErrorCode,
  type ExpiryCause,
  NetworkError,
  NotAuthorizedError,
  PowerUpOAuthError,
  type RateLimit,
  TokenEndpointError,
  type TokenEndpointErrorCode,
  TokenExpiredError,
} from './errors'
export type { ClientEvent } from './events'
export type { AuthState } from './grant/grant'
export type { Scope, TrelloScope } from './scope-names'
export type {
  ExchangeRequest,
  RefreshRequest,
  TokenAnswer,
  TokenEndpoint,
} from './token-endpoint/token-endpoint'
export type { TrelloContext, TrelloFrame } from './trello'
