import { PublicClientApplication } from '@azure/msal-browser'

// It needs an account out of an ID token and `client_info`, which only Microsoft's servers give: no grant of this server
// can be put into its cache. What it weighs and what a client holds can be told all the same.

export const open = ({ auth, clientId, redirectUri }) =>
  new PublicClientApplication({
    auth: { clientId, redirectUri, authority: auth, knownAuthorities: [new URL(auth).host] },
    cache: { cacheLocation: 'localStorage' },
  })

export const login = async (client) => {
  await client.initialize()
  return client.loginPopup({ scopes: [] })
}

export const isAuthorized = async (client) => {
  await client.initialize()
  return client.getAllAccounts().length > 0
}

export async function token(client) {
  const [account] = client.getAllAccounts()
  const { accessToken } = await client.acquireTokenSilent({ scopes: [], account })
  return accessToken
}

/** Never called: see above. */
export const seed = () => undefined

export async function call(client, url) {
  return fetch(url, { headers: { Authorization: `Bearer ${await token(client)}` } })
}
