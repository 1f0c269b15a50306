// The hidden page that Trello loads for each board: it says what the Power-Up can do, and shows nothing itself.

import { options } from './config.js'

const icon = new URL('icon.svg', import.meta.url).href

window.TrelloPowerUp.initialize({
  'card-back-section': (t) => ({
    title: 'Greeter',
    icon,
    content: { type: 'iframe', url: t.signUrl('./section.html'), height: 150 },
  }),
  'board-buttons': () => [
    {
      icon: { dark: icon, light: icon },
      text: 'Greeter',
      callback: (t) => t.popup({ title: 'Greeter', url: './board.html', height: 180 }),
    },
  ],
  'show-settings': (t) => t.popup({ title: 'Greeter settings', url: './settings.html', height: 160 }),

  // "Authorize account" and "Remove personal data" in Trello's menu, and whether to offer the first. A click on Trello's
  // page is no click in a frame of ours, so that a browser would block a window opened from here: hence the popup page,
  // with a button of our own in it.
  ...PowerUpOAuth.capabilities(options, { title: 'Greeter', url: './connect.html', height: 180 }),
})
