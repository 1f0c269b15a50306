// The section on the back of each card: greets the member by name, as soon as it may know the name.

import { client, resize, showWhenConnected, wordsFor } from './page.js'

const title = document.querySelector('#title')
const notice = document.querySelector('#notice')
const again = document.querySelector('#again')

again.addEventListener('click', greet)
showWhenConnected(document.querySelector('#connected'), greet)

async function greet() {
  again.disabled = true
  try {
    const me = await client.api.get('/1/members/me', { query: { fields: 'fullName' } })
    title.textContent = `Hello, ${me.fullName}!`
    notice.textContent = ''
    document.body.dataset.greeted = String(Number(document.body.dataset.greeted ?? 0) + 1)
  } catch (error) {
    notice.textContent = wordsFor(error)
  } finally {
    again.disabled = false
    resize()
  }
}
