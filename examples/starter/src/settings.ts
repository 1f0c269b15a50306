// "Edit settings" in Trello's menu: what was allowed, and how to take it back.

import { client, find, show } from './page'

const button = find('button')

show(() => 'This Power-Up may see your name, and the boards of this workspace.')
client.subscribe(({ status }) => {
  button.hidden = status !== 'authorized'
})
button.addEventListener('click', () => client.signOut())
