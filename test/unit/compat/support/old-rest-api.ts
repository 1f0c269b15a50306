import type { LegacyFrame } from '../../../../src/compat/rest-api/legacy-token'
import type { memoryStorage } from './memory-storage'
import { oldRestApiError } from './trello-power-up'

interface OldOptions {
  t:
    | (LegacyFrame & { set(scope: string, visibility: string, key: string, value: unknown): unknown })
    | undefined
  appKey: string
  appName: string
  appAuthor?: string
  localStorage: ReturnType<typeof memoryStorage>
  /** Trello's promises. */
  promises: PromiseConstructor
  /** The consent window: a token, or nothing when it was closed. */
  askInWindow(): Promise<string | undefined>
}

export const oldErrors = oldRestApiError()

/**
 * The client of `t.getRestApi()`, written from what Trello's script 1.25.1 does: which member throws, which rejects, and
 * which values they give. A token lies in the storage of the frame until it is moved to Trello.
 */
export function oldRestApi(options: OldOptions) {
  const { appKey, appName, appAuthor, localStorage, promises } = options
  const place = ['member', 'private', 'trello_token'] as const
  const frame = () => {
    if (!restApi.t) throw new oldErrors.AuthNotReadyError('The API helper cannot be used from this context.')
    return restApi.t
  }
  const restApi = {
    t: options.t,
    appKey,
    appName,
    appAuthor,
    apiOrigin: 'https://api.trello.com',
    authOrigin: 'https://trello.com',
    localStorage,
    tokenStorageKey: 'trello_token',
    init: () => undefined,
    apiBase: () => `${restApi.apiOrigin}/1`,
    authBase: () => `${restApi.authOrigin}/1`,
    storeToken: (token: string) => promises.resolve(frame().set(...place, token)).then(() => token),
    checkForToken: () => localStorage.getItem('trello_token') || null,
    fetchAndStoreToken: () => {
      const token = restApi.checkForToken()
      if (!token) return promises.resolve(null)
      return restApi.storeToken(token).then(() => {
        localStorage.removeItem('trello_token')
        return token
      })
    },
    // A value that was never stored is undefined to t.get(), and so it is here.
    getToken: (): Promise<unknown> =>
      restApi.fetchAndStoreToken().then((token) => token || frame().get?.(...place)),
    isAuthorized: () => restApi.getToken().then((token) => Boolean(token)),
    clearToken: () => {
      localStorage.removeItem('trello_token')
      return promises.resolve(frame().remove?.(...place)).then(() => undefined)
    },
    authorize: () =>
      restApi
        .getToken()
        .then((kept) => kept || options.askInWindow())
        .then((token) => {
          if (!token) throw new oldErrors.AuthDeniedError()
          return restApi.storeToken(String(token))
        }),
  }
  return restApi
}
