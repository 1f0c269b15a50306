import { authorizeByWindow } from './authorize'
import { bytesToHexString } from './crypto'
import { TrelloPromise } from './promise'

/** What Trello's own client for OAuth 2.0 needs of `t`. */
export interface OAuth2Host {
  getContext(): { organization?: string }
  get(scope: string, visibility: string, key: string): PromiseLike<unknown>
  set(scope: string, visibility: string, key: string, value: unknown): PromiseLike<unknown>
  remove(scope: string, visibility: string, key: string): PromiseLike<unknown>
  authorizationCodeExchange?(request: object): PromiseLike<unknown>
  refreshTokens?(): PromiseLike<unknown>
}

export interface OAuth2Options {
  clientId?: string
  redirectUri?: string
  authServerOrigin?: string
}

/**
 * Trello's own client for OAuth 2.0, as its script had it in April 2026: the page of Trello exchanges the code and
 * keeps the refresh token.
 */
export function createOAuth2ApiClient(t: OAuth2Host, options: OAuth2Options) {
  const { clientId, redirectUri, authServerOrigin = 'https://auth.atlassian.com' } = options
  if (clientId === undefined || redirectUri === undefined) {
    throw new Error('The OAuth2 API client is not initialized: set clientId and redirectUri.')
  }
  return {
    authorize({
      scopes = ['read:board:trello'],
      storeInPluginData = true,
    }: AuthorizeWishes): Promise<unknown> {
      return TrelloPromise.resolve(run(scopes, storeInPluginData))
    },
    getAccessToken: (): Promise<string | null> => TrelloPromise.resolve(readToken(t)),
    redirectUriCallback,
  }

  async function run(scopes: readonly string[], isStored: boolean): Promise<unknown> {
    const { organization } = t.getContext()
    if (organization === undefined) throw new Error('Could not get Trello workspace ID from context')
    const codeVerifier = bytesToHexString(crypto.getRandomValues(new Uint8Array(32)))
    const query = new URLSearchParams({
      client_id: String(clientId),
      scope: [...scopes, 'offline_access'].join(' '),
      redirect_uri: String(redirectUri),
      state: 'somestate',
      response_type: 'code',
      prompt: 'consent',
      resource: `ari:cloud:trello::workspace/${organization}`,
      code_challenge: await challengeOf(codeVerifier),
      code_challenge_method: 'S256',
    })
    const code = await authorizeByWindow(`${authServerOrigin}/authorize?${query}`)
    if (t.authorizationCodeExchange === undefined)
      throw new Error('authorizationCodeExchange is not supported')
    const tokens = Object(await t.authorizationCodeExchange({ redirectUri, code, codeVerifier }))
    if (isStored) await store(t, tokens, scopes)
    return tokens
  }
}

interface AuthorizeWishes {
  scopes?: readonly string[]
  storeInPluginData?: boolean
}

interface StoredTokens {
  accessToken: string
  expireTime: number
  refreshExpireTime: number
  scopes: readonly string[]
}

/** What a page at `redirectUri` runs: hands the code to the opener, and closes. */
function redirectUriCallback(): void {
  const parameters = new URLSearchParams(window.location.search)
  const error = parameters.get('error')
  if (error === 'access_denied') window.close()
  else if (error !== null)
    throw Object.assign(new Error(parameters.get('error_description') ?? error), { name: error })
  const { authorize } = Object(window.opener)
  if (typeof authorize !== 'function') throw new Error('window.opener.authorize is not a function')
  authorize(parameters.get('code'))
  setTimeout(() => window.close(), 1000)
}

async function readToken(t: OAuth2Host): Promise<string | null> {
  const stored = await t.get('organization', 'private', storageKey)
  if (!isStored(stored)) return null
  if (Date.now() < stored.expireTime) return stored.accessToken
  try {
    const isOver = Date.now() > stored.refreshExpireTime
    const tokens = isOver || t.refreshTokens === undefined ? null : await t.refreshTokens()
    if (tokens === null) {
      await t.remove('organization', 'private', storageKey)
      return null
    }
    await store(t, Object(tokens), stored.scopes)
    return String(Object(tokens).access_token)
  } catch (error) {
    await t.remove('organization', 'private', storageKey)
    throw new Error(`Error trying to refresh tokens: ${error}`)
  }
}

async function store(
  t: OAuth2Host,
  tokens: Record<string, unknown>,
  scopes: readonly string[],
): Promise<void> {
  await t.set('organization', 'private', storageKey, {
    accessToken: tokens.access_token,
    expireTime: Date.now() + Number(tokens.expires_in ?? 3600) * 1000,
    refreshExpireTime: Date.now() + 7_776_000_000,
    scopes: typeof tokens.scope === 'string' ? tokens.scope.split(' ') : scopes,
  })
}

function isStored(value: unknown): value is StoredTokens {
  return typeof value === 'object' && value !== null && 'accessToken' in value
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

const storageKey = 'oauth2'
