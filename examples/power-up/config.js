// The one file to edit before this Power-Up goes to a host of your own.

export const options = {
  // From your Power-Up's page at trello.com/apps/admin, tab OAuth 2.0. It is not a secret.
  clientId: 'your-client-id',
  // Registered at Trello exactly like this, character for character.
  redirectUri: new URL('callback.html', import.meta.url),
  // What the Power-Up asks people to allow: no more than it uses.
  scopes: ['read:board:trello', 'read:member:trello'],
}
