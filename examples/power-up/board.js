// The popup of the board button: what lies on the board, in numbers.

import { client, resize, showWhenConnected, t, wordsFor } from './page.js'

const list = document.querySelector('#lists')
const notice = document.querySelector('#notice')

showWhenConnected(document.querySelector('#connected'), async () => {
  const { board } = t.getContext()
  try {
    // Both at once. Should the token have run out, they share one refresh.
    const [lists, cards] = await Promise.all([
      client.api.get(`/1/boards/${board}/lists`, { query: { fields: 'name' } }),
      client.api.get(`/1/boards/${board}/cards`, { query: { fields: 'idList' } }),
    ])
    list.replaceChildren(
      ...lists.map(({ id, name }) => line(name, cards.filter(({ idList }) => idList === id).length)),
    )
    notice.textContent = ''
  } catch (error) {
    notice.textContent = wordsFor(error)
  }
  resize()
})

function line(name, count) {
  const item = document.createElement('li')
  item.textContent = `${name}: ${count} ${count === 1 ? 'card' : 'cards'}`
  return item
}
