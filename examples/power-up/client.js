import { options } from './config.js'
import { createClient } from './lib/index.js'

/**
 * The client for one `t`. It is cheap: make one wherever Trello hands you a `t`. The `t` says which member and
 * which workspace it is about; all clients about the same two share one grant, in every frame and tab.
 */
export function clientFor(t) {
  return createClient({ ...options, t })
}
