import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import { tokenEndpointBeside } from '../base/trello'
import { isBegunWith, type PendingAttempt } from '../grant/attempt'
import type { Frame } from '../grant/frame'
import type { GrantView, LiveGrant } from '../grant/grant'
import { createLocks, type Locks } from '../grant/lock'
import { type AccountAnswer, createMemberCheck, readAccount } from '../sign-in/account'
import { createAttempts, type NextRequest } from '../sign-in/attempts'
import { prepareAttempt } from '../sign-in/authorization-request'
import { readResponse } from '../sign-in/authorization-response'
import { type Authorize, createAuthorize } from '../sign-in/authorize'
import { exchangeCode } from '../sign-in/code-exchange'
import { createSignIns } from '../sign-in/in-progress'
import type { TokenNeed } from '../token/access-token'
import { createRefresh } from '../token/refresh'
import { revokeGrant } from '../token/revocation'
import type { RefreshClient } from '../token/rotation'
import { automaticTokenWays } from '../token-endpoint/automatic'
import { directTokenEndpoint } from '../token-endpoint/direct'
import { onlyWay, type TokenWays } from '../token-endpoint/ways'
import type { Configuration } from './options'
import type { SharedGrant } from './shared-grant'
import { signInSettings } from './sign-in-settings'

/**
 * Everything that a client does besides the everyday path. It is one piece, loaded when the first part of it is needed.
 * From then on no part can be missing, offline or after a new version was put on the host.
 */
export interface Flows {
  /** The sign-in of this client. */
  authorize: Authorize
  /** Resolves with a new access token. */
  refresh(need: TokenNeed): Promise<string>
  /**
   * Checks whose account the grant belongs to, where that could not be asked at sign-in.
   * @throws NotAuthorizedError for another account
   */
  checkMember(): Promise<void>
  /** Gives up a grant at the revocation endpoint, unless there is a newer one. Without an endpoint it does nothing. */
  revoke(grant: LiveGrant): Promise<void>
}

/** One client in use. */
export interface ClientInUse {
  /** The platform and the store of the grant. */
  frame: Frame
  /** The options of the client, checked and complete. */
  configuration: Configuration
  /** The grant, shared with the other clients of the page that have the same one. */
  shared: SharedGrant
  /** Returns the grant as this client sees it. */
  view(): GrantView
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
}

/** Makes the flows of one client. */
export function flowsOf(client: ClientInUse): Flows {
  const { frame, configuration, shared, emit } = client
  const { clientId, member } = configuration
  const servers = serversOf(client)
  const { ways, readAccount, revoke, revokeLater } = servers
  const refreshClient: RefreshClient = { clientId, ways, emit, revoke: revokeLater }
  shared.pageLocks ??= createLocks(frame.platform)
  shared.refresh ??= createRefresh(frame, shared.pageLocks, shared.key)
  const { refresh } = shared
  return {
    authorize: authorizeOf(client, servers, shared.pageLocks),
    refresh: (need) => refresh.accessToken(refreshClient, need),
    checkMember: createMemberCheck(frame, { member, readAccount, revoke: revokeLater }, shared.account),
    revoke,
  }
}

function authorizeOf(client: ClientInUse, servers: Servers, locks: Locks): Authorize {
  const { frame, configuration, shared, view, emit } = client
  const { redirectUri, workspace, member, scopes } = configuration
  const { ways, readAccount, revokeLater: revoke } = servers
  const settings = signInSettings(configuration)
  const maker = {
    prepareAttempt: (wanted: readonly string[]) =>
      prepareAttempt({ ...settings, workspace, scopes: wanted }, frame.platform.now()),
    isOurs: (attempt: PendingAttempt) => isBegunWith(attempt, settings),
  }
  const attempts = createAttempts(frame, maker, nextRequest(shared, { settings, workspace, scopes }))
  const exchanging = { workspace, member, ways, readResponse, readAccount, revoke }
  shared.signIns ??= createSignIns(frame.platform, locks, shared.changes.tell)
  const { signIns } = shared
  const exchange = (attempt: PendingAttempt, parameters: string) =>
    signIns.exchange(attempt.state, () => exchangeCode(frame, exchanging, attempt, parameters))
  const flow = createAuthorize(frame, { redirectUri, scopes, view, attempts, exchange, emit }, signIns)
  return {
    authorize: (asked, opened) => {
      const ending = flow.authorize(asked, opened)
      // Behind the window: it opens first in the click.
      ways.prepare?.()
      return ending
    },
    prepare: () => {
      ways.prepare?.()
      return flow.prepare()
    },
  }
}

/** Finds the request that clients of the page share if they ask alike: a page makes a client for each `t`. */
function nextRequest(shared: SharedGrant, parameters: object): NextRequest {
  shared.nextRequests ??= new Map()
  const key = JSON.stringify(parameters)
  const next = shared.nextRequests.get(key) ?? {}
  shared.nextRequests.set(key, next)
  return next
}

/** The servers that a client was configured with. */
interface Servers {
  ways: TokenWays
  /** Asks the API whose token this is. Never rejects. */
  readAccount(accessToken: string): Promise<AccountAnswer>
  revoke: Flows['revoke']
  /** Does the same for those who don't wait for it. */
  revokeLater(grant: LiveGrant): void
}

function serversOf({ frame, configuration, shared }: ClientInUse): Servers {
  const { platform } = frame
  const { clientId, apiOrigins, revocationEndpoint: url } = configuration

  const revoke = (grant: LiveGrant) => revokeGrant(frame, { url, clientId }, grant)

  return {
    ways: tokenWaysOf(platform, configuration, shared),
    readAccount: (accessToken) => readAccount(platform, apiOrigins[0], accessToken),
    revoke,
    revokeLater: (grant) => void revoke(grant).catch(() => undefined),
  }
}

/** Makes the ways to the token endpoint that a client was configured with. */
export function tokenWaysOf(
  platform: Platform,
  { tokenEndpoint, authorizationEndpoint, t }: Configuration,
  { refusedWays }: SharedGrant,
): TokenWays {
  if (tokenEndpoint === undefined)
    return automaticTokenWays(platform, tokenEndpointBeside(authorizationEndpoint), t, refusedWays)
  return onlyWay(
    typeof tokenEndpoint === 'string' ? directTokenEndpoint(platform, tokenEndpoint, 'json') : tokenEndpoint,
  )
}
