// What each page that people see begins with: Trello's t, the client, and the prompt that says what is to be done.

import { options } from './config.js'

export const t = window.TrelloPowerUp.iframe()
export const client = PowerUpOAuth.createClient({ ...options, t })
export const prompt = document.querySelector('powerup-oauth-prompt')

/** Our own words where the built-in ones say too little about what this Power-Up is good for. */
const texts = {
  connect: {
    title: 'Shall we get to know each other?',
    text: 'Greeter would like to greet you by name. Connect it once; you can take that back whenever you like.',
  },
}

PowerUpOAuth.definePrompt()
Object.assign(prompt, { client, t, texts })

/** Shows `element` while the Power-Up is connected, and calls `whenConnected` each time that it comes to be so. */
export function showWhenConnected(element, whenConnected = () => {}) {
  client.subscribe(({ status }) => {
    const wasConnected = !element.hidden
    element.hidden = status !== 'authorized'
    document.body.dataset.state = status
    if (!wasConnected && !element.hidden) whenConnected()
    resize()
  })
}

export function resize() {
  // A frame that has just been closed can't be sized any more, which is no fault.
  t.sizeTo(document.body).catch(() => {})
}

/** What to say beside the prompt, which says itself what the state demands. */
export function wordsFor(error) {
  if (error.code === 'tokenExpired' || error.code === 'notAuthorized') return ''
  return error.retryable
    ? 'Trello cannot be reached just now. Please try again in a moment.'
    : 'That did not work. If it happens again, please tell us.'
}
