// On every page after Trello's script: t.getRestApi() and the requests are this library's from here on.
window.PowerUpOAuthCompat.install(window.TrelloPowerUp, {
  clientId: 'your-client-id',
  // Beside this page, wherever that is: on GitHub Pages under the name of the repository.
  redirectUri: new URL('callback.html', location.href),
  scopes: ['read:member:trello'],
  appKey: 'your-app-key',
  adaptRequests: true,
})
