import { type Api, createApi } from '../api/api'
import { type BearerFetch, createBearerFetch } from '../api/bearer-fetch'
import { onDemand } from '../base/async'
import { AuthorizationError, TokenEndpointError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import { browserPlatform } from '../base/platform'
import type { TrelloFrame } from '../base/trello'
import type { AuthorizedState, AuthState } from '../grant/auth-state'
import type { Frame } from '../grant/frame'
import { type GrantView, type LiveGrant, liveGrant, missingScopes, seenBy } from '../grant/grant'
import { grantKey } from '../grant/key'
import type { Authorize, AuthorizeOptions } from '../sign-in/authorize'
import { createClick } from '../sign-in/click'
import { accessToken, type TokenNeed } from '../token/access-token'
import { canRenew } from '../token-endpoint/ways'
import type { ClientInUse } from './flows'
import { type ClientOptions, type Configuration, readOptions } from './options'
import { type Page, pageOf, type SharedGrant } from './page'
import { signOut } from './sign-out'
import { callSafely, createKnownState } from './state'

export interface Client {
  /** The last known state: the same object until a field differs. */
  readonly state: AuthState
  /** Reads the state now, from the storage alone. Never rejects; settles within a second. */
  readState(): Promise<AuthState>
  /** Calls back at once, and at each change in any frame or tab. Returns its own undo. */
  subscribe(listener: (state: AuthState) => void): () => void
  isAuthorized(): Promise<boolean>
  /**
   * Asks the person for consent in a window of its own. Call it inside a click, before any `await`.
   * Resolves with the `authorized` state, once the grant is stored.
   * @throws AuthorizationError
   */
  authorize(options?: AuthorizeOptions): Promise<AuthorizedState>
  /**
   * An access token that is good now, refreshed when need be.
   * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError
   */
  getAccessToken(options?: { signal?: AbortSignal }): Promise<string>
  /**
   * The platform's `fetch` with the Bearer header, for Trello's origins alone.
   * @throws ConfigurationError for other addresses, before anything is sent; the errors of `getAccessToken()`
   */
  fetch: BearerFetch
  api: Api
  /** What the grant lacks of `required`; all of it when there is none. */
  missingScopes(required: readonly string[]): readonly string[]
  /**
   * Forgets the grant in every frame at once, and revokes it where a revocation endpoint is configured.
   * @throws TokenEndpointError `storageUnavailable` where the storage may still hold it; it is removed later then
   */
  signOut(options?: { everyWorkspace?: boolean }): Promise<void>
}

/**
 * Makes a client for one workspace and member: cheap, synchronous, with nothing to dispose of.
 * @throws ConfigurationError
 */
export function createClient<T extends TrelloFrame>(options: ClientOptions<T>): Client {
  return createClientIn(pageOf(browserPlatform), options)
}

export function createClientIn<T extends TrelloFrame>(page: Page, options: ClientOptions<T>): Client {
  const { platform } = page
  const configuration = readOptions(options, platform)
  const known = createKnownState(platform, update)
  let parts: Parts | undefined

  const emit = (event: ClientEvent) => callSafely(platform, () => configuration.onEvent?.(event))

  /** Nothing of a client is at work before its first use. */
  function use(): Parts {
    if (parts) return parts
    parts = connect(page, configuration, emit, update)
    parts.shared.store.subscribe(update)
    update()
    return parts
  }

  function update(): void {
    if (!parts) return
    const { signIns } = parts.shared
    const { scopes, redirectUri, blockedBy } = configuration
    const isSigningIn = signIns?.current() !== undefined
    const inProgress = signIns?.inProgress() ?? NONE
    known.update(parts.view(), { scopes, redirectUri, blockedBy, isSigningIn, inProgress })
    const { status } = known.current()
    if (status !== 'notAuthorized' && status !== 'tokenExpired') return
    // A click that finds no prepared request opens a blank window first; no more is lost.
    parts.click.prepare().catch(() => undefined)
  }

  async function readState(): Promise<AuthState> {
    await use().shared.store.read()
    update()
    return known.current()
  }

  const grantedScopes = () => {
    const state = known.current()
    return state.status === 'authorized' ? state.scopes : []
  }
  const fetch: BearerFetch = async (input, init) => use().fetch(input, init)
  return Object.freeze<Client>({
    get state() {
      return known.current()
    },
    readState,
    subscribe: (listener) => {
      const { store } = use().shared
      if (store.view().storage === 'unread') void store.read()
      return known.subscribe(listener)
    },
    isAuthorized: async () => (await readState()).status === 'authorized',
    authorize: async (asked) => {
      await use().click.authorize(asked ?? {})
      update()
      const state = known.current()
      // A sign-out came right behind the consent.
      if (state.status !== 'authorized') throw new AuthorizationError('aborted')
      return state
    },
    getAccessToken: async (asked) => use().accessToken({ signal: asked?.signal }),
    fetch,
    api: createApi({ platform, fetch, grantedScopes, emit }),
    missingScopes: (required) => missingScopes(grantedScopes(), required),
    signOut: async (asked) => use().signOut(asked?.everyWorkspace ?? false),
  })
}

const NONE: ReadonlySet<string> = /* @__PURE__ */ new Set()

/** The flows of a client that is in use. */
interface Parts {
  shared: SharedGrant
  /** Returns the grant as this client sees it. */
  view(): GrantView
  click: Authorize
  fetch: BearerFetch
  accessToken(need?: TokenNeed): Promise<string>
  signOut(everyWorkspace: boolean): Promise<void>
}

/** The everyday path is here; what a grant begins and ends with is loaded when it is needed. */
function connect(
  page: Page,
  configuration: Configuration,
  emit: (event: ClientEvent) => void,
  update: () => void,
): Parts {
  const { platform } = page
  const { scopes, member, blockedBy, apiOrigins, revocationEndpoint } = configuration
  const key = grantKey(configuration)
  const shared = page.grant(key)
  const { store } = shared
  const frame: Frame = { platform, store }
  const view = () => seenBy(store.view(), (grant) => canRenew(configuration, grant))
  const client: ClientInUse = { frame, configuration, shared, view, emit }

  const loadFlows = onDemand(async () => {
    const { flowsOf } = await import('./flows')
    const flows = flowsOf(client)
    shared.signIns?.subscribe(update)
    return flows
  })
  const token = (need?: TokenNeed) => accessToken(frame, { loadFlows, emit }, need)
  shared.renewBy((instead) => token({ instead, isRenewal: true }))

  return {
    shared,
    view,
    accessToken: token,
    click: createClick(platform, { scopes, blockedBy, view, loadFlows, signOuts: () => shared.signOuts }),
    fetch: createBearerFetch({
      platform,
      store,
      apiOrigins,
      accessToken: token,
      checkMember: async () => {
        const grant = liveGrant(store.view(), platform.now())
        if (!grant || grant.memberChecked || member === undefined) return
        // Where it can't be loaded nobody can be asked either: the next call will.
        const flows = await loadFlows().catch(() => undefined)
        await flows?.checkMember()
      },
      emit,
    }),
    signOut: async (everyWorkspace) => {
      const revoke = async (grant: LiveGrant) => {
        if (revocationEndpoint !== undefined) await (await loadFlows()).revoke(grant)
      }
      try {
        await signOut({ ...page, grantKey: key, revoke, emit }, everyWorkspace)
      } catch (cause) {
        throw new TokenEndpointError('storageUnavailable', { cause })
      }
    },
  }
}
