/** Grants on a server, for work that nobody watches. */
export { ApiError, type ApiErrorDetails } from './base/api-error'
export { type AnyPowerUpOAuthError, isPowerUpOAuthError } from './base/error-guard'
export {
  AuthorizationError,
  ConfigurationError,
  NetworkError,
  NotAuthorizedError,
  PowerUpOAuthError,
  TokenEndpointError,
  TokenExpiredError,
} from './base/errors'
export type { Broker, BrokerOptions } from './server/broker'
export type { KeeperClient, KeeperState } from './server/client'
export type { KeeperEvent } from './server/events'
export type { CodeExchange } from './server/exchange'
export type { GrantStore, GrantVersion, StoredGrant } from './server/grant-store'
export type { KeeperHandler } from './server/handler'
export { createKeeper, type Keeper } from './server/keeper'
export { type GrantPlace, grantKey } from './server/key'
export { memoryGrants } from './server/memory-grants'
export type { KeeperOptions } from './server/options'
export type { Seal } from './server/seal'
export type { TickSummary } from './server/tick'
