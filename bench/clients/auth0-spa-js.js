import { Auth0Client } from '@auth0/auth0-spa-js'

// It takes no answer without an ID token, which Trello's server doesn't give: one is put into each here, unsigned, as it
// checks no signature. It sends a header of its own, which would need a preflight that allows it: that is left out. Its own worker would hide the refresh token from the storage; then frames could not share it.

const scopeOf = (scopes) => `${scopes.join(' ')} offline_access`

export function open({ auth, clientId, redirectUri, scopes }) {
  addIdTokens(auth, clientId)
  return new Auth0Client({
    domain: auth,
    clientId,
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: redirectUri, scope: scopes.join(' ') },
  })
}

export const login = (client) => client.loginWithPopup()
export const isAuthorized = (client) => client.isAuthenticated()
export const token = (client) => client.getTokenSilently()

export async function call(client, url) {
  return fetch(url, { headers: { Authorization: `Bearer ${await token(client)}` } })
}

export async function seed({ auth, clientId, scopes }, { entry, expiresAt }) {
  const { accessToken, refreshToken } = entry.record.tokenSet
  const id_token = idToken(auth, clientId)
  const claims = JSON.parse(atob(id_token.split('.')[1]))
  const decodedToken = { claims: { ...claims, __raw: id_token }, user: { sub: 'member' } }
  const scope = `openid ${scopeOf(scopes)}`
  const body = {
    client_id: clientId,
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: 3_600,
    audience: 'default',
    scope,
    oauthTokenScope: scopeOf(scopes),
  }
  const prefix = `@@auth0spajs@@::${clientId}`
  const item = { body, expiresAt: Math.floor(expiresAt / 1_000) }
  localStorage.setItem(`${prefix}::default::${scope}`, JSON.stringify(item))
  localStorage.setItem(`${prefix}::@@user@@`, JSON.stringify({ id_token, decodedToken }))
}

function addIdTokens(auth, clientId) {
  if (window.fetch.isPatched) return
  const bare = window.fetch
  window.fetch = Object.assign(
    async (url, init) => {
      const { 'Auth0-Client': _, ...headers } = init?.headers ?? {}
      const response = await bare(url, { ...init, headers })
      if (!String(url).startsWith(auth) || !response.ok) return response
      return Response.json({ ...(await response.json()), id_token: idToken(auth, clientId) })
    },
    { isPatched: true },
  )
}

function idToken(auth, clientId) {
  const now = Math.floor(Date.now() / 1_000)
  const part = (value) =>
    btoa(JSON.stringify(value)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_')
  const claims = { iss: `${auth}/`, aud: clientId, sub: 'member', iat: now, exp: now + 3_600 }
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2ln`
}
