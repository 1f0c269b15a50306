// The section on the back of each card: greets the member by name, as soon as it may know the name.

import { clientFor } from './client.js'
import { resize, showNotice, showPrompt, startPrompt } from './prompt.js'

const t = window.TrelloPowerUp.iframe()
const client = clientFor(t)
const title = document.querySelector('#title')
const again = document.querySelector('#again')

startPrompt(client, t)
again.addEventListener('click', greet)
client.subscribe((state) => {
  showPrompt(state, t)
  again.hidden = state.status !== 'authorized'
  if (state.status === 'authorized') greet()
  else delete document.body.dataset.greeted
})

async function greet() {
  again.disabled = true
  try {
    const me = await client.api.get('/1/members/me', { query: { fields: 'fullName' } })
    title.textContent = `Hello, ${me.fullName}!`
    document.body.dataset.greeted = String(Number(document.body.dataset.greeted ?? 0) + 1)
    showNotice('')
  } catch (error) {
    // When the connection is over, the state says so, and the listener above shows it.
    const isOver = error.code === 'tokenExpired' || error.code === 'notAuthorized'
    showNotice(isOver ? '' : 'Trello cannot be reached just now. Please try again in a moment.')
  } finally {
    again.disabled = false
    resize(t)
  }
}
