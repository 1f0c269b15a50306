// The one file to edit before this Power-Up goes to a host of your own.

/** From your Power-Up's page at trello.com/apps/admin, tab OAuth 2.0. It is not a secret. */
const clientId = 'your-client-id'

/** What the Power-Up asks people to allow: no more than it uses. */
const scopes = ['read:board:trello', 'read:member:trello']

// The local Trello has endpoints of its own. In production these lines can go: Trello's are the defaults.
const isLocal = location.hostname === 'powerup.localhost'
const local = (name) => `http://${name}.localhost:${location.port}`
const localOptions = {
  clientId: 'local-trello-client',
  authorizationEndpoint: `${local('auth')}/authorize`,
  tokenEndpoint: `${local('auth')}/oauth/token`,
  revocationEndpoint: `${local('auth')}/oauth/revoke`,
  apiOrigins: [local('api')],
}

export const options = {
  clientId,
  // Registered at Trello exactly like this, character for character.
  redirectUri: new URL('callback.html', import.meta.url),
  scopes,
  ...(isLocal ? localOptions : {}),
}
