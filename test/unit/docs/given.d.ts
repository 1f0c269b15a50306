/** What the pages take for granted in their examples. */

declare const client: import('powerup-oauth').Client
declare const t: Trello.PowerUp.IFrame
declare const connectButton: HTMLButtonElement
declare function render(status: string): void
declare function showMessage(error: import('powerup-oauth').AnyPowerUpOAuthError): void
declare function say(words: string): void
declare const PowerUpOAuth: typeof import('../../../src/global')
declare const PowerUpOAuthCompat: typeof import('../../../src/compat')
declare const TrelloPowerUp: Trello.PowerUp.PowerUp
