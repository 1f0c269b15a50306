/** For existing Power-Ups: the object behind `t.getRestApi()`, and a Bearer header on requests with `key` and `token`. See [Moving an existing Power-Up](migration.md). */
export { type AdaptRequestsOptions, adaptRequests } from './compat/requests/request-adapter'
export type { ErrorFilter, FilteredPromise } from './compat/rest-api/filtered-promise'
export { type InstallOptions, install, type TrelloPowerUpLike } from './compat/rest-api/install'
export {
  type RestApiAuthorizeOptions,
  type RestApiClient,
  type RestApiFrame,
  type RestApiOptions,
  restApiClient,
} from './compat/rest-api/rest-api-client'
