// The hidden page that Trello loads for each board: it says what the Power-Up can do, and shows nothing itself.

import { clientFor } from './client.js'

const icon = new URL('icon.svg', import.meta.url).href

window.TrelloPowerUp.initialize({
  'card-back-section': (t) => ({
    title: 'Greeter',
    icon,
    content: { type: 'iframe', url: t.signUrl('./section.html'), height: 150 },
  }),

  // A click on Trello's page doesn't count as a click in a frame of ours, so that a browser would block a window
  // opened from here. Hence the popup: the button in it is ours.
  'card-buttons': () => [{ icon, text: 'Greeter', callback: openConnect }],

  // Trello waits 5 seconds at most for these. `isAuthorized` reads storage and asks no server.
  'authorization-status': async (t) => ({ authorized: await clientFor(t).isAuthorized() }),
  'show-authorization': openConnect,
  'show-settings': (t) => t.popup({ title: 'Greeter settings', url: './settings.html', height: 160 }),
  'remove-data': (t) => clientFor(t).signOut({ everyWorkspace: true }),
})

function openConnect(t) {
  return t.popup({ title: 'Greeter', url: './connect.html', height: 180 })
}
