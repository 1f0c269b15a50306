import { createRecent } from '../base/recent'
import type { AuthState } from '../grant/auth-state'

/** The state before anything was read: the same object for all clients. */
export const RESTORING: AuthState = /* @__PURE__ */ Object.freeze({ status: 'restoring' })

/** Clients of one page differ in their scopes and workspaces: more states than this at once are rare. */
const STATES_KEPT = 32

/**
 * Gives states of equal fields as the same frozen object. A page that makes a client at each rendering, and compares
 * their states, sees no change then.
 */
export function createStateMemory(): (state: AuthState) => AuthState {
  const states = createRecent<AuthState>(STATES_KEPT)
  return (state) => states.get(JSON.stringify(state), () => Object.freeze(state))
}

/** Gives `known` for a state of the same fields: a client shows the same object until a field differs. */
export function unlessSame(known: AuthState, state: AuthState): AuthState {
  return state === known || JSON.stringify(state) === JSON.stringify(known) ? known : state
}
