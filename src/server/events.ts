import type { TokenEndpointErrorCode } from '../base/errors'
import type { GrantEvent } from '../base/events'

/**
 * An event for logs and telemetry, as a keeper's `onEvent` receives it. It tells what has happened already, and never holds
 * a token, a code or a verifier. A minor version may add types.
 */
export type KeeperEvent = {
  /** The key of the grant. */
  key: string
} & (
  | GrantEvent
  /** `exchange()` has stored a grant. */
  | { type: 'grantStored' }
  /** `signOut()` has forgotten the grant. */
  | { type: 'signedOut' }
  /** The grant ends soon, however it is used. Told by `tick()`, once a day at most by each process. */
  | {
      type: 'grantEnding'
      /** The time of its end, in milliseconds since 1970. */
      endsAt: number
    }
  /** `tick()` could not read or renew the grant. A later tick tries again. */
  | {
      type: 'tickFailed'
      /** The code of the TokenEndpointError. */
      code: TokenEndpointErrorCode
      /** The words of its cause, such as the store's own, or its own. For developers. */
      message: string
    }
)
