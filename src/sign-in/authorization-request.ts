import * as oauth from 'oauth4webapi'
import { OFFLINE_ACCESS, workspaceResource } from '../base/trello'
import type { PendingAttempt, SignInSettings } from '../grant/attempt'

/** The values that an authorization request is made from. */
export interface RequestParameters extends SignInSettings {
  /** The id of the workspace to ask for. `undefined`: the request names no workspace. */
  workspace?: string | undefined
  /** The scopes to ask for. `offline_access` is added to them. */
  scopes: readonly string[]
}

/**
 * Makes an authorization request with PKCE and a random state, and all that its response will be judged by.
 * @see RFC 6749, section 4.1.1; RFC 7636, section 4.3; RFC 8707, section 2
 */
export async function prepareAttempt(parameters: RequestParameters, now: number): Promise<PendingAttempt> {
  const { clientId, redirectUri, authorizationEndpoint, tokenEndpoint, issuer, workspace, scopes } =
    parameters
  const state = oauth.generateRandomState()
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const url = new URL(authorizationEndpoint)
  const query = {
    client_id: clientId,
    scope: [...scopes, OFFLINE_ACCESS].join(' '),
    redirect_uri: redirectUri,
    state,
    response_type: 'code',
    prompt: 'consent',
    ...(workspace !== undefined && { resource: workspaceResource(workspace) }),
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return {
    state,
    codeVerifier,
    url: url.href,
    clientId,
    redirectUri,
    authorizationEndpoint,
    ...(tokenEndpoint !== undefined && { tokenEndpoint }),
    ...(issuer !== undefined && { issuer }),
    scopes,
    preparedAt: now,
  }
}
