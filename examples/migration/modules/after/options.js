import { install } from 'powerup-oauth/compat'

export const options = {
  appKey: 'app-key-1',
  appName: 'Lists',
  clientId: 'your-client-id',
  redirectUri: new URL('callback.html', location.href),
  scopes: ['read:board:trello', 'read:member:trello'],
}

install(window.TrelloPowerUp, { adaptRequests: true })
