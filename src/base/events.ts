import type { AuthorizationErrorCode, ExpiryReason, RateLimit, TokenEndpointErrorCode } from './errors'

/**
 * An event for logs and telemetry, as `onEvent` receives it. It tells what has happened already, and never holds a token,
 * a code or a verifier. A minor version may add types.
 */
export type ClientEvent =
  /** A window was opened to ask for consent. */
  | {
      type: 'authorizationStarted'
      /** The scopes that are asked for, without `offline_access`. */
      scopes: readonly string[]
    }
  /** A sign-in has ended. */
  | {
      type: 'authorizationEnded'
      /** `authorized`, or the code of the AuthorizationError. */
      outcome: 'authorized' | AuthorizationErrorCode
    }
  /** `signOut()` has forgotten the grant. */
  | {
      type: 'signedOut'
      /** `true`: the grants of this member in all workspaces. */
      everyWorkspace: boolean
    }
  | GrantEvent

/** An event in the life of a grant, also where no page has it open. */
export type GrantEvent =
  /** A refresh brought a new access token. */
  | {
      type: 'tokenRefreshed'
      /** The end of the access token, in milliseconds since 1970. */
      expiresAt: number
      /** `false`: it could not be stored, and lives in the memory of this frame. */
      persistent: boolean
    }
  /** A refresh failed. The grant stays. */
  | {
      type: 'refreshFailed'
      /** The code of the TokenEndpointError. */
      code: TokenEndpointErrorCode
      /** The HTTP status of the token endpoint's last answer, if one could be read. */
      status?: number
    }
  /** The token endpoint has ended the grant. */
  | {
      type: 'grantExpired'
      /** The reason, as in the state. */
      reason: ExpiryReason
    }
  /** The REST API answered 401: the token is dead, or the person may not do this. */
  | {
      type: 'apiRefusedToken'
      /** The HTTP status. */
      status: number
      /** The path of the call, without its query. */
      path: string
    }
  /** The REST API answered 429. Told once for each such answer, also when the call is sent again. */
  | {
      type: 'rateLimited'
      /** The path of the call, without its query. */
      path: string
      /** The limits that the headers name. */
      rateLimit?: RateLimit
    }
