import Keycloak from 'keycloak-js'

// It reads its tokens, which are JWTs at a Keycloak: those of this server get a second part here that says when they end.
// It sends cookies to the token endpoint, which would need an answer that allows them: they are left out. It stores
// nothing, and `init()` would refresh the tokens that it is given: so they are put into its public fields.

const STORAGE_KEY = 'keycloak-bench'
const LEFT_S = 30

export async function open({ auth, clientId, redirectUri, scopes }) {
  readableTokens(auth)
  const keycloak = new Keycloak({
    clientId,
    oidcProvider: { authorization_endpoint: `${auth}/authorize`, token_endpoint: `${auth}/oauth/token` },
  })
  await keycloak.init({ checkLoginIframe: false, redirectUri, scope: `${scopes.join(' ')} offline_access` })
  keycloak.onAuthRefreshSuccess = () => store(keycloak)
  const stored = localStorage.getItem(STORAGE_KEY)
  if (stored === null) return keycloak
  return Object.assign(keycloak, JSON.parse(stored), { authenticated: true, timeSkew: 0 })
}

/** It has no popup: the page itself goes to the provider. */
export const login = async (keycloak) => (await keycloak).login()

export const isAuthorized = async (keycloak) => (await keycloak).authenticated

export async function token(opening) {
  const keycloak = await opening
  await keycloak.updateToken(LEFT_S)
  return keycloak.token.split('.')[0]
}

export async function call(keycloak, url) {
  return fetch(url, { headers: { Authorization: `Bearer ${await token(keycloak)}` } })
}

export async function seed(_config, { entry, expiresAt }) {
  const { accessToken, refreshToken } = entry.record.tokenSet
  const exp = Math.floor(expiresAt / 1_000)
  store({
    token: readable(accessToken, exp),
    refreshToken: readable(refreshToken, exp),
    tokenParsed: { exp },
  })
}

function store({ token, refreshToken, tokenParsed }) {
  localStorage.setItem(STORAGE_KEY, JSON.stringify({ token, refreshToken, tokenParsed }))
}

const readable = (token, exp) =>
  `${token}.${btoa(JSON.stringify({ iat: Math.floor(Date.now() / 1_000), exp }))}`

function readableTokens(auth) {
  if (window.fetch.isPatched) return
  const bare = window.fetch
  window.fetch = Object.assign(
    async (url, init) => {
      if (!String(url).startsWith(auth)) return bare(url, init)
      const { body } = init
      const refreshToken = body.get('refresh_token')
      if (refreshToken) body.set('refresh_token', refreshToken.split('.')[0])
      const response = await bare(url, { ...init, credentials: 'omit' })
      if (!response.ok) return response
      const tokens = await response.json()
      const exp = Math.floor(Date.now() / 1_000) + tokens.expires_in
      return Response.json({
        ...tokens,
        access_token: readable(tokens.access_token, exp),
        refresh_token: readable(tokens.refresh_token, exp),
      })
    },
    { isPatched: true },
  )
}
