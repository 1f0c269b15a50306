window.TrelloPowerUp.initialize({
  'board-buttons': () => [
    { text: 'Boards', callback: (t) => t.popup({ title: 'Boards', url: 'popup.html' }) },
  ],
})
