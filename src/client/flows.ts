import type { TokenNeed } from '../access-token'
import { prepareAttempt } from '../authorization/request'
import { readResponse } from '../authorization/response'
import { type Authorize, createAuthorize } from '../authorize'
import { createLocks } from '../grant/lock'
import { createMemberCheck } from '../member-check'
import { createRefresh, type RefreshClient } from '../refresh'
import type { ClientContext } from '../shared-grant'
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
  const { clientId, redirectUri, authorizationEndpoint, issuer } = configuration
  const { url: tokenEndpoint } = servers.tokenEndpoint
  shared.signIns ??= createSignIns(platform)
  return createAuthorize({
    ...configuration,
    ...servers,
    platform,
    store: shared.store,
    signIns: shared.signIns,
    readResponse,
    prepareAttempt: (scopes) => prepareAttempt({ ...configuration, tokenEndpoint, scopes }, platform.now()),
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
