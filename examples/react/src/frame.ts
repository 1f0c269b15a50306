import { createClient } from 'powerup-oauth'
import { options } from './config'
import './frame.css'

/** Of the page that imports this: one `t` and one client for its whole life, outside of all components. */
export const t = window.TrelloPowerUp.iframe()
export const client = createClient({ ...options, t })

export function resize(): void {
  // A frame that has just been closed can't be sized any more, which is no fault.
  t.sizeTo(document.body).catch(() => undefined)
}
