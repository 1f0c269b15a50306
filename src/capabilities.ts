export {
  type AuthorizationPopup,
  type Capabilities,
  type CapabilityFrame,
  capabilities,
} from './client/capabilities'
