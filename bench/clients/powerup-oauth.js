import { createClient } from 'powerup-oauth'

export const open = ({ auth, api, clientId, redirectUri, scopes, workspace }) =>
  createClient({
    clientId,
    redirectUri,
    scopes,
    workspace,
    authorizationEndpoint: `${auth}/authorize`,
    tokenEndpoint: `${auth}/oauth/token`,
    apiOrigins: [api],
  })

export const login = (client) => client.authorize()
export const token = (client) => client.getAccessToken()
export const call = (client, url) => client.fetch(url)

export async function seed(_config, { entry, expiresAt }) {
  const { record } = entry
  const tokenSet = { ...record.tokenSet, obtainedAt: expiresAt - 3_600_000, expiresAt }
  await window.storage.overwrite({ ...entry, record: { ...record, tokenSet } })
}
