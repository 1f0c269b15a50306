// The popup behind the card button and behind "Authorize account" in Trello's menu.

import { clientFor } from './client.js'
import { showPrompt, startPrompt } from './prompt.js'

const t = window.TrelloPowerUp.iframe()
const client = clientFor(t)

startPrompt(client, t)
client.subscribe((state) => {
  showPrompt(state, t)
  document.querySelector('#done').hidden = state.status !== 'authorized'
})
document.querySelector('#done').addEventListener('click', () => t.closePopup())
