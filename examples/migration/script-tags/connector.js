const options = { appKey: 'app-key-1', appName: 'Greeter' }

window.TrelloPowerUp.initialize(
  {
    'board-buttons': async (t) => {
      const isAuthorized = await t.getRestApi().isAuthorized()
      return [
        {
          text: isAuthorized ? 'Greet me' : 'Connect',
          callback: (t) => t.popup({ title: 'Greeter', url: 'popup.html' }),
        },
      ]
    },
  },
  options,
)
