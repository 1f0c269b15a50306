import type { ClientOptions } from 'powerup-oauth'

/** The one file to edit before this goes to a host. */
export const options: ClientOptions = {
  /** From the Power-Up's page at trello.com/apps/admin, tab OAuth 2.0. It is not a secret. */
  clientId: 'your-client-id',
  // Registered at Trello exactly like this, character for character.
  redirectUri: new URL('callback.html', document.baseURI),
  scopes: ['read:board:trello', 'read:member:trello'],
}

/** The name that people read. */
export const NAME = 'My Power-Up'
