window.TrelloPowerUp.initialize(
  {
    'board-buttons': () => [
      { text: 'New card', callback: (t) => t.popup({ title: 'New card', url: 'popup.html' }) },
    ],
  },
  { appKey: 'app-key-1', appName: 'Cards' },
)
