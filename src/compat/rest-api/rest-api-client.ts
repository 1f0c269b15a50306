import { within } from '../../base/async'
import { ConfigurationError } from '../../base/errors'
import { browserPlatform } from '../../base/platform'
import type { TrelloFrame } from '../../base/trello'
import { API_ORIGIN } from '../../base/trello'
import { type Client, createClient } from '../../client/client'
import type { ClientOptions } from '../../client/options'
import type { AuthorizeOptions } from '../../sign-in/authorize'
import { type Connection, connections, isServed, tokenOf } from './connections'
import { type FilteredPromise, filteredPromise } from './filtered-promise'
import { type LegacyFrame, legacyToken, storageOfPage } from './legacy-token'
import { type RestApiErrorName, restApiError } from './rest-api-error'

/** Trello's `t`: of a frame, or of one capability call. */
export type RestApiFrame = TrelloFrame & LegacyFrame

/** The options of `createClient`, and those of `TrelloPowerUp.initialize` and `iframe` that belong to `t.getRestApi()`. */
export interface RestApiOptions<T extends RestApiFrame = RestApiFrame> extends Omit<ClientOptions<T>, 't'> {
  /** The old API key: what tells the requests of this Power-Up, and a public value. */
  appKey?: string
  appName?: string
  appAuthor?: string
  apiOrigin?: string
  authOrigin?: string
  tokenStorageKey?: string
  localStorage?: Storage
  /**
   * Lets people who hold an old token go on until they consent anew. `revoke`: the token is also revoked at Trello when
   * it is forgotten, after consent or sign-out.
   */
  legacy?: boolean | { revoke: boolean }
}

/** What `authorize` took: the old options are ignored, `scopes` asks for more. */
export interface RestApiAuthorizeOptions extends AuthorizeOptions {
  scope?: unknown
  expiration?: unknown
  returnUrl?: unknown
  name?: unknown
}

/** The object of `t.getRestApi()`, over a client of this library. */
export interface RestApiClient<T extends RestApiFrame = RestApiFrame> {
  /** Written by Trello's script before each use in the connector. */
  t: T | undefined
  /** The client for the workspace and member of `t`. @throws `restApi::AuthNotReadyError` where there is no `t` */
  readonly client: Client
  readonly appKey: string | undefined
  readonly appName: string | undefined
  readonly appAuthor: string | undefined
  readonly apiOrigin: string
  readonly authOrigin: string
  readonly tokenStorageKey: string
  readonly localStorage: Storage | undefined
  /** Called by Trello's script once it is connected. There is nothing to do. */
  init(): void
  apiBase(): string
  authBase(): string
  /**
   * Asks for consent in a window, or resolves at once. Call it inside a click.
   * @throws `restApi::AuthDeniedError`, whose `code` and `cause` say how the sign-in ended, or why there is a grant and no
   * token to be had just now; `restApi::AuthNotReadyError`
   */
  authorize(options?: RestApiAuthorizeOptions): FilteredPromise<string>
  /** From the storage alone. */
  isAuthorized(): FilteredPromise<boolean>
  /** An access token that is good now; `null` where there is none, or none to be had just now. */
  getToken(): FilteredPromise<string | null>
  /** Signs out. */
  clearToken(): FilteredPromise<void>
  /** No return page leaves a token behind any more: `null`. */
  checkForToken(): string | null
  /** The same, as a promise. */
  fetchAndStoreToken(): FilteredPromise<string | null>
  /** Gives the token back and keeps nothing: a grant comes of `authorize()` alone. */
  storeToken(token: string): FilteredPromise<string>
}

/**
 * The object that `t.getRestApi()` gave, over a client of this library.
 * @throws `restApi::ApiNotConfiguredError`, as `t.getRestApi()` did; its cause is the `ConfigurationError`
 */
export function restApiClient<T extends RestApiFrame>(t: T, options: RestApiOptions<T>): RestApiClient<T> {
  return createRestApiClient(t, options)
}

