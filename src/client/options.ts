import { ConfigurationError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import {
  check,
  isBare,
  isFunctionIfGiven,
  isText,
  isTextIfGiven,
  readApiOrigins,
  readEndpoint,
  readScopes,
} from '../base/option-check'
import type { Platform } from '../base/platform'
import type { Scope } from '../base/scopes'
import {
  API_ORIGIN,
  AUTHORIZATION_ENDPOINT,
  NOT_LOGGED_IN,
  type TrelloContext,
  type TrelloFrame,
} from '../base/trello'
import { isAddress, verbatimUrl } from '../base/url'
import type { BlockedBy } from '../grant/auth-state'
import type { TokenEndpoint } from '../token-endpoint/token-endpoint'

/** The options of `createClient`. A wrong one throws a `ConfigurationError` with a code of its own. */
export interface ClientOptions<T extends TrelloFrame = TrelloFrame> {
  /** The client id from the app settings. It is public. */
  clientId: string
  /** The registered callback URL, absolute and of the page's own origin. A string is sent character for character. */
  redirectUri: string | URL
  /** The scopes to ask for. `offline_access` is added by the library. */
  scopes: readonly Scope[]
  /** Trello's `t`, which names the workspace and the member. It is read once, when the client is made. @default no `t` */
  t?: T
  /** The id of the workspace, for pages outside Trello. @default the organization of `t`, or no workspace */
  workspace?: string
  /** The id of the member, for pages outside Trello. @default the member of `t`, or whoever uses the browser profile */
  member?: string
  /** Called after the fact with what happened, for logs and telemetry. No event holds a secret. @default no listener */
  onEvent?: (event: ClientEvent) => void
  /**
   * The way to the token endpoint: a URL that the frame asks with JSON, an object that asks, or a function from `t` to one.
   * @default `/oauth/token` at the origin of `authorizationEndpoint`, asked in the first way that works: by the frame with JSON,
   * by the Trello page with the same code, by the frame with a form
   */
  tokenEndpoint?: string | URL | TokenEndpoint | ((t: T | undefined) => TokenEndpoint)
  /** The address of the consent page. HTTPS or loopback. @default `https://auth.atlassian.com/authorize` */
  authorizationEndpoint?: string | URL
  /**
   * The origins that the access token is sent to, and no others. HTTPS or loopback. The first is the base of relative paths.
   * @default `['https://api.trello.com']`
   */
  apiOrigins?: readonly (string | URL)[]
  /** The address at which `signOut()` revokes the grant (RFC 7009). Trello documents no such address. @default no revocation */
  revocationEndpoint?: string | URL
  /**
   * The issuer identifier, compared exactly with `iss` in authorization responses.
   * @default any issuer of the authorization endpoint's origin
   */
  issuer?: string
}

/** The options, checked and complete. */
export interface Configuration {
  /** The client id from the app settings. */
  clientId: string
  /** The address of the callback page, exactly as it was given. */
  redirectUri: string
  /** The scopes to ask for, without `offline_access`. */
  scopes: readonly string[]
  /** The id of the workspace. `undefined`: the grant is for no particular one. */
  workspace: string | undefined
  /** The id of the member. `undefined`: whoever uses the browser profile. */
  member: string | undefined
  /** The reason why nobody can sign in here. `undefined`: there is no such reason. */
  blockedBy: BlockedBy | undefined
  /** The listener for events. `undefined`: there is no listener. */
  onEvent: ((event: ClientEvent) => void) | undefined
  /** The token endpoint: its address, or an object that asks it. `undefined`: the automatic endpoint. */
  tokenEndpoint: string | TokenEndpoint | undefined
  /** The `t` of the client, for tokens through the Trello page. */
  t: TrelloFrame | undefined
  /** The address of the consent page. */
  authorizationEndpoint: string
  /** The origins that the access token may be sent to. The first is the base of relative paths. */
  apiOrigins: readonly [string, ...string[]]
  /** The address at which a grant is revoked. `undefined`: no grant is. */
  revocationEndpoint: string | undefined
  /** The only issuer whose responses count. `undefined`: any issuer of the same origin as the consent page. */
  issuer: string | undefined
}

/**
 * Checks the options of `createClient`, and fills in what was left out.
 * @throws ConfigurationError with one code for each wrong option
 */
export function readOptions<T extends TrelloFrame>(
  options: ClientOptions<T>,
  platform: Platform,
): Configuration {
  if (platform.isSecureContext() === false) {
    const message = 'This page is no secure context. Serve it over HTTPS, or from localhost.'
    throw new ConfigurationError('insecureContext', message)
  }
  if (typeof options !== 'object' || options === null) {
    const message = 'createClient takes an object with clientId, redirectUri and scopes.'
    throw new ConfigurationError('invalidClientId', message)
  }
  const {
    clientId,
    onEvent,
    issuer,
    revocationEndpoint,
    authorizationEndpoint = AUTHORIZATION_ENDPOINT,
    apiOrigins = [API_ORIGIN],
  } = options
  check(isBare(clientId), 'clientId', 'the client id of the app settings, with nothing around it')
  check(isFunctionIfGiven(onEvent), 'onEvent', 'a function')
  const isIssuer = issuer === undefined || (isText(issuer) && verbatimUrl(issuer))
  check(isIssuer, 'issuer', 'the issuer identifier of the server, an absolute HTTPS URL')
  return {
    clientId,
    redirectUri: readRedirectUri(options.redirectUri, platform.pageOrigin()),
    scopes: readScopes(options.scopes),
    ...readPlace(options),
    onEvent,
    tokenEndpoint: readTokenEndpoint(options),
    t: options.t,
    authorizationEndpoint: readEndpoint(authorizationEndpoint, 'authorizationEndpoint'),
    apiOrigins: readApiOrigins(apiOrigins),
    revocationEndpoint:
      revocationEndpoint === undefined ? undefined : readEndpoint(revocationEndpoint, 'revocationEndpoint'),
    issuer,
  }
}

function readPlace<T extends TrelloFrame>(
  options: ClientOptions<T>,
): Pick<Configuration, 'workspace' | 'member' | 'blockedBy'> {
  const { t } = options
  check(isTextIfGiven(options.workspace), 'workspace', 'the id of a workspace')
  check(isTextIfGiven(options.member), 'member', 'the id of a member')
  const context = t === undefined ? undefined : readContext(t)
  const workspace = options.workspace ?? (context?.organization || undefined)
  const member = options.member ?? (context?.member || undefined)
  const isNowhere = context !== undefined && workspace === undefined
  return {
    workspace,
    member,
    blockedBy: member === NOT_LOGGED_IN ? 'notLoggedIn' : isNowhere ? 'noWorkspace' : undefined,
  }
}

function readContext(t: TrelloFrame): TrelloContext {
  let cause: unknown
  try {
    const context = t.getContext()
    const { organization, member } = context
    const areTexts = [organization, member].every((id) => !id || isText(id))
    // A promise names no workspace either, and would pass for a board without one.
    if (areTexts && !('then' in context)) return { organization, member }
  } catch (error) {
    cause = error
  }
  const message =
    't.getContext() gave no context. Pass the t of TrelloPowerUp.iframe() or of a capability callback.'
  throw new ConfigurationError('noTrelloContext', message, { cause })
}

function readRedirectUri(redirectUri: string | URL, pageOrigin: string | undefined): string {
  const url = verbatimUrl(redirectUri)
  const hint = pageOrigin === 'null' ? ', as of a file, or in a sandbox without allow-same-origin' : ''
  const here = pageOrigin === undefined ? '' : ` (${pageOrigin}${hint})`
  check(
    url && (pageOrigin === undefined || url.origin === pageOrigin),
    'redirectUri',
    `an absolute HTTPS URL of this page's origin${here}, without a fragment, credentials or spaces`,
  )
  return String(redirectUri)
}

function readTokenEndpoint<T extends TrelloFrame>({
  tokenEndpoint,
  t,
}: ClientOptions<T>): string | TokenEndpoint | undefined {
  if (tokenEndpoint === undefined) return undefined
  const must = 'a URL, a TokenEndpoint, or a function that makes one'
  let given: string | URL | TokenEndpoint
  try {
    given = typeof tokenEndpoint === 'function' ? tokenEndpoint(t) : tokenEndpoint
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    check(false, 'tokenEndpoint', must, cause)
  }
  if (isAddress(given)) return readEndpoint(given, 'tokenEndpoint')
  const isRight = typeof given?.exchange === 'function' && typeof given.refresh === 'function'
  // Both are stored, and compared as texts.
  const areTexts = isRight && isTextIfGiven(given.url) && isTextIfGiven(given.way)
  check(areTexts, 'tokenEndpoint', `${must}; its url and way are texts`)
  return given
}
