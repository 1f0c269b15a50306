export { type RequiredScopes, requiredScopes } from './operation-scopes'
export { SCOPES, type Scope, type TrelloScope } from './scope-names'
