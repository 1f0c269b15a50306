import { callSafely, noValue } from '../base/async'
import type { GrantEvent } from '../base/events'
import { fieldsOf } from '../base/fields'
import type { Platform } from '../base/platform'
import type { LiveGrant } from '../grant/grant'
import type { KeyValueStore } from '../grant/key-value-store'
import { type AccountAnswer, createMemberCheck, readAccount } from '../sign-in/account'
import { accessToken, type TokenNeed } from '../token/access-token'
import { revokeGrant } from '../token/revocation'
import type { RefreshClient } from '../token/rotation'
import { directTokenEndpoint } from '../token-endpoint/direct'
import { onlyWay, type TokenWays } from '../token-endpoint/ways'
import { openClientValues } from './client-values'
import type { KeeperEvent } from './events'
import type { KeptGrant } from './kept-grant'
import { createKeptGrants } from './kept-grants'
import { placeOf } from './key'
import type { KeeperConfiguration } from './options'
import { openStoredValues } from './stored-values'

/** The parts of one keeper that all its calls share. */
export interface Keeping {
  /** The facilities of the server. */
  readonly platform: Platform
  /** The options, checked and complete. */
  readonly configuration: KeeperConfiguration
  /** The stored values. */
  readonly storage: KeyValueStore
  /** The ways to the token endpoint. */
  readonly ways: TokenWays
  /** Opens the grant of a key. */
  open(key: string): KeptGrant
  /** Gives the grant of a key if it is open. */
  opened(key: string): KeptGrant | undefined
  /**
   * Resolves with an access token of this grant that is good now, and refreshes if necessary.
   * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError; the reason of the signal
   */
  accessToken(grant: KeptGrant, need?: TokenNeed): Promise<string>
  /** Asks the API whose token this is. Never rejects. */
  readAccount(accessToken: string): Promise<AccountAnswer>
  /** Gives up tokens at the revocation endpoint, unless there is a newer grant under the key. Never rejects. */
  revoke(grant: KeptGrant, tokens: LiveGrant): Promise<void>
  /** Tells an event. What the listener throws is reported, and breaks nothing. */
  emit(event: KeeperEvent): void
}

/** Makes what all parts of one keeper share. Nothing is asked or opened yet. */
export function createKeeping(platform: Platform, configuration: KeeperConfiguration): Keeping {
  const { clientId, clientSecret, apiOrigins, revocationEndpoint: url, onEvent } = configuration
  const { store, seal } = configuration
  const storage = openClientValues(openStoredValues(platform, store, seal), clientId)
  const grants = createKeptGrants(platform, storage)
  // Whether pages may read its answers is no question on a server.
  const { isReachable: _, ...endpoint } = directTokenEndpoint(
    platform,
    configuration.tokenEndpoint,
    'form',
    clientSecret,
  )
  const ways = onlyWay(endpoint)

  function emit(event: KeeperEvent): void {
    callSafely(platform, () => {
      const told: unknown = onEvent?.(event)
      // A rejection that nobody handles would end the process.
      if (typeof fieldsOf(told).then === 'function') Promise.resolve(told).catch(platform.reportError)
    })
  }

  function revoke({ store }: KeptGrant, tokens: LiveGrant): Promise<void> {
    return revokeGrant({ platform, store }, { url, clientId, clientSecret }, tokens).catch(noValue)
  }

  const readOwner = (token: string) => readAccount(platform, apiOrigins[0], token)

  return {
    platform,
    configuration,
    storage,
    ways,
    open: grants.open,
    opened: grants.opened,
    accessToken: (grant, need) => {
      const { key, store, refresh, account } = grant
      const { member } = placeOf(key)
      const tell = (event: GrantEvent) => emit({ key, ...event })
      const revokeLater = (tokens: LiveGrant) => void revoke(grant, tokens)
      const client: RefreshClient = { clientId, ways, emit: tell, revoke: revokeLater }
      const checking = { member, readAccount: readOwner, revoke: revokeLater }
      const flow = {
        refresh: (asked: TokenNeed) => refresh.accessToken(client, asked),
        checkMember: createMemberCheck({ platform, store }, checking, account),
      }
      const loadFlow = async () => flow
      return grant.during(accessToken({ platform, store }, { member, loadFlow, emit: tell }, need))
    },
    readAccount: readOwner,
    revoke,
    emit,
  }
}
