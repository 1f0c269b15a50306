import { within } from '../../base/async'
import { isPowerUpOAuthError } from '../../base/error-guard'
import { ConfigurationError } from '../../base/errors'
import { browserPlatform } from '../../base/platform'
import type { TrelloFrame } from '../../base/trello'
import { API_ORIGIN } from '../../base/trello'
import { type Client, createClient } from '../../client/client'
import type { ClientOptions } from '../../client/options'
import type { AuthorizeOptions } from '../../sign-in/authorize-options'
import { type Connection, connections, isServed, tokenOf } from './connections'
import { type FilteredPromise, promiseOf } from './filtered-promise'
import { type LegacyFrame, legacyToken, storageOfPage } from './legacy-token'
import { pagesTrello, type RestApiErrorName, restApiError } from './rest-api-error'

/** Trello's `t`: of a frame, or of one capability call. */
export type RestApiFrame = TrelloFrame & LegacyFrame

/** The options of `createClient`, and those of `TrelloPowerUp.initialize` and `iframe` that belong to `t.getRestApi()`. */
export interface RestApiOptions<T extends RestApiFrame = RestApiFrame> extends Omit<ClientOptions<T>, 't'> {
  /** The old API key, a public value. The requests of this Power-Up are known by it. */
  appKey?: string
  /** The name that the old consent page showed. Only kept for code that reads it. */
  appName?: string
  /** The author that the old consent page showed. Only kept for code that reads it. */
  appAuthor?: string
  /** The origin of the old API. Default: the first of `apiOrigins`, else `https://api.trello.com`. */
  apiOrigin?: string
  /** The origin of the old consent page. Default: `https://trello.com`. Only kept for code that reads it. */
  authOrigin?: string
  /** The name under which the old client kept its token. Default: `trello_token`. Read with `legacy` only. */
  tokenStorageKey?: string
  /** The storage of the old client. Default: `window.localStorage`. Used with `legacy` only. */
  localStorage?: Storage
  /**
   * Lets people who hold an old token go on with it until they consent again. Needs `appKey`. `revoke`: the token is also
   * revoked at Trello when it is forgotten, after consent or sign-out. Default: `false`.
   */
  legacy?: boolean | { revoke: boolean }
}

/** The options of `authorize`. The old ones are ignored; `scopes` asks for more than the configured scopes. */
export interface RestApiAuthorizeOptions extends AuthorizeOptions {
  /** Ignored: `read` and `write` have no counterpart. */
  scope?: unknown
  /** Ignored: a grant lives as long as Trello lets it. */
  expiration?: unknown
  /** Ignored: the window returns to `redirectUri`. */
  returnUrl?: unknown
  /** Ignored: Trello shows the name of the app settings. */
  name?: unknown
}

/** The object of `t.getRestApi()`, over a client of this library. */
export interface RestApiClient<T extends RestApiFrame = RestApiFrame> {
  /** Written by Trello's script before each use in the connector. */
  t: T | undefined
  /** The client for the workspace and member of `t`. @throws `restApi::AuthNotReadyError` where there is no `t` */
  readonly client: Client
  /** The option of this name. */
  readonly appKey: string | undefined
  /** The option of this name. */
  readonly appName: string | undefined
  /** The option of this name. */
  readonly appAuthor: string | undefined
  /** The option of this name, or its default. */
  readonly apiOrigin: string
  /** The option of this name, or its default. */
  readonly authOrigin: string
  /** The option of this name, or its default. */
  readonly tokenStorageKey: string
  /** The option of this name, or the storage of the page. `undefined` where that is blocked. */
  readonly localStorage: Storage | undefined
  /** Does nothing. Trello's script calls it once it is connected. */
  init(): void
  /** Gives `apiOrigin` with `/1` behind it. */
  apiBase(): string
  /** Gives `authOrigin` with `/1` behind it. */
  authBase(): string
  /**
   * Asks for consent in a window, or resolves at once where there is a grant. Call it inside a click. Resolves with an
   * access token.
   * @throws `restApi::AuthDeniedError`, whose `code` and `cause` say how the sign-in ended, or why a grant gives no token at
   *   the moment; `restApi::AuthNotReadyError`
   */
  authorize(options?: RestApiAuthorizeOptions): FilteredPromise<string>
  /** Tells whether calls can be made. Reads the storage only. */
  isAuthorized(): FilteredPromise<boolean>
  /** Gives an access token that is good now. `undefined` where there is no grant, or no token at the moment. */
  getToken(): FilteredPromise<string | undefined>
  /** Signs out, and forgets an old token. */
  clearToken(): FilteredPromise<void>
  /** Gives `null`: no return page leaves a token behind any more. */
  checkForToken(): string | null
  /** Resolves with `null`, for the same reason. */
  fetchAndStoreToken(): FilteredPromise<string | null>
  /** Gives the token back and keeps nothing: a grant comes from `authorize()` only. */
  storeToken(token: string): FilteredPromise<string>
}

