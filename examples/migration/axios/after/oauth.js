window.PowerUpOAuthCompat.install(window.TrelloPowerUp, {
  clientId: 'your-client-id',
  redirectUri: new URL('callback.html', location.href),
  scopes: ['read:board:trello', 'write:board:trello'],
  adaptRequests: true,
})
