import type { Platform } from '../base/platform'
import type { GrantStore } from './store'

/** One frame and one grant: the facilities of the browser, and the grant's store in this frame. First argument of every flow. */
export interface Frame {
  platform: Platform
  store: GrantStore
}
