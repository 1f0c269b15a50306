import { isSignal } from '../base/async'
import { AuthorizationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { readScopes } from '../base/option-check'

// Loaded at start: a click is checked before the code of the sign-in is there.

/** The options of `authorize()`. */
export interface AuthorizeOptions {
  /** Scopes to ask for besides the configured and the granted ones. @default no others */
  scopes?: readonly string[] | undefined
  /**
   * Rejects this call with `aborted`. If nobody else waits for the same sign-in, its window is closed and it is called off.
   * @default no signal
   */
  signal?: AbortSignal | undefined
}

/** The options, checked and complete. */
export interface AskedFor {
  /** The scopes to ask for besides the configured and the granted ones. */
  scopes: readonly string[]
  /** The signal that calls this call off. `undefined`: nothing calls it off. */
  signal: AbortSignal | undefined
}

/** Checks the argument of `authorize()`. @throws AuthorizationError `invalidRequest`, whose cause names what is wrong */
export function readAuthorizeOptions(options: unknown = {}): AskedFor {
  try {
    if (typeof options !== 'object' || options === null || Array.isArray(options))
      throw new TypeError('authorize() takes an object with scopes and signal.')
    const { scopes = [], signal } = fieldsOf(options)
    if (signal !== undefined && !isSignal(signal)) throw new TypeError('`signal` must be an AbortSignal.')
    return { scopes: readScopes(scopes), signal }
  } catch (cause) {
    throw new AuthorizationError('invalidRequest', { cause })
  }
}
