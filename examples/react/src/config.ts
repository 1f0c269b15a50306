import type { ClientOptions } from 'powerup-oauth'

/** The one place to edit before this Power-Up goes to a host of your own. */
export const options: ClientOptions = {
  /** From your Power-Up's page at trello.com/apps/admin, tab OAuth 2.0. It is not a secret. */
  clientId: 'your-client-id',
  // Registered at Trello exactly like this, character for character.
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:board:trello', 'read:member:trello'],
}
