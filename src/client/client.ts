import { type Api, createApi } from '../api/api'
import type { BearerFetch } from '../api/bearer-fetch'
import { countedFetch } from '../api/counted-fetch'
import { callSafely, noValue } from '../base/async'
import { REFRESH_LOAD_DELAY_MS } from '../base/durations'
import { AuthorizationError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import { readScopes } from '../base/option-check'
import { browserPlatform, unref } from '../base/platform'
import type { TrelloFrame } from '../base/trello'
import type { AuthorizedState, AuthState } from '../grant/auth-state'
import { missingScopes } from '../grant/grant'
import { grantKey } from '../grant/key'
import type { AuthorizeOptions } from '../sign-in/authorize-options'
import { listen } from './changes'
import { type ClientOptions, type Configuration, readOptions } from './options'
import { lookForOwners } from './owners'
import { type Page, pageOf } from './page'
import { connect, currentState, type Parts, telling } from './parts'
import { type ClientMemory, createClientMemory } from './same-client'
import type { SharedGrant } from './shared-grant'
import { RESTORING, unlessSame } from './state'

/**
 * A client for one grant: a frozen object of functions that don't use `this`. There is nothing to dispose of. All clients
 * of a page with the same grant share one memory, one refresh and one sign-in.
 */
export interface Client {
  /**
   * The last known state: the same object until a field differs. `restoring` until the storage was read, which the first
   * `subscribe()`, `readState()` or call begins.
   */
  readonly state: AuthState
  /** Reads the state now, from the storage and without the network. Never rejects; settles within a second. */
  readState(): Promise<AuthState>
  /**
   * Calls `listener` at once, and at each change in any frame or tab. Returns the undo. What a listener throws is reported,
   * and breaks nothing.
   * @example
   * const unsubscribe = client.subscribe(({ status }) => render(status))
   */
  subscribe(listener: (state: AuthState) => void): () => void
  /** Resolves with `true` if `readState()` says `authorized`. Never rejects. */
  isAuthorized(): Promise<boolean>
  /**
   * Asks the person for consent in a window of its own. Call it inside a click, before any `await`. Opens no window if the
   * grant holds all the scopes already. Resolves with the `authorized` state once the grant is stored. A second call that
   * asks for no more joins the first; one that asks for more supersedes it. Settles within ten minutes.
   * @throws AuthorizationError, and nothing else
   * @example
   * button.onclick = () => client.authorize().catch(showMessage)
   */
  authorize(options?: AuthorizeOptions): Promise<AuthorizedState>
  /**
   * Resolves with an access token that is good now: at least 30 seconds are left, or a tenth of its lifetime if that is
   * less. Refreshes if necessary. Ask for it at each use; the library's own calls do so.
   * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError within 12 seconds; the reason of `signal`
   */
  getAccessToken(options?: { signal?: AbortSignal | null | undefined }): Promise<string>
  /**
   * The platform's `fetch` with the Bearer header, only for the origins in `apiOrigins`. Paths are relative to the first.
   * @throws ConfigurationError for other addresses, before anything is sent; the errors of `getAccessToken()`
   */
  fetch: BearerFetch
  /** Trello's REST API, with JSON in and out. */
  api: Api
  /**
   * Lists the scopes of `required` that the grant lacks, each once; all of them if there is no grant.
   * @throws ConfigurationError `invalidScopes` for anything but an array of scope names
   */
  missingScopes(required: readonly string[]): readonly string[]
  /**
   * Forgets the grant in every frame at once, also offline. Then revokes it, if a revocation endpoint is configured.
   * `everyWorkspace`: forgets the grants of this member in all workspaces.
   * @throws TokenEndpointError `storageUnavailable` if the storage may still hold the grant; it is removed as soon as that works
   */
  signOut(options?: { everyWorkspace?: boolean | undefined }): Promise<void>
}

/**
 * Makes a client for one workspace and member. It is cheap and synchronous: make one for each `t`. It opens nothing, and
 * sets no timer, before it is used.
 * @throws ConfigurationError with a code for each wrong option
 * @example
 * const client = createClient({
 *   clientId: 'your-client-id',
 *   redirectUri: new URL('callback.html', document.baseURI),
 *   scopes: ['read:member:trello'],
 *   t: TrelloPowerUp.iframe(),
 * })
 */
export function createClient<T extends TrelloFrame>(options: ClientOptions<T>): Client {
  return createClientIn(pageOf(browserPlatform), options)
}

/** Makes a client in a page of its own, for tests. */
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
    if (shared) known = unlessSame(known, page.sameState(currentState(platform, configuration, shared)))
    return known
  }

  async function readState(): Promise<AuthState> {
    const { shared } = use()
    await shared.store.read()
    await lookForOwners(platform, shared)
    return stateOfGrant(shared)
  }

  async function isAuthorized(): Promise<boolean> {
    const { shared } = use()
    await shared.store.read()
    return stateOfGrant(shared).status === 'authorized'
  }

  function subscribe(listener: (state: AuthState) => void): () => void {
    const { shared, click, loadRefresh } = use()
    const { store, changes } = shared
    let dontPrepare: () => void = noValue
    let loadTimer: unknown

    function current(): AuthState {
      return stateOfGrant(shared)
    }

    function prepareIfNeeded(): void {
      const state = current()
      stopPreparation()
      if (state.status === 'restoring') return
      // A grant that lacks scopes has a button too.
      const hasAll = state.status === 'authorized' && state.missingScopes.length === 0
      dontPrepare = platform.whenShown(hasAll ? loadSoon : prepare)
    }

    function stopPreparation(): void {
      dontPrepare()
      platform.clearTimeout(loadTimer)
    }

    /** A refresh is sure to come, perhaps right after a sleep or a deploy, when its code can't be loaded any more. */
    function loadSoon(): void {
      loadTimer = platform.setTimeout(() => loadRefresh().catch(noValue), REFRESH_LOAD_DELAY_MS)
      unref(loadTimer)
    }

    function prepare(): void {
      // A click that finds no prepared request opens a blank window first. No more is lost.
      click.prepare().catch(noValue)
    }

    function look(): void {
      void lookForOwners(platform, shared)
    }

    const stop = listen(platform, changes, current, listener)
    const stopPreparing = changes.subscribe(prepareIfNeeded)
    const stopLooking = changes.subscribe(look)
    prepareIfNeeded()
    look()
    if (store.view().storage === 'unread') void store.read()
    return () => {
      stop()
      stopPreparing()
      stopLooking()
      stopPreparation()
    }
  }

  async function authorize(asked: unknown): Promise<AuthorizedState> {
    const { shared, click, loadRefresh } = use()
    await click.authorize(asked)
    // As for a grant of an earlier visit (loadSoon), without a wait: the page's own start is over.
    loadRefresh().catch(noValue)
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
    isAuthorized,
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
    }),
    missingScopes: (required) => missingScopes(grantedScopes(), readScopes(required)),
    signOut: async (asked) => use().signOut(asked?.everyWorkspace ?? false),
  })
}
