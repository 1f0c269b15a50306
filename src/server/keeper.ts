import type { Platform } from '../base/platform'
import { type Broker, type BrokerOptions, createBroker } from './broker'
import { createKeeperClient, type KeeperClient, type KeeperState } from './client'
import { type CodeExchange, exchangeCode } from './exchange'
import { createHandler, type KeeperHandler } from './handler'
import { createKeeping } from './keeping'
import { readKey } from './key'
import { type KeeperOptions, readKeeperOptions } from './options'
import { serverPlatform } from './platform'
import { createTick, type TickSummary } from './tick'

/**
 * Grants on a server: a frozen object of functions that don't use `this`. Any number of processes may have keepers over one
 * store. There is nothing to dispose of. A timer outlives a call only where the store fails, and it keeps no process alive.
 */
export interface Keeper {
  /**
   * Makes a client for the grant under a key. It is cheap: make one for each use.
   * @param key any text that is not empty, such as one of `grantKey()`
   * @throws ConfigurationError `invalidKey`
   */
  client(key: string): KeeperClient
  /**
   * Makes a grant of a code that your own route received, and stores it under the key. It replaces an older one. A code is
   * sent once, and only where the store takes writes. One that comes again, as where a browser loads the route again, or
   * twice at the same moment, resolves with the state of the grant that it brought. Where the key is one of `grantKey()` with
   * a member, the account of the tokens must be that member. Settles within 12 seconds.
   * @throws AuthorizationError: `exchangeFailed` (`cause` says why), `accountMismatch`, `aborted` where `signOut()` came
   * between, `superseded` by another exchange with other scopes; ConfigurationError for a wrong argument
   */
  exchange(key: string, exchange: CodeExchange): Promise<KeeperState>
  /**
   * Answers frames with `keeperTokenEndpoint(url)`: they consent in the browser, and their refresh tokens live here. A ticket of
   * `t.jwt()` says which member asks.
   * @throws ConfigurationError when it is read, where `powerUpId`, `allowedOrigins` or `redirectUri` is left out
   */
  readonly handler: KeeperHandler
  /**
   * Makes a handler for workers that may only read access tokens: `Authorization: Bearer <secret>` and `?key=`.
   * @throws ConfigurationError `invalidSecret`
   */
  broker(options: BrokerOptions): Broker
  /**
   * Does what is due for all grants, for a timer of your own or a cron job: presents again what a process left that died,
   * renews what was not used for 60 days, tells `onEvent` what ends within 14 days, and stores what could not be stored. Eight
   * grants at a time; one that fails stops no other.
   * @throws TokenEndpointError `storageUnavailable` where the store gives no list of its keys within 30 seconds
   */
  tick(): Promise<TickSummary>
}

/**
 * Makes a keeper. It is synchronous, and opens nothing before it is used.
 * @throws ConfigurationError with a code for each wrong option
 * @example
 * const keeper = createKeeper({ clientId: 'your-client-id', clientSecret: 'its secret', store: memoryGrants() })
 * const me = await keeper.client(grantKey({ workspace, member })).api.get('/1/members/me')
 */
export function createKeeper(options: KeeperOptions): Keeper {
  return createKeeperIn(serverPlatform, options)
}

/** Makes a keeper on a platform of its own, for tests. */
export function createKeeperIn(platform: Platform, options: KeeperOptions): Keeper {
  const keeping = createKeeping(platform, readKeeperOptions(options))
  let handler: KeeperHandler | undefined
  return Object.freeze<Keeper>({
    client: (key) => createKeeperClient(keeping, readKey(key)),
    exchange: (key, exchange) => exchangeCode(keeping, key, exchange),
    get handler() {
      handler ??= createHandler(keeping)
      return handler
    },
    broker: (options) => createBroker(keeping, options),
    tick: createTick(keeping),
  })
}
