import { type PromptElement, promptClass } from './element'

declare global {
  interface HTMLElementTagNameMap {
    'powerup-oauth-prompt': PromptElement
  }
}

/** Defines the custom element. Does nothing where there is no page, or where `tag` is defined already. */
export function definePrompt(tag = 'powerup-oauth-prompt'): void {
  if (typeof customElements === 'undefined' || customElements.get(tag)) return
  customElements.define(tag, promptClass())
}
