import { ConfigurationError, type ConfigurationErrorCode } from './errors'
import type { ClientEvent } from './events'
import type { BlockedBy } from './grant/grant'
import { check, isText } from './option-check'
import type { Platform } from './platform'
import type { Scope } from './scope-names'
import type { TokenEndpoint } from './token-endpoint/token-endpoint'
import {
  API_ORIGIN,
  AUTHORIZATION_ENDPOINT,
  NOT_LOGGED_IN,
  OFFLINE_ACCESS,
  TOKEN_ENDPOINT,
  type TrelloContext,
  type TrelloFrame,
} from './trello'
import { isTrustworthy } from './trustworthy-url'

export interface ClientOptions<T extends TrelloFrame = TrelloFrame> {
  clientId: string
  /** The registered callback URL, absolute and of the page's own origin. A string is sent as it is. */
  redirectUri: string | URL
  /** `offline_access` is added by the library. */
  scopes: readonly Scope[]
  /** Trello's `t`, which names the workspace and the member. Read once, when the client is made. */
  t?: T
  /** The workspace by hand, for pages outside Trello. */
  workspace?: string
  /** The member by hand, for pages outside Trello. */
  member?: string
  onEvent?: (event: ClientEvent) => void
  tokenEndpoint?: string | URL | TokenEndpoint | ((t: T | undefined) => TokenEndpoint)
  authorizationEndpoint?: string | URL
  /** The first is the base of relative paths. The bearer goes to these origins and nowhere else. */
  apiOrigins?: readonly (string | URL)[]
  revocationEndpoint?: string | URL
  /** Compared exactly with `iss` in authorization responses. */
  issuer?: string
}

/** The options, checked and complete. */
export interface Configuration {
  clientId: string
  redirectUri: string
  scopes: readonly string[]
  workspace?: string
  member?: string
  blockedBy: BlockedBy | undefined
  onEvent?: (event: ClientEvent) => void
  tokenEndpoint: string | TokenEndpoint
  authorizationEndpoint: string
  apiOrigins: readonly [string, ...string[]]
  revocationEndpoint?: string
  issuer?: string
}

/** @throws ConfigurationError with one code for each wrong option */
export function readOptions<T extends TrelloFrame>(
  options: ClientOptions<T>,
  platform: Platform,
): Configuration {
  if (platform.isSecureContext() === false) {
    throw new ConfigurationError(
      'insecureContext',
      'This page is no secure context. Serve it over HTTPS, or from localhost.',
    )
  }
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(
      'invalidClientId',
      'createClient takes an object with clientId, redirectUri and scopes.',
    )
  }
  const {
    clientId,
    onEvent,
    issuer,
    revocationEndpoint,
    authorizationEndpoint = AUTHORIZATION_ENDPOINT,
  } = options
  check(isText(clientId), 'invalidClientId', 'clientId must be the client id of the app settings.')
  check(
    onEvent === undefined || typeof onEvent === 'function',
    'invalidOnEvent',
    'onEvent must be a function.',
  )
  check(
    issuer === undefined || isText(issuer),
    'invalidIssuer',
    'issuer must be the issuer identifier of the server.',
  )
  const place = readPlace(options)
  return {
    clientId,
    redirectUri: readRedirectUri(options.redirectUri, platform.pageOrigin()),
    scopes: readScopes(options.scopes),
    ...place,
    ...(onEvent && { onEvent }),
    tokenEndpoint: readTokenEndpoint(options),
    authorizationEndpoint: readEndpoint(
      authorizationEndpoint,
      'invalidAuthorizationEndpoint',
      'authorizationEndpoint',
    ),
    apiOrigins: readApiOrigins(options.apiOrigins ?? [API_ORIGIN]),
    ...(revocationEndpoint !== undefined && {
      revocationEndpoint: readEndpoint(revocationEndpoint, 'invalidRevocationEndpoint', 'revocationEndpoint'),
    }),
    ...(issuer !== undefined && { issuer }),
  }
}

