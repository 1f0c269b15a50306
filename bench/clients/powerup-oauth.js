import { createClient } from 'powerup-oauth'

export const open = ({ auth, api, clientId, redirectUri, scopes, workspace, onEvent }) =>
  createClient({
    clientId,
    redirectUri,
    scopes,
    workspace,
    authorizationEndpoint: `${auth}/authorize`,
    tokenEndpoint: `${auth}/oauth/token`,
    apiOrigins: [api],
    onEvent,
  })

export const login = (client) => client.authorize()
export const isAuthorized = (client) => client.isAuthorized()
export const token = (client) => client.getAccessToken()
export const call = (client, url) => client.fetch(url)

export { seed } from './seed-entry.js'
