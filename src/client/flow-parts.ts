import { noValue } from '../base/async'
import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import { tokenEndpointBeside } from '../base/trello'
import type { Frame } from '../grant/frame'
import type { GrantView, LiveGrant } from '../grant/grant'
import { createLocks, type Locks } from '../grant/lock'
import { type AccountAnswer, readAccount } from '../sign-in/account'
import { revokeGrant } from '../token/revocation'
import { automaticTokenWays } from '../token-endpoint/automatic'
import { directTokenEndpoint } from '../token-endpoint/direct'
import { onlyWay, type TokenWays } from '../token-endpoint/ways'
import type { Configuration } from './options'
import type { SharedGrant } from './shared-grant'

export { searchOwners } from './owner-search'

// The parts that refreshing and signing in both need. They are loaded on demand, beside the one or the other.

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

/** The servers that a client was configured with. */
export interface Servers {
  /** The ways to ask for tokens. */
  ways: TokenWays
  /** Asks the API whose token this is. Never rejects. */
  readAccount(accessToken: string): Promise<AccountAnswer>
  /** Gives up a grant at the revocation endpoint, unless there is a newer one. Without an endpoint it does nothing. */
  revoke(grant: LiveGrant): Promise<void>
  /** Does the same for those who don't wait for it. */
  revokeLater(grant: LiveGrant): void
}

/** Makes the servers of one client. */
export function serversOf({ frame, configuration, shared }: Omit<ClientInUse, 'view' | 'emit'>): Servers {
  const { platform } = frame
  const { clientId, apiOrigins, revocationEndpoint: url } = configuration

  const revoke = (grant: LiveGrant) => revokeGrant(frame, { url, clientId }, grant)

  return {
    ways: tokenWaysOf(platform, configuration, shared),
    readAccount: (accessToken) => readAccount(platform, apiOrigins[0], accessToken),
    revoke,
    revokeLater: (grant) => void revoke(grant).catch(noValue),
  }
}

/** Makes the ways to the token endpoint that a client was configured with. */
export function tokenWaysOf(
  platform: Platform,
  { tokenEndpoint, authorizationEndpoint, t }: Configuration,
  { refusedWays }: Pick<SharedGrant, 'refusedWays'>,
): TokenWays {
  if (tokenEndpoint === undefined)
    return automaticTokenWays(platform, tokenEndpointBeside(authorizationEndpoint), t, refusedWays)
  return onlyWay(
    typeof tokenEndpoint === 'string' ? directTokenEndpoint(platform, tokenEndpoint, 'json') : tokenEndpoint,
  )
}

/** Gives the locks of a page for one grant. They are made at the first use. */
export function locksOf(platform: Platform, grant: { pageLocks?: Locks }): Locks {
  grant.pageLocks ??= createLocks(platform)
  return grant.pageLocks
}
