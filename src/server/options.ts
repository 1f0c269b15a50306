import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { check, isBare, isFunctionIfGiven, isText, readApiOrigins, readEndpoint } from '../base/option-check'
import { readAllowedOrigins, readClientSecret, readRedirectUri } from '../base/server-option'
import { API_ORIGIN, TOKEN_ENDPOINT } from '../base/trello'
import type { KeeperEvent } from './events'
import type { GrantStore } from './grant-store'
import type { Seal } from './seal'

/** The options of `createKeeper`. A wrong one throws a `ConfigurationError` with a code of its own. */
export interface KeeperOptions {
  /** The client id of the app settings. */
  clientId: string
  /** The store of the grants. All processes that share it must have clocks that differ by less than five seconds. */
  store: GrantStore
  /** The secret of a confidential client. @default none is sent: a public client */
  clientSecret?: string
  /** The registered callback URL. It is sent as it is with each code. @default `exchange()` names it each time */
  redirectUri?: string | URL
  /** The origins of the Power-Up's pages, for the handler. @default no page is answered */
  allowedOrigins?: readonly (string | URL)[]
  /** The id of the Power-Up, for the handler. @default no page is answered */
  powerUpId?: string
  /** The address of the public keys of `t.jwt()`, for the handler. @default `/1/resource/jwt-public-keys` at the first of `apiOrigins` */
  ticketKeys?: string | URL
  /** The issuer that tickets of `t.jwt()` must name. @default `trello` */
  ticketIssuer?: string
  /** The URL of the token endpoint. @default `https://auth.atlassian.com/oauth/token` */
  tokenEndpoint?: string | URL
  /** The address at which `signOut()` revokes a grant (RFC 7009). @default no revocation */
  revocationEndpoint?: string | URL
  /**
   * The origins that access tokens are sent to, and no others. HTTPS or loopback. The first is the base of relative paths.
   * @default `['https://api.trello.com']`
   */
  apiOrigins?: readonly (string | URL)[]
  /** Called after the fact with what happened. No event holds a secret. @default no listener */
  onEvent?: (event: KeeperEvent) => void
  /** The encryption of what is stored. Choose before the first grant. @default texts are stored as they are */
  seal?: Seal
}

/** The options, checked and complete. */
export interface KeeperConfiguration {
  /** The client id of the app settings. */
  clientId: string
  /** The store of the grants. */
  store: GrantStore
  /** The secret of a confidential client. `undefined`: a public client. */
  clientSecret: string | undefined
  /** The registered callback URL, exactly as it was given. `undefined`: each exchange names its own. */
  redirectUri: string | undefined
  /** The origins of the Power-Up's pages. */
  allowedOrigins: readonly string[]
  /** The id of the Power-Up. */
  powerUpId: string | undefined
  /** The address of the public keys of tickets. `undefined`: that of the first of `apiOrigins`. */
  ticketKeys: string | undefined
  /** The issuer that tickets must name. */
  ticketIssuer: string
  /** The URL of the token endpoint. */
  tokenEndpoint: string
  /** The address at which a grant is revoked. `undefined`: no grant is. */
  revocationEndpoint: string | undefined
  /** The origins that access tokens may be sent to. The first is the base of relative paths. */
  apiOrigins: readonly [string, ...string[]]
  /** The listener for events. */
  onEvent: ((event: KeeperEvent) => void) | undefined
  /** The encryption of what is stored. */
  seal: Seal | undefined
}

/**
 * Checks the options of `createKeeper`, and fills in what was left out.
 * @throws ConfigurationError with one code for each wrong option
 */
export function readKeeperOptions(options: KeeperOptions): KeeperConfiguration {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('invalidClientId', 'createKeeper takes an object with clientId and store.')
  }
  const { clientId, clientSecret, store, powerUpId, onEvent, seal, revocationEndpoint } = options
  const {
    ticketKeys,
    ticketIssuer = 'trello',
    tokenEndpoint = TOKEN_ENDPOINT,
    apiOrigins = [API_ORIGIN],
  } = options
  check(isBare(clientId), 'clientId', 'the client id of the app settings, with nothing around it')
  check(hasMethods(store, ['get', 'compareAndSwap', 'keys']), 'store', 'a GrantStore, such as memoryGrants()')
  const isId = powerUpId === undefined || isBare(powerUpId)
  check(isId, 'powerUpId', 'the id of the Power-Up, with nothing around it')
  check(isText(ticketIssuer), 'ticketIssuer', 'the issuer of the tickets of t.jwt()')
  check(isFunctionIfGiven(onEvent), 'onEvent', 'a function')
  const isSeal = seal === undefined || hasMethods(seal, ['seal', 'open'])
  check(isSeal, 'seal', 'an object with the functions seal() and open()')
  return {
    clientId,
    clientSecret: readClientSecret(clientSecret),
    store,
    redirectUri: options.redirectUri === undefined ? undefined : readRedirectUri(options.redirectUri),
    allowedOrigins: options.allowedOrigins === undefined ? [] : readAllowedOrigins(options.allowedOrigins),
    powerUpId,
    ticketKeys: ticketKeys === undefined ? undefined : readEndpoint(ticketKeys, 'ticketKeys'),
    ticketIssuer,
    tokenEndpoint: readEndpoint(tokenEndpoint, 'tokenEndpoint'),
    revocationEndpoint:
      revocationEndpoint === undefined ? undefined : readEndpoint(revocationEndpoint, 'revocationEndpoint'),
    apiOrigins: readApiOrigins(apiOrigins),
    onEvent,
    seal,
  }
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  const fields = fieldsOf(value)
  return names.every((name) => typeof fields[name] === 'function')
}
