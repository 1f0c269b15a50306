// "Edit settings" in Trello's menu: what the person allowed, and how to take it back.

import { clientFor } from './client.js'
import { resize, showPrompt, startPrompt } from './prompt.js'

const t = window.TrelloPowerUp.iframe()
const client = clientFor(t)
const text = document.querySelector('#text')
const disconnect = document.querySelector('#disconnect')

startPrompt(client, t)
client.subscribe((state) => {
  showPrompt(state, t)
  disconnect.hidden = state.status !== 'authorized'
  if (state.status !== 'authorized') return
  text.textContent = state.persistent
    ? 'It may see your name, and the boards of this workspace.'
    : 'It may see your name, and the boards of this workspace, until you close this page.'
  text.hidden = false
  resize(t)
})
disconnect.addEventListener('click', () => client.signOut())
