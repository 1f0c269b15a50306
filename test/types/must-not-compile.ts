// What the public types refuse. `tsc` fails where a line below an expectation compiles; nothing here ever runs.

import {
  type AuthState,
  type Client,
  createClient,
  isPowerUpOAuthError,
  type TokenEndpoint,
} from '../../src/index'
import { createTokenProxy } from '../../src/token-endpoint/proxy'
import { trelloHostTokenEndpoint } from '../../src/token-endpoint/trello-host'

declare const client: Client
declare const state: AuthState

const required = { clientId: 'a', redirectUri: 'https://power-up.example/callback.html', scopes: [] }

export function options(): void {
  createClient({ ...required })
  // @ts-expect-error: an object is needed
  createClient()
  // @ts-expect-error: clientId is missing
  createClient({ redirectUri: required.redirectUri, scopes: [] })
  // @ts-expect-error: scopes are a list, not words in a row
  createClient({ ...required, scopes: 'read:board:trello' })
  // @ts-expect-error: a public client has no secret
  createClient({ ...required, clientSecret: 'secret' })
  // @ts-expect-error: a misspelt option is none
  createClient({ ...required, redirectURI: required.redirectUri })
  // @ts-expect-error: a `t` has getContext()
  createClient({ ...required, t: {} })
  // @ts-expect-error: left out is not the same as undefined
  createClient({ ...required, workspace: undefined })
  // @ts-expect-error: the function that makes an endpoint gives one
  createClient({ ...required, tokenEndpoint: () => 'https://auth.example/token' })
  createClient({ ...required, tokenEndpoint: trelloHostTokenEndpoint })
  // @ts-expect-error: it takes a `t`, not a URL
  trelloHostTokenEndpoint('https://auth.example/token')
  // @ts-expect-error: whom to answer has no default
  createTokenProxy({ clientId: 'a', redirectUri: required.redirectUri })
}

export async function calls(): Promise<void> {
  // @ts-expect-error: the answer is unknown until its type is given
  ;(await client.api.get('/1/members/me')).fullName
  const me = await client.api.get<{ fullName: string }>('/1/members/me')
  me.fullName.trim()
  // @ts-expect-error: as it says
  me.username
  // @ts-expect-error: there is no PATCH at Trello
  client.api.patch('/1/cards/1')
  // @ts-expect-error: an object of options, not the signal itself
  client.getAccessToken(new AbortController().signal)
  // @ts-expect-error: the state is read, never set
  client.state = state
  // @ts-expect-error: the refresh token is nobody's
  client.getRefreshToken()
}

export function states(): unknown {
  // @ts-expect-error: only an authorized state has scopes that are missing
  state.missingScopes
  if (state.status === 'authorized') return state.missingScopes.length
  // @ts-expect-error: `cause` belongs to tokenExpired
  state.cause
  if (state.status === 'tokenExpired') return new Date(state.since)
  // @ts-expect-error: there is no such status
  return state.status === 'loggedIn'
}

export function errors(error: unknown): string {
  // @ts-expect-error: anything may be thrown
  error.code
  if (!isPowerUpOAuthError(error)) return ''
  // @ts-expect-error: a code that is none
  if (error.code === 'popup_closed') return ''
  // @ts-expect-error: only some errors have a status
  error.status
  if (error.name === 'ApiError') return `${error.status} ${error.path}`
  switch (error.name) {
    case 'AuthorizationError':
    case 'NotAuthorizedError':
    case 'TokenExpiredError':
    case 'TokenEndpointError':
    case 'NetworkError':
    case 'ConfigurationError':
      return error.code
  }
  // All of them are above, so nothing is left.
  const none: never = error
  return none
}

// @ts-expect-error: an endpoint says whether it holds the refresh token
export const endpoint: TokenEndpoint = {
  exchange: async () => ({ kind: 'dead' }),
  refresh: async () => ({ kind: 'dead' }),
}
