import { options } from './options.js'

window.TrelloPowerUp.initialize(
  {
    'board-buttons': () => [
      { text: 'Lists', callback: (t) => t.popup({ title: 'Lists', url: 'popup.html' }) },
    ],
    'authorization-status': async (t) => ({ authorized: await t.getRestApi().isAuthorized() }),
    'show-authorization': (t) => t.popup({ title: 'Lists', url: 'popup.html' }),
    'remove-data': (t) => t.getRestApi().clearToken(),
  },
  options,
)
