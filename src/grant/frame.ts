import type { Platform } from '../base/platform'
import type { EntryStore } from './store'

/** One frame and one grant. Every flow takes it as its first argument. */
export interface Frame {
  /** The facilities of the browser. */
  platform: Platform
  /** The grant's store in this frame. */
  store: EntryStore
}
