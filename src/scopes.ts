/** The scopes, and what each of 261 operations of the REST API asks for. */
export { type RequiredScopes, requiredScopes } from './api/operation-scopes'
export { SCOPES, type Scope, type TrelloScope } from './base/scopes'
