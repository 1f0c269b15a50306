export type { ErrorFilter, FilteredPromise } from './filtered-promise'
export { type InstallOptions, install, type TrelloPowerUpLike } from './install'
export { type AdaptRequestsOptions, adaptRequests } from './request-adapter'
export {
  type RestApiAuthorizeOptions,
  type RestApiClient,
  type RestApiFrame,
  type RestApiOptions,
  restApiClient,
} from './rest-api-client'
