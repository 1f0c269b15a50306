import { restApiError } from './error-enum'
import { TrelloPromise } from './promise'

/** What the old client needs of the `t` of a call. */
export interface RestApiHost {
  get(scope: string, visibility: string, key: string): PromiseLike<unknown>
  set(scope: string, visibility: string, key: string, value: unknown): PromiseLike<unknown>
  remove(scope: string, visibility: string, key: string): PromiseLike<unknown>
}

export interface RestApiOptions {
  appKey?: string
  appName?: string
  appAuthor?: string
  apiOrigin?: string
  authOrigin?: string
  localStorage?: Storage
  tokenStorageKey?: string
}

export interface AuthorizeParameters {
  scope?: string | Record<string, boolean>
  expiration?: string
  returnUrl?: string
}

/** The client of the time before OAuth 2.0, as `t.getRestApi()` gives it. */
export type RestApi = ReturnType<typeof createRestApi>

/** @param t - changes with each call in the connector, where one client serves all */
export function createRestApi(
  t: RestApiHost | undefined,
  options: RestApiOptions & { appKey: string; appName: string },
) {
  const storage = options.localStorage ?? window.localStorage
  const tokenStorageKey = options.tokenStorageKey ?? 'trello_token'

  function host(): RestApiHost {
    if (restApi.t === undefined)
      throw new restApiError.AuthNotReadyError('There is no t here: call it in a capability.')
    return restApi.t
  }

  const restApi = {
    t,
    appKey: options.appKey,
    appName: options.appName,
    appAuthor: options.appAuthor,
    apiOrigin: options.apiOrigin ?? 'https://api.trello.com',
    authOrigin: options.authOrigin ?? 'https://trello.com',
    localStorage: storage,
    tokenStorageKey,
    apiBase: () => `${restApi.apiOrigin}/1`,
    authBase: () => `${restApi.authOrigin}/1`,
    /** Any page with this script is a return page: it hands on the token behind its hash and closes. */
    init() {
      restApi.checkAndStoreToken()
    },
    checkForToken: () => /[&#]?token=([^&]*)/.exec(window.location.hash)?.[1] ?? null,
    checkAndStoreToken() {
      const token = restApi.checkForToken()
      if (token === null || !/^#?token=/.test(window.location.hash)) return
      if (token !== '') storage.setItem(tokenStorageKey, token)
      window.opener?.postMessage(token, window.location.origin)
      setTimeout(() => window.close(), 500)
    },
    popupConfig: () => 'width=550,height=725,left=100,top=100',
    showAuthPopup({
      scope = 'read',
      expiration = 'never',
      returnUrl = window.location.href,
    }: AuthorizeParameters) {
      const query = new URLSearchParams({
        name: restApi.appName,
        key: restApi.appKey,
        expiration,
        scope: typeof scope === 'string' ? scope : namesOf(scope),
        callback_method: 'fragment',
        response_type: 'fragment',
        return_url: returnUrl,
      })
      return window.open(`${restApi.authBase()}/authorize?${query}`, 'authpopup', restApi.popupConfig())
    },
    authorize(parameters: AuthorizeParameters = {}): Promise<string> {
      const popup = restApi.showAuthPopup(parameters)
      return TrelloPromise.resolve(restApi.fetchAndStoreToken()).then((known) => {
        if (typeof known === 'string') {
          popup?.close()
          return known
        }
        return tokenFrom(popup, restApi).then((token) => restApi.storeToken(token))
      })
    },
    storeToken(token: string): Promise<string> {
      return TrelloPromise.resolve(host().set('member', 'private', tokenStorageKey, token)).then(() => {
        storage.removeItem(tokenStorageKey)
        return token
      })
    },
    /** Moves a token from the local storage to Trello's, and gives what is there; undefined where there is none. */
    fetchAndStoreToken(): Promise<string | undefined> {
      const found = storage.getItem(tokenStorageKey)
      if (found !== null) return restApi.storeToken(found)
      return TrelloPromise.resolve(host().get('member', 'private', tokenStorageKey)).then(textOrNothing)
    },
    getToken: (): Promise<string | undefined> => restApi.fetchAndStoreToken(),
    /** A token is there, good or not. */
    isAuthorized: (): Promise<boolean> => restApi.fetchAndStoreToken().then(Boolean),
    /** Forgets the token; at Trello it stays good. */
    clearToken(): Promise<void> {
      storage.removeItem(tokenStorageKey)
      return TrelloPromise.resolve(host().remove('member', 'private', tokenStorageKey)).then(() => undefined)
    },
  }
  return restApi
}

/** Waits for the word of the return page, for a token in the local storage, or for the window's end. */
function tokenFrom(
  popup: Window | null,
  { localStorage: storage, tokenStorageKey }: { localStorage: Storage; tokenStorageKey: string },
): Promise<string> {
  return new TrelloPromise((resolve, reject) => {
    const end = () => {
      clearInterval(poll)
      window.removeEventListener('message', onMessage)
      popup?.close()
    }
    const onMessage = ({ source, origin, data }: MessageEvent) => {
      if (source !== popup || origin !== window.location.origin || typeof data !== 'string') return
      end()
      if (data === '') reject(new restApiError.AuthDeniedError('Authorization denied'))
      else resolve(data)
    }
    const poll = setInterval(() => {
      const stored = storage.getItem(tokenStorageKey)
      if (stored === null && popup?.closed === false) return
      end()
      if (stored === null) reject(new restApiError.AuthDeniedError('Authorization window closed'))
      else resolve(stored)
    }, 500)
    window.addEventListener('message', onMessage)
  })
}

function namesOf(scope: Record<string, boolean>): string {
  return Object.keys(scope)
    .filter((name) => scope[name])
    .join(',')
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
