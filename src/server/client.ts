import { type Api, type ApiMethod, createApi } from '../api/api'
import { type BearerFetch, createBearerFetch } from '../api/bearer-fetch'
import { countedFetch } from '../api/counted-fetch'
import { TokenEndpointError } from '../base/errors'
import type { GrantEvent } from '../base/events'
import { type AuthState, type RestoringState, stateOf } from '../grant/auth-state'
import { forget, giveUp } from '../grant/forgotten'
import type { GrantView } from '../grant/grant'
import type { Keeping } from './keeping'
import type { KeptGrant } from './kept-grant'

/** The state of a kept grant. Switch on `status`. */
export type KeeperState = Exclude<AuthState, RestoringState>

/**
 * A client for one kept grant: a frozen object of functions that don't use `this`. It is cheap: make one for each use. All
 * clients of a keeper with the same key share one memory, one refresh and one queue of calls.
 */
export interface KeeperClient {
  /**
   * Reads the state now, from the store and without the network. Settles within three seconds.
   * @throws TokenEndpointError `storageUnavailable` where the store can't be read and nothing is known
   */
  readState(): Promise<KeeperState>
  /**
   * Resolves with an access token that is good now: at least 30 seconds are left, or a tenth of its lifetime if that is less.
   * Refreshes if necessary. A token that is handed on may end sooner: the refresh that replaces it ends it within ten minutes.
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
   * Forgets the grant, and other processes do within five seconds. Then revokes it, if a revocation endpoint is configured.
   * @throws TokenEndpointError `storageUnavailable` if the store may still hold the grant; it is removed as soon as that works
   */
  signOut(): Promise<void>
}

/** Makes the client of a key that was checked. */
export function createKeeperClient(keeping: Keeping, key: string): KeeperClient {
  const { platform, configuration } = keeping
  const { apiOrigins } = configuration
  const emit = (event: GrantEvent) => keeping.emit({ key, ...event })

  function bearerFetch(grant: KeptGrant): BearerFetch {
    const { store } = grant
    return createBearerFetch(
      { platform, store },
      { apiOrigins, view: store.view, accessToken: (need) => keeping.accessToken(grant, need), emit },
    )
  }

  function grantedScopes(): readonly string[] | undefined {
    const { record } = keeping.open(key).store.view()
    // A code that came without a list of scopes, to a server that names none.
    return record?.scopes.length ? record.scopes : undefined
  }

  const api = createApi(platform, {
    fetch: (input, init) => bearerFetch(keeping.open(key))(input, init),
    queue: () => keeping.open(key).queue,
    grantedScopes,
  })

  /** Keeps the grant open while a call waits for its turn. */
  function during(method: ApiMethod): ApiMethod {
    return (path, options) => keeping.open(key).during(method(path, options))
  }

  return Object.freeze<KeeperClient>({
    readState: async () => {
      const grant = keeping.open(key)
      return keeperState(await grant.during(grant.store.read()), platform.now())
    },
    getAccessToken: async (asked) => keeping.accessToken(keeping.open(key), { signal: asked?.signal }),
    fetch: async (input, init) => {
      const grant = keeping.open(key)
      return grant.during(countedFetch(platform, bearerFetch(grant), grant.queue)(input, init))
    },
    api: Object.freeze({
      get: during(api.get),
      post: during(api.post),
      put: during(api.put),
      delete: during(api.delete),
    }),
    signOut: async () => {
      const grant = keeping.open(key)
      await grant.during(signOut(keeping, grant))
    },
  })
}

/** Makes the state of a view. @throws TokenEndpointError where the store can't be read and nothing is known */
export function keeperState(view: GrantView, now: number): KeeperState {
  const state = stateOf(view, NOTHING_ELSE, now)
  // On a server, "not authorized" would make somebody write to the person.
  const isUnknown = state.status === 'notAuthorized' && view.storage !== 'read'
  if (isUnknown || state.status === 'restoring')
    throw new TokenEndpointError('storageUnavailable', { cause: view.failure })
  return state
}

const NOTHING_ELSE = {
  scopes: [],
  isOurs: () => false,
  blockedBy: undefined,
  isSigningIn: false,
  inProgress: new Set<string>(),
  isElsewhere: () => false,
}

async function signOut({ platform, revoke, emit }: Keeping, grant: KeptGrant): Promise<void> {
  const { key, store } = grant
  const forgotten = await forget(store)
  await giveUp(platform, [forgotten], (tokens) => revoke(grant, tokens))
  // A process that has never read the store does not know what it holds: the others go on serving it.
  if ('failure' in forgotten || !store.view().persistent)
    throw new TokenEndpointError('storageUnavailable', { cause: forgotten.failure ?? store.view().failure })
  emit({ key, type: 'signedOut' })
}
