import { type PromptElement, promptClass } from './element'

declare global {
  interface HTMLElementTagNameMap {
    'powerup-oauth-prompt': PromptElement
  }
}

/**
 * Defines the custom element of the prompt. Does nothing on a server, or where `tag` is defined already.
 * @param tag the name of the element; `powerup-oauth-prompt` by default
 * @example
 * definePrompt()
 * document.querySelector('powerup-oauth-prompt').client = client
 */
export function definePrompt(tag = 'powerup-oauth-prompt'): void {
  if (typeof customElements === 'undefined' || customElements.get(tag)) return
  customElements.define(tag, promptClass())
}
