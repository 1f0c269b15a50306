/** The three capabilities that are about authorization, ready for `TrelloPowerUp.initialize`. See [the page about them](capabilities.md). */
export {
  type AuthorizationPopup,
  type Capabilities,
  type CapabilityFrame,
  capabilities,
} from './client/capabilities'
