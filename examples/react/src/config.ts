import type { ClientOptions } from 'powerup-oauth'

// The local Trello has endpoints of its own. In production these lines can go: Trello's are the defaults.
const isLocal = location.hostname === 'powerup.localhost'
const local = (name: string) => `http://${name}.localhost:${location.port}`
const localOptions = {
  authorizationEndpoint: `${local('auth')}/authorize`,
  tokenEndpoint: `${local('auth')}/oauth/token`,
  apiOrigins: [local('api')],
}

/** The one place to edit before this Power-Up goes to a host of your own. */
export const options: ClientOptions = {
  /** From your Power-Up's page at trello.com/apps/admin, tab OAuth 2.0. It is not a secret. */
  clientId: 'your-client-id',
  // Registered at Trello exactly like this, character for character.
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:board:trello', 'read:member:trello'],
  ...(isLocal ? localOptions : {}),
}
