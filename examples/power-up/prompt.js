// The part that all our pages share: the title, the text and the Connect button.

import { wordsFor, wordsForError } from './words.js'

const title = document.querySelector('#title')
const text = document.querySelector('#text')
const connect = document.querySelector('#connect')
const notice = document.querySelector('#notice')

/** Makes the button work. */
export function startPrompt(client, t) {
  connect.addEventListener('click', () => {
    // First of all: the window has to open in the click itself. Anything awaited before, and browsers block it.
    const signIn = client.authorize()
    showNotice('')
    signIn.catch((error) => showNotice(wordsForError(error, client.state))).finally(() => resize(t))
  })
}

/** Shows what there is to say for a state. */
export function showPrompt(state, t) {
  const words = wordsFor(state)
  document.body.dataset.state = state.status
  title.textContent = words.title
  text.textContent = words.text
  text.hidden = words.text === ''
  connect.textContent = words.button ?? ''
  connect.hidden = words.button === undefined
  resize(t)
}

export function showNotice(words) {
  notice.textContent = words
  notice.hidden = words === ''
}

export function resize(t) {
  // A frame that has just been closed can't be sized any more, which is no fault.
  t.sizeTo('main').catch(() => {})
}
