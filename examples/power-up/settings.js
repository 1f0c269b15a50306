// "Edit settings" in Trello's menu: what the person allowed, and how to take it back.

import { client, resize, showWhenConnected } from './page.js'

const lasting = document.querySelector('#lasting')
const notice = document.querySelector('#notice')

showWhenConnected(document.querySelector('#connected'), () => {
  notice.textContent = ''
  lasting.textContent = client.state.persistent
    ? ''
    : 'Your browser keeps nothing for us: this lasts until you close the page.'
})
document.querySelector('#disconnect').addEventListener('click', async () => {
  try {
    await client.signOut()
  } catch {
    // The page is not connected any more, whatever the browser could do.
    notice.textContent = 'Your browser could not delete the connection just now. It is tried again by itself.'
    resize()
  }
})
