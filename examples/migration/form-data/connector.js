window.TrelloPowerUp.initialize(
  {
    'board-buttons': () => [
      { text: 'Timer', callback: (t) => t.modal({ title: 'Timer', url: 'modal.html' }) },
    ],
  },
  { appKey: 'app-key-1', appName: 'Timer' },
)
