// Trello's alert: a line at the foot of the page that goes by itself.

import { byId } from './dom.js'

let timer

/** @param {{ message: string, duration?: number, display?: string }} alert - `duration` in seconds, from 5 to 30 */
export function showAlert({ message, duration = 5, display = 'info' }) {
  const box = byId('alert')
  box.textContent = message
  box.dataset.display = display
  box.hidden = false
  clearTimeout(timer)
  timer = setTimeout(hideAlert, Math.min(Math.max(duration, 5), 30) * 1000)
}

export function hideAlert() {
  clearTimeout(timer)
  byId('alert').hidden = true
}
