import { noValue } from '../base/async'
import { liveGrant } from '../grant/grant'
import { createMemberCheck } from '../sign-in/account'
import type { TokenFlow } from '../token/access-token'
import { createRefresh } from '../token/refresh'
import type { RefreshClient } from '../token/rotation'
import { type ClientInUse, locksOf, serversOf } from './flow-parts'

// Loaded on demand: when a connected frame has been seen for a while, and at the latest when a token has run out.

/** Makes the flow that gives new access tokens to one client. All clients of the page with the same grant share one refresh. */
export function refreshFlowOf(client: ClientInUse): TokenFlow {
  const { frame, configuration, shared, emit } = client
  const { clientId, member } = configuration
  const { ways, readAccount, revokeLater: revoke } = serversOf(client)
  const refreshClient: RefreshClient = { clientId, ways, emit, revoke }
  shared.refresh ??= createRefresh(frame, locksOf(frame.platform, shared), shared.key)
  const { refresh } = shared
  const grant = liveGrant(frame.store.view(), frame.platform.now())
  // Loads what will ask the endpoint: after a deploy it may be gone.
  if (grant) ways.toRenew(grant).catch(noValue)
  return {
    refresh: (need) => refresh.accessToken(refreshClient, need),
    checkMember: createMemberCheck(frame, { member, readAccount, revoke }, shared.account),
  }
}
