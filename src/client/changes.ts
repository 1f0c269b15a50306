import { callSafely } from '../base/async'
import { LISTENERS_MAX, LISTENERS_NESTED_MAX, STATE_LOOK_MS } from '../base/durations'
import { type Platform, unref } from '../base/platform'
import { type AuthState, changesAt } from '../grant/auth-state'
import type { Frame } from '../grant/frame'

/** The moments at which a state may have changed. */
export interface Changes {
  /** Calls back at each of them. Returns its own undo. */
  subscribe(listener: () => void): () => void
  /** Calls back everyone who subscribed. */
  tell(): void
  /** The number of those who subscribed. */
  listeners(): number
  /** Runs `call`, and counts how deep such calls are nested. */
  nest(call: () => void): void
  /** The depth of the nested calls at this moment: 0 outside of any. */
  depth(): number
}

/** Makes changes that somebody else tells of. */
export function createChanges(): Changes {
  const listeners = new Set<() => void>()
  let depth = 0
  return {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: () => {
      for (const listener of listeners) listener()
    },
    listeners: () => listeners.size,
    nest: (call) => {
      depth++
      try {
        call()
      } finally {
        depth--
      }
    },
    depth: () => depth,
  }
}

/**
 * Makes the changes of one grant, which come of its record, of what `tell` is called for, and of time. While nobody
 * listens, the store is not listened to and no timer is set.
 */
export function createGrantChanges({ platform, store }: Frame): Changes {
  const changes = createChanges()
  /** The undos of what is listened to, while somebody listens. */
  let stops: (() => void)[] = []
  let timer: unknown

  function tell(): void {
    plan()
    changes.tell()
  }

  /** Sets the timer for the next change that only time brings. */
  function plan(): void {
    platform.clearTimeout(timer)
    const now = platform.now()
    const changesInMs = stops.length > 0 ? changesAt(store.view(), now) - now : Infinity
    if (changesInMs === Infinity) return
    // The clock may jump, and timers don't count the time for which a machine sleeps.
    timer = platform.setTimeout(tell, Math.min(changesInMs, STATE_LOOK_MS))
    unref(timer)
  }

  function subscribe(listener: () => void): () => void {
    const unsubscribe = changes.subscribe(listener)
    if (stops.length === 0) stops = [store.subscribe(tell), platform.onWake(tell)]
    plan()
    return () => {
      unsubscribe()
      if (changes.listeners() > 0) return
      for (const stop of stops) stop()
      stops = []
      plan()
    }
  }

  return { ...changes, subscribe, tell }
}

/**
 * Calls `listener` at once with the state, and again at each change that brings another one. Returns its own undo.
 * @throws Error where listeners subscribe again each time they are called, which would never end
 */
export function listen(
  platform: Platform,
  changes: Changes,
  current: () => AuthState,
  listener: (state: AuthState) => void,
): () => void {
  if (changes.depth() >= LISTENERS_NESTED_MAX || changes.listeners() >= LISTENERS_MAX) {
    throw new Error(
      'subscribe() is called again and again, perhaps by its own listener. Subscribe once, not at each rendering.',
    )
  }
  let told: AuthState | undefined
  // A function of its own: the same listener may be subscribed twice, and undone once.
  const tell = () => {
    const state = current()
    // Who is told may change the state, or subscribe others, while others are yet to be told.
    if (state === told) return
    told = state
    changes.nest(() => callSafely(platform, () => listener(state)))
  }
  const unsubscribe = changes.subscribe(tell)
  tell()
  return unsubscribe
}
