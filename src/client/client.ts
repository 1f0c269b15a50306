import { type Api, createApi } from '../api/api'
import { type BearerFetch, createBearerFetch } from '../api/bearer-fetch'
import { countedFetch } from '../api/counted-fetch'
import { onDemand } from '../base/async'
import { AuthorizationError, TokenEndpointError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import { browserPlatform } from '../base/platform'
import type { TrelloFrame } from '../base/trello'
import { type AuthorizedState, type AuthState, stateOf } from '../grant/auth-state'
import type { Frame } from '../grant/frame'
import { type GrantView, type LiveGrant, liveGrant, missingScopes, seenBy } from '../grant/grant'
import { grantKey } from '../grant/key'
import type { Authorize, AuthorizeOptions } from '../sign-in/authorize'
import { createClick } from '../sign-in/click'
import { accessToken, type TokenNeed } from '../token/access-token'
import { canRenew } from '../token-endpoint/ways'
import { callSafely, listen } from './changes'
import type { ClientInUse } from './flows'
import { type ClientOptions, type Configuration, readOptions } from './options'
import { type Page, pageOf } from './page'
import { type ClientMemory, createClientMemory } from './same-client'
import type { SharedGrant } from './shared-grant'
import { signOut } from './sign-out'
import { RESTORING, unlessSame } from './state'

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
  const configuration = readOptions(options, page.platform)
  const sameClient = memories.get(page) ?? createClientMemory<Client>()
  memories.set(page, sameClient)
  return sameClient(configuration, () => makeClient(page, configuration))
}

const memories = /* @__PURE__ */ new WeakMap<Page, ClientMemory<Client>>()

/** Makes a client that is at rest: it opens its grant at each use, and keeps nothing that would have to be disposed of. */
function makeClient(page: Page, configuration: Configuration): Client {
  const { platform } = page
  const key = grantKey(configuration)
  let parts: Parts | undefined
  let known = RESTORING

  function emit(event: ClientEvent): void {
    callSafely(platform, () => configuration.onEvent?.(event))
  }

  function use(): Parts {
    const shared = page.grant(key)
    // A grant that was not used for long was closed meanwhile.
    if (parts?.shared !== shared) parts = connect(page, configuration, shared, emit)
    return parts
  }

  /** Looks up the state, with nothing opened and nothing read. */
  function stateOfGrant(shared: SharedGrant | undefined): AuthState {
    if (!shared) return known
    const { signIns } = shared
    const { scopes, redirectUri, blockedBy } = configuration
    const isSigningIn = signIns?.current() !== undefined
    const inProgress = signIns?.inProgress() ?? NONE
    const context = { scopes, redirectUri, blockedBy, isSigningIn, inProgress }
    const state = stateOf(viewOf(shared, configuration), context, platform.now())
    known = unlessSame(known, page.sameState(state))
    return known
  }

  async function readState(): Promise<AuthState> {
    const { shared } = use()
    await shared.store.read()
    return stateOfGrant(shared)
  }

  function subscribe(listener: (state: AuthState) => void): () => void {
    const { shared, click } = use()
    const { store, changes } = shared
    const current = () => stateOfGrant(shared)
    const prepare = () => {
      const { status } = current()
      if (status !== 'notAuthorized' && status !== 'tokenExpired') return
      // A click that finds no prepared request opens a blank window first; no more is lost.
      click.prepare().catch(() => undefined)
    }
    const stop = listen(platform, changes, current, listener)
    const stopPreparing = changes.subscribe(prepare)
    prepare()
    if (store.view().storage === 'unread') void store.read()
    return () => {
      stop()
      stopPreparing()
    }
  }

  async function authorize(asked: AuthorizeOptions | undefined): Promise<AuthorizedState> {
    const { shared, click } = use()
    await click.authorize(asked ?? {})
    const state = stateOfGrant(shared)
    // A sign-out came right behind the consent.
    if (state.status !== 'authorized') throw new AuthorizationError('aborted')
    return state
  }

  function grantedScopes(): readonly string[] {
    const state = stateOfGrant(page.openGrant(key))
    return state.status === 'authorized' ? state.scopes : []
  }
  return Object.freeze<Client>({
    get state() {
      return stateOfGrant(page.openGrant(key))
    },
    readState,
    subscribe,
    isAuthorized: async () => (await readState()).status === 'authorized',
    authorize: (asked) => telling(page, authorize(asked)),
    getAccessToken: async (asked) => use().accessToken({ signal: asked?.signal }),
    fetch: async (input, init) => {
      const { fetch, shared } = use()
      return countedFetch(platform, fetch, shared.queue)(input, init)
    },
    api: createApi(platform, {
      fetch: (input, init) => use().fetch(input, init),
      queue: () => use().shared.queue,
      grantedScopes,
      emit,
    }),
    missingScopes: (required) => missingScopes(grantedScopes(), required),
    signOut: async (asked) => use().signOut(asked?.everyWorkspace ?? false),
  })
}

const NONE: ReadonlySet<string> = /* @__PURE__ */ new Set()

/** The flows of a client that is in use. */
interface Parts {
  shared: SharedGrant
  click: Authorize
  fetch: BearerFetch
  accessToken(need?: TokenNeed): Promise<string>
  signOut(everyWorkspace: boolean): Promise<void>
}

/** Follows work whose failure may be a fault of the set-up. */
function telling<T>({ setupFaults }: Page, work: Promise<T>): Promise<T> {
  work.catch(setupFaults.tell)
  return work
}

/** The view of the grant as a client with this configuration sees it: it can't renew each grant. */
function viewOf({ store }: SharedGrant, configuration: Configuration): GrantView {
  return seenBy(store.view(), (grant) => canRenew(configuration, grant))
}

/** The everyday path is here; what a grant begins and ends with is loaded when it is needed. */
function connect(
  page: Page,
  configuration: Configuration,
  shared: SharedGrant,
  emit: (event: ClientEvent) => void,
): Parts {
  const { platform } = page
  const { scopes, member, blockedBy, apiOrigins, revocationEndpoint } = configuration
  const { key, store } = shared
  const frame: Frame = { platform, store }
  const view = () => viewOf(shared, configuration)
  const client: ClientInUse = { frame, configuration, shared, view, emit }

  const loadFlows = onDemand(async () => {
    const { flowsOf } = await import('./flows')
    return flowsOf(client)
  })
  const token = (need?: TokenNeed) => telling(page, accessToken(frame, { loadFlows, emit }, need))
  shared.renewBy((renews) => token({ renews }))

  return {
    shared,
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
