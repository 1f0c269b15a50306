import type { TokenNeed } from '../access-token'
import type { NextRequest } from '../attempts'
import { prepareAttempt, type RequestParameters } from '../authorization/request'
import { readResponse } from '../authorization/response'
import { type Authorize, createAuthorize } from '../authorize'
import { createLocks } from '../grant/lock'
import { createMemberCheck } from '../member-check'
import { createRefresh, type RefreshClient } from '../refresh'
import type { ClientContext, SharedGrant } from '../shared-grant'
import { createSignIns } from '../sign-ins'
import { type Servers, serversOf } from './servers'

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
  const servers = serversOf(platform, store, configuration)
  const { tokenEndpoint, readAccount, revokeLater: revoke } = servers
  const refreshClient: RefreshClient = { clientId, tokenEndpoint, emit, revoke }
  shared.refresh ??= createRefresh({ platform, store, locks: createLocks(platform) }, key)
  const { refresh } = shared
  return {
    authorize: authorizeOf(client, servers),
    refresh: (need) => refresh.accessToken(refreshClient, need),
    checkMember: createMemberCheck({ platform, store, member, readAccount, revoke }),
    revoke: servers.revoke,
  }
}

function authorizeOf({ platform, configuration, shared, emit }: ClientContext, servers: Servers): Authorize {
  const { clientId, redirectUri, authorizationEndpoint, issuer, workspace, scopes } = configuration
  const { url: tokenEndpoint } = servers.tokenEndpoint
  const parameters = { clientId, redirectUri, authorizationEndpoint, tokenEndpoint, issuer, workspace }
  shared.signIns ??= createSignIns(platform)
  return createAuthorize({
    ...configuration,
    ...servers,
    platform,
    store: shared.store,
    signIns: shared.signIns,
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