function readPlace<T extends TrelloFrame>(
  options: ClientOptions<T>,
): Pick<Configuration, 'workspace' | 'member' | 'blockedBy'> {
  const { t, workspace, member } = options
  check(
    workspace === undefined || isText(workspace),
    'invalidWorkspace',
    'workspace must be the id of a workspace.',
  )
  check(member === undefined || isText(member), 'invalidMember', 'member must be the id of a member.')
  const context = t === undefined ? undefined : readContext(t)
  const here = {
    workspace: workspace ?? (context?.organization || undefined),
    member: member ?? (context?.member || undefined),
  }
  const blockedBy =
    here.member === NOT_LOGGED_IN
      ? 'notLoggedIn'
      : context && here.workspace === undefined
        ? 'noWorkspace'
        : undefined
  return {
    ...(here.workspace !== undefined && { workspace: here.workspace }),
    ...(here.member !== undefined && { member: here.member }),
    blockedBy,
  }
}

function readContext(t: TrelloFrame): TrelloContext {
  let cause: unknown
  try {
    const context: unknown = t.getContext()
    if (typeof context === 'object' && context !== null) return context
  } catch (error) {
    cause = error
  }
  const message =
    't.getContext() gave no context. Pass the t of TrelloPowerUp.iframe() or of a capability callback.'
  throw new ConfigurationError('noTrelloContext', message, { cause })
}

function readRedirectUri(redirectUri: string | URL, pageOrigin: string | undefined): string {
  const text = String(redirectUri)
  const url = URL.canParse(text) ? new URL(text) : undefined
  const message = `redirectUri must be an absolute HTTPS URL of this page's origin${pageOrigin ? ` (${pageOrigin})` : ''}, without a fragment.`
  const isRight =
    url &&
    isTrustworthy(url) &&
    !text.includes('#') &&
    (pageOrigin === undefined || url.origin === pageOrigin)
  check(isRight, 'invalidRedirectUri', message)
  return text
}

function readScopes(scopes: readonly string[]): readonly string[] {
  const isRight = Array.isArray(scopes) && scopes.every(isScope)
  check(isRight, 'invalidScopes', 'scopes must be an array of scope names, each without spaces.')
  return [...new Set(scopes)].filter((scope) => scope !== OFFLINE_ACCESS)
}

/** @see RFC 6749, section 3.3 */
export function isScope(scope: unknown): scope is string {
  return typeof scope === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)
}

function readTokenEndpoint<T extends TrelloFrame>({
  tokenEndpoint,
  t,
}: ClientOptions<T>): string | TokenEndpoint {
  const given = typeof tokenEndpoint === 'function' ? tokenEndpoint(t) : (tokenEndpoint ?? TOKEN_ENDPOINT)
  if (typeof given === 'string' || given instanceof URL)
    return readEndpoint(given, 'invalidTokenEndpoint', 'tokenEndpoint')
  const isRight = typeof given?.exchange === 'function' && typeof given.refresh === 'function'
  check(
    isRight,
    'invalidTokenEndpoint',
    'tokenEndpoint must be a URL, a TokenEndpoint, or a function that makes one.',
  )
  return given
}

function readApiOrigins(origins: readonly (string | URL)[]): readonly [string, ...string[]] {
  const message = 'apiOrigins must be a non-empty array of HTTPS origins, such as https://api.trello.com.'
  check(Array.isArray(origins), 'invalidApiOrigins', message)
  const [first, ...rest] = origins.map((origin) => {
    const url = new URL(readEndpoint(origin, 'invalidApiOrigins', 'Each of apiOrigins'))
    check(url.pathname === '/' && url.search === '' && url.hash === '', 'invalidApiOrigins', message)
    return url.origin
  })
  check(first !== undefined, 'invalidApiOrigins', message)
  return [first, ...rest]
}

function readEndpoint(value: string | URL, code: ConfigurationErrorCode, name: string): string {
  const text = String(value)
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isRight = url && isTrustworthy(url) && url.username === '' && url.password === ''
  check(
    isRight,
    code,
    `${name} must be an absolute HTTPS URL without credentials; HTTP is for loopback hosts alone.`,
  )
  return url.href
}
