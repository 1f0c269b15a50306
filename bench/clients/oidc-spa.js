import { createOidc } from 'oidc-spa/core'
import { oidcEarlyInit } from 'oidc-spa/entrypoint'

// It keeps tokens in the memory of a page, and gets them by leading that page to the server and back, or by a hidden
// frame of the server. In a frame of a Power-Up the server has no cookies, and would ask the person each time. What it
// weighs and what a client holds can be told all the same.

export function open({ auth, clientId, redirectUri, scopes, workspace }) {
  oidcEarlyInit({ sessionRestorationMethod: 'full page redirect' })
  return createOidc({
    issuerUri: auth,
    clientId,
    scopes: [...scopes, 'offline_access'],
    extraQueryParams: { resource: `ari:cloud:trello::workspace/${workspace}` },
    BASE_URL: new URL('.', redirectUri).pathname,
    __metadata: {
      issuer: auth,
      authorization_endpoint: `${auth}/authorize`,
      token_endpoint: `${auth}/oauth/token`,
    },
  })
}

/** It has no popup: the page itself goes to the provider. */
export const login = async (oidc) => (await oidc).login()

export const isAuthorized = async (oidc) => (await oidc).isUserLoggedIn

export async function token(oidc) {
  const { accessToken } = await (await oidc).getTokens()
  return accessToken
}

/** Never called: see above. */
export const seed = () => undefined

export async function call(oidc, url) {
  return fetch(url, { headers: { Authorization: `Bearer ${await token(oidc)}` } })
}