/**
 * Makes the object that `t.getRestApi()` gave, over a client of this library.
 * @example
 * const restApi = restApiClient(t, { clientId, redirectUri, scopes: ['read:board:trello'] })
 * connectButton.onclick = () => restApi.authorize().then(showBoards)
 * @throws `restApi::ApiNotConfiguredError`, as `t.getRestApi()` did; its cause is the `ConfigurationError`
 */
export function restApiClient<T extends RestApiFrame>(t: T, options: RestApiOptions<T>): RestApiClient<T> {
  return createRestApiClient(t, options)
}

interface Surroundings {
  /** The object that has the page's error classes. Default: `window.TrelloPowerUp`. */
  trello?: object | undefined
  /** The time within which `getToken()` settles, in milliseconds. */
  answerWithinMs?: number | undefined
  makeClient?: typeof createClient
}

/** Makes the object, also for the connector, where `t` comes with each capability call. */
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
  const warned = new Set<string>()

  try {
    makeClient(t === undefined ? clientOptions : { ...clientOptions, t })
  } catch (error) {
    const isWithoutContext = error instanceof ConfigurationError && error.code === 'noTrelloContext'
    throw errorOf(isWithoutContext ? 'AuthNotReadyError' : 'ApiNotConfiguredError', error)
  }

  function errorOf(name: RestApiErrorName, cause: unknown, message?: string): Error {
    return restApiError(trello, name, cause, message)
  }

  function oldTokenOf(newest: T) {
    if (!legacy) return undefined
    if (!appKey) {
      warn('legacy needs the appKey of the old tokens. Without it they are not looked for.')
      return undefined
    }
    return legacyToken({
      t: newest,
      appKey,
      storageKey: restApi.tokenStorageKey,
      localStorage: restApi.localStorage,
      apiBase: restApi.apiBase(),
      isRevoked: typeof legacy === 'object' && legacy.revoke,
    })
  }

  function connect(ofCall: T | undefined): Connection<T> {
    const connection = connectionFor(ofCall)
    if (connection === undefined) throw errorOf('AuthNotReadyError', undefined, NOT_READY)
    return connection
  }

  /** Runs with the `t` of this moment: the next capability call overwrites that of the connector. */
  function connected<R>(use: (connection: Connection<T>) => Promise<R>): FilteredPromise<R> {
    const { t: ofCall } = restApi
    const run = async () => use(connect(ofCall))
    return promiseOf(trello ?? pagesTrello(), run())
  }

  /** Says a code once: most old code has no handler, or one that says nothing. */
  function warnOnce(error: unknown): void {
    const codes = codesOf(error)
    if (warned.has(codes)) return
    warned.add(codes)
    warn(`authorize() ended with ${codes}. docs/errors.md says what that means.`)
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
          warnOnce(error)
          throw errorOf('AuthDeniedError', error) // whatever it was: this is the handler that old code has
        }
      }),
    isAuthorized: () => connected(isServed),
    getToken: () =>
      connected((connection) => {
        const token = tokenOf(connection)
        return answerWithinMs === undefined
          ? token
          : within(browserPlatform, answerWithinMs, token, () => undefined)
      }),
    clearToken: () => connected(({ client }) => client.signOut()),
    checkForToken: () => null,
    fetchAndStoreToken: () => promiseOf(trello ?? pagesTrello(), Promise.resolve(null)),
    storeToken: (token) => connected(async () => token),
  }
  // So that the first click finds a request that is ready: that is prepared for subscribers only.
  if (t !== undefined) connect(t).client.subscribe(() => undefined)
  return restApi
}

const NOT_READY =
  "There is no t here: in the connector, use t.getRestApi() only inside a capability's function."

function warn(words: string): void {
  // biome-ignore lint/suspicious/noConsole: for developers whose code swallows the error
  console.warn(`powerup-oauth: ${words}`)
}

/** Names the code of an error, and that of its cause where there is one. */
function codesOf(error: unknown): string {
  if (!isPowerUpOAuthError(error)) return 'an error without a code'
  return isPowerUpOAuthError(error.cause) ? `${error.code} (${error.cause.code})` : error.code
}

function readAuthorizeOptions(asked: RestApiAuthorizeOptions | null | undefined): AuthorizeOptions {
  const { scopes, signal } = asked ?? {}
  return { ...(scopes && { scopes }), ...(signal && { signal }) }
}
