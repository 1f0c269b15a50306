// The hidden page that Trello loads for each board: it says what the Power-Up can do, and shows nothing itself. It
// imports neither React nor the prompt.

import { capabilities } from 'powerup-oauth/capabilities'
import { options } from './config'

window.TrelloPowerUp.initialize({
  'card-back-section': async (t) => ({
    title: 'Greeter',
    icon: new URL('icon.svg', document.baseURI).href,
    content: { type: 'iframe', url: t.signUrl('./section.html'), height: 150 },
  }),
  ...capabilities(options, { title: 'Greeter', url: './connect.html', height: 180 }),
})
