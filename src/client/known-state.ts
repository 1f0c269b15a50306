import { type AuthState, changesAt, type GrantView, type StateContext, stateOf } from '../grant/grant'
import type { Platform } from '../platform'

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
  const listeners = new Set<(state: AuthState) => void>()
  let state: AuthState = { status: 'restoring' }
  let timer: unknown

  return {
    current: () => state,
    update: (view, context) => {
      const now = platform.now()
      platform.clearTimeout(timer)
      const changesInMs = changesAt(view, now) - now
      if (changesInMs < Infinity) timer = platform.setTimeout(onTime, changesInMs)
      const next = stateOf(view, context, now)
      if (JSON.stringify(next) === JSON.stringify(state)) return
      state = Object.freeze(next)
      for (const listener of listeners) callSafely(platform, () => listener(state))
    },
    subscribe: (listener) => {
      // A function of its own: the same listener may be subscribed twice, and undone once.
      const subscription = (next: AuthState) => listener(next)
      callSafely(platform, () => listener(state))
      listeners.add(subscription)
      return () => listeners.delete(subscription)
    },
  }
}

/** Calls what is the user's own: its error is reported, and breaks nothing here. */
export function callSafely(platform: Platform, call: () => void): void {
  try {
    call()
  } catch (error) {
    platform.reportError(error)
  }
}
