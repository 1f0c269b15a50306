window.TrelloPowerUp.initialize(
  {
    'board-buttons': () => [{ text: 'Me', callback: (t) => t.popup({ title: 'Me', url: 'popup.html' }) }],
  },
  { appKey: 'app-key-1', appName: 'Me' },
)
