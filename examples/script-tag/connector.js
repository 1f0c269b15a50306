window.TrelloPowerUp.initialize({
  'board-buttons': () => [
    { text: 'Greet me', callback: (t) => t.popup({ title: 'Greeter', url: 'popup.html' }) },
  ],
  'authorization-status': async (t) => ({ authorized: await t.getRestApi().isAuthorized() }),
  'show-authorization': (t) => t.popup({ title: 'Greeter', url: 'popup.html' }),
  'remove-data': (t) => t.getRestApi().clearToken(),
})
