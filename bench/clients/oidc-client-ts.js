import { User, UserManager, WebStorageStateStore } from 'oidc-client-ts'

export const open = ({ auth, clientId, scopes, workspace }) =>
  new UserManager({
    authority: auth,
    metadata: {
      issuer: auth,
      authorization_endpoint: `${auth}/authorize`,
      token_endpoint: `${auth}/oauth/token`,
    },
    client_id: clientId,
    redirect_uri: new URL('oidc-client-ts.html', location.href).href,
    extraQueryParams: { resource: `ari:cloud:trello::workspace/${workspace}` },
    scope: `${scopes.join(' ')} offline_access`,
    userStore: new WebStorageStateStore({ store: localStorage }),
    automaticSilentRenew: false,
  })

export const login = (manager) => manager.signinPopup()

/** What the callback page does. */
export const answer = (config) => open(config).signinPopupCallback()

export async function isAuthorized(manager) {
  const user = await manager.getUser()
  return user !== null && !user.expired
}

export async function token(manager) {
  const user = await manager.getUser()
  const fresh = user?.expired ? await manager.signinSilent() : user
  return fresh.access_token
}

export async function call(manager, url) {
  return fetch(url, { headers: { Authorization: `Bearer ${await token(manager)}` } })
}

export async function seed(config, { entry, expiresAt }) {
  const { accessToken, refreshToken } = entry.record.tokenSet
  await open(config).storeUser(
    new User({
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      scope: config.scopes.join(' '),
      expires_at: Math.floor(expiresAt / 1_000),
      profile: { sub: 'member', iss: config.auth, aud: config.clientId, exp: 0, iat: 0 },
    }),
  )
}