interface Surroundings {
  /** Where the page's error classes are, if not at `window.TrelloPowerUp`. */
  trello?: object | undefined
  /** How long Trello waits for an answer. */
  answerWithinMs?: number | undefined
  makeClient?: typeof createClient
}

/** In the connector `t` comes later. */
export function createRestApiClient<T extends RestApiFrame>(
  t: T | undefined,
  options: RestApiOptions<T>,
  { trello, answerWithinMs, makeClient = createClient }: Surroundings = {},
): RestApiClient<T> {
  const {
    appKey,
    appName,
    appAuthor,
    apiOrigin,
    authOrigin,
    tokenStorageKey,
    localStorage,
    legacy,
    ...clientOptions
  } = { ...options }
  const connectionFor = connections<T>((newest) => makeClient({ ...clientOptions, t: newest }), oldTokenOf)
  const errorOf = (name: RestApiErrorName, cause: unknown, message?: string) =>
    restApiError(trello, name, cause, message)

  try {
    makeClient(t === undefined ? clientOptions : { ...clientOptions, t })
  } catch (error) {
    const isWithoutContext = error instanceof ConfigurationError && error.code === 'noTrelloContext'
    throw errorOf(isWithoutContext ? 'AuthNotReadyError' : 'ApiNotConfiguredError', error)
  }

  function oldTokenOf(newest: T) {
    if (!legacy || !appKey) return undefined
    return legacyToken({
      t: newest,
      appKey,
      storageKey: restApi.tokenStorageKey,
      localStorage: restApi.localStorage,
      revokeAt: typeof legacy === 'object' && legacy.revoke ? restApi.apiBase() : undefined,
    })
  }

  function connect(ofCall: T | undefined): Connection<T> {
    const connection = connectionFor(ofCall)
    if (connection === undefined) throw errorOf('AuthNotReadyError', undefined, NOT_READY)
    return connection
  }

  /** Runs with the `t` of this very moment: the connector's is overwritten by the next capability call. */
  function connected<R>(use: (connection: Connection<T>) => Promise<R>): FilteredPromise<R> {
    const { t: ofCall } = restApi
    const run = async () => use(connect(ofCall))
    return filteredPromise(run())
  }

  const restApi: RestApiClient<T> = {
    t,
    get client() {
      return connect(restApi.t).client
    },
    appKey,
    appName,
    appAuthor,
    apiOrigin: apiOrigin ?? String(clientOptions.apiOrigins?.[0] ?? API_ORIGIN),
    authOrigin: authOrigin ?? 'https://trello.com',
    tokenStorageKey: tokenStorageKey ?? 'trello_token',
    localStorage: localStorage ?? storageOfPage(),
    init: () => undefined,
    apiBase: () => `${restApi.apiOrigin}/1`,
    authBase: () => `${restApi.authOrigin}/1`,
    authorize: (asked) =>
      connected(async ({ client }) => {
        try {
          await client.authorize(readAuthorizeOptions(asked))
          return await client.getAccessToken()
        } catch (error) {
          throw errorOf('AuthDeniedError', error) // whatever it was: this is the handler that old code has
        }
      }),
    isAuthorized: () => connected(isServed),
    getToken: () =>
      connected((connection) => {
        const token = tokenOf(connection)
        return answerWithinMs === undefined
          ? token
          : within(browserPlatform, answerWithinMs, token, () => null)
      }),
    clearToken: () => connected(({ client }) => client.signOut()),
    checkForToken: () => null,
    fetchAndStoreToken: () => connected(async () => null),
    storeToken: (token) => connected(async () => token),
  }
  // So that the first click finds a request that is ready.
  if (t !== undefined) void connect(t).client.readState()
  return restApi
}

const NOT_READY =
  "There is no t here: in the connector, use t.getRestApi() inside of a capability's function alone."

function readAuthorizeOptions({ scopes, signal }: RestApiAuthorizeOptions = {}): AuthorizeOptions {
  return { ...(scopes && { scopes }), ...(signal && { signal }) }
}
