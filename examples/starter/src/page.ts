import { createClient } from 'powerup-oauth'
import { definePrompt } from 'powerup-oauth/prompt'
import { options } from './options'
import { showWhenConnected } from './view'

/** Of the page that imports this: one `t` and one client for its whole life. */
export const t = window.TrelloPowerUp.iframe()
export const client = createClient({ ...options, t })
export const prompt = find('powerup-oauth-prompt')

const text = find('p')

definePrompt()
Object.assign(prompt, { client, t })

/** Shows what `load` gives as long as the person is connected. */
export function show(load: () => string | Promise<string>): void {
  showWhenConnected(client, { prompt, text }, load)
}

/** Finds an element that the page is sure to have. */
export function find<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  const element = document.querySelector(name)
  if (!element) throw new Error(`The page has no ${name}.`)
  return element
}
