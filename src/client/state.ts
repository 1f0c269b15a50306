import type { Platform } from '../base/platform'
import { type AuthState, changesAt, type StateContext, stateOf } from '../grant/auth-state'
import type { GrantView } from '../grant/grant'

/** The state of one client, as it is known and told. */
export interface KnownState {
  /** The same object until a field differs. */
  current(): AuthState
  /** Takes in what is known now, and tells who listens if that makes a difference. */
  update(view: GrantView, context: StateContext): void
  /** Calls back at once, and at each change. Returns its own undo. */
  subscribe(listener: (state: AuthState) => void): () => void
}

/** @param onTime the state changes now, by time alone */
export function createKnownState(platform: Platform, onTime: () => void): KnownState {
  const listeners: Listeners = new Set()
  let state: AuthState = { status: 'restoring' }
  let timer: unknown
  const current = () => state

  return {
    current,
    update: (view, context) => {
      const now = platform.now()
      platform.clearTimeout(timer)
      const changesInMs = changesAt(view, now) - now
      if (changesInMs < Infinity) timer = platform.setTimeout(onTime, changesInMs)
      const next = stateOf(view, context, now)
      if (JSON.stringify(next) === JSON.stringify(state)) return
      state = Object.freeze(next)
      for (const tell of listeners) tell()
    },
    subscribe: (listener) => listen(platform, listeners, current, listener),
  }
}

/** Each tells one listener the state, unless it knows it already. */
export type Listeners = Set<() => void>

/** Calls back at once, and whenever the listeners are told. Returns its own undo. */
export function listen(
  platform: Platform,
  listeners: Listeners,
  current: () => AuthState,
  listener: (state: AuthState) => void,
): () => void {
  let told: AuthState | undefined
  // A function of its own: the same listener may be subscribed twice, and undone once.
  const tell = () => {
    const state = current()
    // Who is told may change the state, or subscribe others, while others are yet to be told.
    if (state === told) return
    told = state
    callSafely(platform, () => listener(state))
  }
  listeners.add(tell)
  tell()
  return () => listeners.delete(tell)
}

/** Calls what is the user's own: its error is reported, and breaks nothing here. */
export function callSafely(platform: Platform, call: () => void): void {
  try {
    call()
  } catch (error) {
    platform.reportError(error)
  }
}
