import type { Platform } from '../base/platform'
import { TOKEN_ENDPOINT } from '../base/trello'
import { type LiveGrant, liveGrant } from '../grant/grant'
import { createLocks } from '../grant/lock'
import type { GrantStore } from '../grant/store'
import { createMemberCheck, readAccount } from '../sign-in/account'
import type { NextRequest } from '../sign-in/attempts'
import { prepareAttempt, type RequestParameters } from '../sign-in/authorization-request'
import { readResponse } from '../sign-in/authorization-response'
import { type Authorize, createAuthorize } from '../sign-in/authorize'
import { createSignIns } from '../sign-in/in-progress'
import type { TokenNeed } from '../token/access-token'
import { createRefresh } from '../token/refresh'
import type { RefreshClient } from '../token/rotation'
import { automaticTokenWays } from '../token-endpoint/automatic'
import { directTokenEndpoint } from '../token-endpoint/direct'
import { revokeToken } from '../token-endpoint/revocation'
import { onlyWay, type TokenWays } from '../token-endpoint/ways'
import type { Configuration } from './options'
import type { ClientContext, SharedGrant } from './page'

/**
 * All that a client does besides the everyday path: one piece, loaded when the first of it is needed. From then on nothing
 * of it can be missing, on a train or after a new version was put on the host.
 */
export interface Flows extends Pick<Servers, 'revoke'> {
  authorize: Authorize
  refresh(need: TokenNeed): Promise<string>
  checkMember(): Promise<void>
}

export function flowsOf(client: ClientContext): Flows {
  const { platform, configuration, shared, emit } = client
  const { clientId, member } = configuration
  const { key, store } = shared
  const servers = serversOf(client)
  const { ways, readAccount, revokeLater: revoke } = servers
  const refreshClient: RefreshClient = { clientId, ways, emit, revoke }
  shared.refresh ??= createRefresh({ platform, store }, createLocks(platform), key)
  const { refresh } = shared
  return {
    authorize: authorizeOf(client, servers),
    refresh: (need) => refresh.accessToken(refreshClient, need),
    checkMember: createMemberCheck({ platform, store, member, readAccount, revoke }),
    revoke: servers.revoke,
  }
}

function authorizeOf(
  { platform, configuration, shared, view, emit }: ClientContext,
  servers: Servers,
): Authorize {
  const { clientId, redirectUri, authorizationEndpoint, issuer, workspace, scopes } = configuration
  const { tokenEndpointUrl: tokenEndpoint } = servers
  const parameters = { clientId, redirectUri, authorizationEndpoint, tokenEndpoint, issuer, workspace }
  shared.signIns ??= createSignIns(platform)
  return createAuthorize({
    ...configuration,
    ...servers,
    platform,
    store: shared.store,
    signIns: shared.signIns,
    view,
    next: nextRequest(shared, { ...parameters, scopes }),
    readResponse,
    prepareAttempt: (wanted) => prepareAttempt({ ...parameters, scopes: wanted }, platform.now()),
    isOurs: (attempt) =>
      attempt.clientId === clientId &&
      attempt.redirectUri === redirectUri &&
      attempt.authorizationEndpoint === authorizationEndpoint &&
      attempt.issuer === issuer &&
      attempt.tokenEndpoint === tokenEndpoint,
    revoke: servers.revokeLater,
    emit,
  })
}

/** A page makes a client for each `t`: those that ask alike prepare one request, not one each. */
function nextRequest(shared: SharedGrant, parameters: RequestParameters): NextRequest {
  shared.nextRequests ??= new Map()
  const key = JSON.stringify(parameters)
  const next = shared.nextRequests.get(key) ?? {}
  shared.nextRequests.set(key, next)
  return next
}

/** What the flows of a client ask of the servers that it was configured with. */
export interface Servers {
  ways: TokenWays
  /** The URL of the token endpoint. Pending sign-ins are pinned to it. Left out where the endpoint is code. */
  tokenEndpointUrl: string | undefined
  readAccount(accessToken: string): Promise<string | undefined>
  /** Gives up a grant, unless a newer one is there that this could take along; where there is no endpoint for it, nothing. */
  revoke(grant: LiveGrant): Promise<void>
  /** The same, for those who don't wait for it. */
  revokeLater(grant: LiveGrant): void
}

export function serversOf({ platform, configuration, shared }: ClientContext): Servers {
  const { clientId, apiOrigins, revocationEndpoint: url } = configuration
  const { store } = shared
  const revoke: Servers['revoke'] = async ({ tokenSet: { refreshToken, accessToken } }) => {
    if (url === undefined || (await hasNewerGrant(store, platform))) return
    const token = refreshToken ?? accessToken
    await revokeToken({ url, clientId, token }, platform)
  }
  return {
    ...tokenEndpointOf(platform, configuration, shared),
    readAccount: (accessToken) => readAccount(platform, apiOrigins[0], accessToken),
    revoke,
    revokeLater: (grant) => void revoke(grant).catch(() => undefined),
  }
}

function tokenEndpointOf(
  platform: Platform,
  { tokenEndpoint, t }: Configuration,
  { refusedWays }: SharedGrant,
): Pick<Servers, 'ways' | 'tokenEndpointUrl'> {
  if (tokenEndpoint === undefined)
    return {
      ways: automaticTokenWays(platform, TOKEN_ENDPOINT, t, refusedWays),
      tokenEndpointUrl: TOKEN_ENDPOINT,
    }
  const endpoint =
    typeof tokenEndpoint === 'string' ? directTokenEndpoint(platform, tokenEndpoint, 'json') : tokenEndpoint
  return { ways: onlyWay(endpoint), tokenEndpointUrl: endpoint.url }
}

/** On servers that revoke by member and client, a revocation takes a newer grant along. */
export async function hasNewerGrant(store: GrantStore, platform: Platform): Promise<boolean> {
  return liveGrant(await store.read(), platform.now()) !== undefined
}
