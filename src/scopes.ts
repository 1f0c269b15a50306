export { type RequiredScopes, requiredScopes } from './api/operation-scopes'
export { SCOPES, type Scope, type TrelloScope } from './base/scopes'
