/** The words of an `AuthorizationError` for each code. */
export const AUTHORIZATION_MESSAGES = {
  popupBlocked:
    'The browser opened no window. Call authorize() in a click handler, before any await, and ask the person to allow popups.',
  popupClosed:
    'The sign-in window can no longer be seen. The sign-in may go on there; the next authorize() picks it up.',
  accessDenied: 'The person said no. Offer the button again; nothing has changed.',
  superseded: 'A newer authorize() asks for more. Use the result of that call.',
  timedOut: 'The sign-in took too long. Offer the button again.',
  aborted: 'The sign-in was called off, by its signal or by signOut().',
  invalidResponse:
    'The response is not the answer to our request. Begin again; if it happens each time, check `issuer` and `authorizationEndpoint`.',
  accountMismatch:
    'The person signed in with another account than in Trello. Ask them to choose the same account.',
  noWorkspace:
    'This board belongs to no workspace, and access is granted to workspaces only. Move the board into one.',
  notLoggedIn: 'The person is not logged in to Trello. Ask them to log in first.',
  invalidRequest: 'An argument of authorize() is wrong; `cause` says which. Correct the call.',
  notLoaded:
    'A piece of the library could not be loaded; `cause` says which. Try again. If it stays, put all files of the build on the host.',
  serverRefused:
    'The authorization server refused the request. Unless it has trouble of its own, check clientId, redirectUri and scopes in the app settings.',
  exchangeFailed: 'The code could not be exchanged for tokens. Offer the button again; `cause` says why.',
}

/** The words of a `TokenEndpointError` for each code. */
export const TOKEN_ENDPOINT_MESSAGES = {
  tokenEndpointUnavailable: 'The token endpoint gave no usable answer. Nothing is lost; try again later.',
  tokenEndpointUnreadable:
    'The browser hides the answers of the token endpoint, as where CORS headers are missing. Set `tokenEndpoint` to a proxy (powerup-oauth/token-proxy) or a keeper (powerup-oauth/keeper), or go through the Trello page (trelloHostTokenEndpoint).',
  blockedByPolicy:
    "The page's Content-Security-Policy forbids the token endpoint. Add its origin to `connect-src`: https://auth.atlassian.com for Trello's.",
  notLoaded:
    'A piece of the library could not be loaded; `cause` says which. Nothing is lost; try again later. If it stays, put all files of the build on the host.',
  storageUnavailable: 'The storage could not be used. Nothing is lost; try again later.',
  clientRejected:
    'The authorization server rejects this client. Check clientId and the client type in the app settings.',
}
