import { type ApiError, type AuthState, type Client, createClient, isPowerUpOAuthError } from 'powerup-oauth'
import { batch } from 'powerup-oauth/api'
import { completeAuthorization } from 'powerup-oauth/callback'
import { capabilities } from 'powerup-oauth/capabilities'
import { restApiClient } from 'powerup-oauth/compat'
import { definePrompt } from 'powerup-oauth/prompt'
import { useAuthState } from 'powerup-oauth/react'
import { requiredScopes } from 'powerup-oauth/scopes'
import { createFakeClient } from 'powerup-oauth/testing'
import { createTokenProxy } from 'powerup-oauth/token-proxy'
import { trelloHostTokenEndpoint } from 'powerup-oauth/trello-host'
import { trelloJsClient } from 'powerup-oauth/trello-js'

const client: Client = createClient({ clientId: 'id', redirectUri: 'https://p.example/', scopes: [] })
const state: AuthState = client.state
const fake: Client = createFakeClient()
// Each is of a type that is known: an `any` would take this call.
// @ts-expect-error
client.authorise()
// @ts-expect-error
fake.authorise()

export const all = [
  batch,
  completeAuthorization,
  capabilities,
  restApiClient,
  definePrompt,
  useAuthState,
  requiredScopes,
  createTokenProxy,
  trelloHostTokenEndpoint,
  trelloJsClient,
  isPowerUpOAuthError,
  state.status === 'authorized' ? state.scopes.length : 0,
]

// What a project exports without a type of its own has to be written into its declarations by name.
export const { fetch, api, authorize, subscribe } = client
export const bucketOf = (error: ApiError) => error.rateLimit?.token
export const made = {
  createClient,
  fake,
  endpoint: trelloHostTokenEndpoint(undefined),
  many: batch(client, []),
}
