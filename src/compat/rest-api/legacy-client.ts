import { within } from '../../base/async'
import { FORCED_REFRESH_PAUSE_MS, LEGACY_READ_MS } from '../../base/durations'
import { browserPlatform } from '../../base/platform'
import { createChanges, listen } from '../../client/changes'
import type { Client } from '../../client/client'
import type { AuthState } from '../../grant/auth-state'
import type { LegacyToken } from './legacy-token'

const refusals = /* @__PURE__ */ new WeakMap<Client, () => Promise<void>>()

/**
 * Finds out whether an old token is dead, after the API has answered a request of it with 401. A dead token is forgotten, so
 * that the person is asked for consent. Settles within a second.
 */
export async function noteRefusal(client: Client | undefined): Promise<void> {
  const checked = client && refusals.get(client)?.()
  if (checked) await within(browserPlatform, LEGACY_READ_MS, checked, () => undefined)
}

/** Adds an old token to a client: `legacy: true` in its state while that serves. Consent and sign-out forget the token. */
export function withLegacyToken(client: Client, token: LegacyToken): Client {
  const overlays = new WeakMap<AuthState, AuthState>()
  const changes = createChanges()
  let isKept = false
  let reading: Promise<void> | undefined
  let removal: Promise<void> | undefined
  let asked = 0
  let answered = 0
  let checking: Promise<void> | undefined
  let acceptedAt = Number.NEGATIVE_INFINITY

  function stateNow(): AuthState {
    const { state } = client
    if (!isKept || state.status !== 'notAuthorized') return state
    const overlay = overlays.get(state) ?? Object.freeze({ ...state, legacy: true as const })
    overlays.set(state, overlay)
    return overlay
  }

  function know(isKeptNow: boolean): void {
    isKept = isKeptNow
    changes.tell()
  }

  /** Looks for the old token. If Trello's page gives no answer in time, the next call asks again, and a late answer counts. */
  function look(): Promise<void> {
    reading ??= within(browserPlatform, LEGACY_READ_MS, ask(), () => undefined).finally(() => {
      reading = undefined
    })
    return reading
  }

  async function ask(): Promise<void> {
    const turn = ++asked
    const found = await token.read()
    if (turn < answered) return
    answered = turn
    know(found !== null)
  }

  function forget(): Promise<void> {
    removal ??= token.remove()
    know(false)
    return removal
  }

  function onRefusal(): Promise<void> {
    checking ??= checkToken().finally(() => {
      checking = undefined
    })
    return checking
  }

  async function checkToken(): Promise<void> {
    // A path that always says 401 costs no request each time.
    if (browserPlatform.monotonicNow() - acceptedAt < FORCED_REFRESH_PAUSE_MS) return
    const verdict = await token.check()
    if (verdict === 'accepted') acceptedAt = browserPlatform.monotonicNow()
    if (verdict === 'refused') void forget()
  }

  async function readState(): Promise<AuthState> {
    const looked = look()
    const { status } = await client.readState()
    if (status === 'notAuthorized') await looked
    if (status === 'authorized') void forget()
    return stateNow()
  }

  token.onRemovedElsewhere(() => know(false))
  const withToken = Object.freeze<Client>({
    ...client,
    get state() {
      return stateNow()
    },
    readState,
    subscribe: (listener) => {
      const unsubscribe = client.subscribe(({ status }) => {
        if (status === 'notAuthorized') void look()
        if (status === 'authorized') void forget()
        changes.tell()
      })
      const unlisten = listen(browserPlatform, changes, stateNow, listener)
      return () => {
        unlisten()
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
  refusals.set(withToken, onRefusal)
  return withToken
}
