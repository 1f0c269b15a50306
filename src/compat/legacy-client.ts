import { within } from '../deadline'
import { LEGACY_READ_MS } from '../durations'
import type { AuthState, Client } from '../index'
import { browserPlatform } from '../platform'
import type { LegacyToken } from './legacy-token'

/** The client with `legacy: true` in its state while the old token serves, and without that token after consent or sign-out. */
export function withLegacyToken(client: Client, token: LegacyToken): Client {
  const overlays = new WeakMap<AuthState, AuthState>()
  const listeners = new Set<() => void>()
  let found: string | null = null
  let forgotten = false
  let reading: Promise<void> | undefined

  function stateNow(): AuthState {
    const { state } = client
    if (found === null || state.status !== 'notAuthorized') return state
    const overlay = overlays.get(state) ?? Object.freeze({ ...state, legacy: true as const })
    overlays.set(state, overlay)
    return overlay
  }

  function look(): Promise<void> {
    reading ??= token.read().then((value) => {
      reading = undefined
      if ((found === null) === (value === null)) return
      found = value
      for (const tell of listeners) tell()
    })
    return reading
  }

  async function forget(): Promise<void> {
    found = null
    if (forgotten) return
    forgotten = true
    await token.remove()
    for (const tell of listeners) tell()
  }

  async function readState(): Promise<AuthState> {
    const { status } = await client.readState()
    if (status === 'notAuthorized') await within(browserPlatform, LEGACY_READ_MS, look(), () => undefined)
    if (status === 'authorized') void forget()
    return stateNow()
  }

  token.onRemovedElsewhere(() => {
    found = null
    for (const tell of listeners) tell()
  })
  return Object.freeze<Client>({
    ...client,
    get state() {
      return stateNow()
    },
    readState,
    subscribe: (listener) => {
      let last: AuthState | undefined
      const tell = () => {
        const next = stateNow()
        if (next === last) return
        last = next
        listener(next)
      }
      listeners.add(tell)
      const unsubscribe = client.subscribe(({ status }) => {
        if (status === 'notAuthorized') void look()
        if (status === 'authorized') void forget()
        tell()
      })
      return () => {
        listeners.delete(tell)
        unsubscribe()
      }
    },
    authorize: async (options) => {
      const state = await client.authorize(options)
      void forget()
      return state
    },
    signOut: async (options) => {
      await Promise.all([client.signOut(options), forget()])
    },
  })
}
