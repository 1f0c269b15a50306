/**
 * What is unknown about the real Trello, and what may go wrong with it. `choices` holds every position of those that
 * have a fixed set of them; the first is the one that the local Trello starts with.
 */
export interface Switches {
  /**
   * The token endpoint and CORS. `answered`: preflights are answered. `refused`: neither preflights nor answers have CORS
   * headers. `simpleOnly`: preflights have none, answers have them, so that a page can send forms and no JSON.
   * `answeredThenUnreadable`: preflights are answered, and the answers have no CORS headers.
   */
  preflight: Choice<'preflight'>
  /** Which answers of the token endpoint a page may read. `successesOnly`: errors come without CORS headers. */
  cors: Choice<'cors'>
  /**
   * How the token endpoint behaves. "After acting" means that the tokens were rotated before it went wrong. `held`: it acts,
   * and answers once the switch stands elsewhere.
   */
  tokenEndpoint: Choice<'tokenEndpoint'>
  /** Which grant type `tokenEndpoint` and `cors` are about; the other one is answered normally. */
  tokenEndpointFor: Choice<'tokenEndpointFor'>
  /** After so many requests `tokenEndpoint` goes back to `ok`; 0 keeps it as it is. */
  tokenEndpointTimes: number
  /** After so many requests `cors` goes back to `all`; 0 keeps it as it is. */
  corsTimes: number
  /**
   * Whether the authorization server keeps connections open. Chromium and Firefox repeat a POST by themselves when a
   * kept one dies under it, so that with `yes` a lost answer becomes two presentations.
   */
  keepAlive: Choice<'keepAlive'>
  /** How long `slow` waits before it answers. */
  slowMs: number
  /** The `Retry-After` of `429RetryAfter`, in seconds. */
  retryAfterS: number
  /** The `Retry-After` of `429RetryAfter` as text, where it is no number of seconds; empty means `retryAfterS`. */
  retryAfterText: string
  /** The form in which the token endpoint says that a refresh token is dead. */
  deadToken: Choice<'deadToken'>
  /** For so long a used refresh token is answered again. A second use after that revokes the grant; with 0, each one. */
  rotationLeewayMs: number
  /** The answer to a used refresh token within the leeway: the tokens of its first use, or new ones. */
  leewayAnswer: Choice<'leewayAnswer'>
  accessTokenLifetimeS: number
  /** An access token that a refresh has replaced lives for so long at most. */
  replacedAccessTokenLifetimeS: number
  /** A refresh token that is not used for so long is dead. */
  refreshTokenLifetimeS: number
  /** A grant ends so long after the consent, however often its tokens were rotated. */
  grantLifetimeS: number
  /** Another consent of the same person for the same client: what it does to the grants that were there. */
  secondConsent: Choice<'secondConsent'>
  codeLifetimeS: number
  /** An authorization request for a scope that Trello has not, or that the client may not ask for. */
  unknownScope: Choice<'unknownScope'>
  /** The scopes that are switched on for the client, with a space between them; empty means all ten. */
  enabledScopes: string
  /** Written as JSON, what the token endpoint says in `expires_in`; empty means the truth. */
  saysExpiresIn: string
  /** `Cross-Origin-Opener-Policy` of the sign-in and consent pages. */
  authOpenerPolicy: Choice<'authOpenerPolicy'>
  /** `Cross-Origin-Opener-Policy` of the board page, which embeds the Power-Up. */
  boardOpenerPolicy: Choice<'boardOpenerPolicy'>
  /** The `iss` parameter of the authorization response. */
  iss: Choice<'iss'>
  /** What is wrong with the REST API. `always401` answers every request with `always401Text`. */
  api: Choice<'api'>
  /** After so many requests `api` goes back to `ok`; 0 keeps it as it is. */
  apiTimes: number
  always401Text: string
  /** Which limit the 429 of the REST API names. */
  rateLimitCode: Choice<'rateLimitCode'>
  /** What the REST API says to a token that lacks a scope: words of Trello's, also with a 403, or a gateway's in front of it. */
  missingScope: Choice<'missingScope'>
  /** What the REST API says, with a 401, to an access token that has ended. */
  endedAccessToken: Choice<'endedAccessToken'>
  /**
   * The commands behind `t.authorizationCodeExchange` and `t.refreshTokens`. `missing`: the client script has no such
   * functions; a page that is open already keeps what it loaded. `failing`: each call ends in an error. `unanswered`:
   * the page of Trello says nothing.
   */
  hostCommands: Choice<'hostCommands'>
  /** What Trello's page makes of the `t` that asks it for tokens: `t` of a board that is shown no more is refused. */
  hostContext: Choice<'hostContext'>
  /** After so many refusals `hostContext` goes back to `live`; 0 keeps it as it is. */
  hostContextTimes: number
  /**
   * What `t.jwt()` gives: a ticket that is over, signed by a stranger, not signed, signed with the public key for a secret,
   * for another Power-Up, of another member; or an error, or no answer.
   */
  ticket: Choice<'ticket'>
  /** The form in which Trello publishes the keys of these tickets. */
  ticketKeys: Choice<'ticketKeys'>
  /** Whether the tokens that Trello's page hands on have the refresh token among them. */
  hostRefreshToken: Choice<'hostRefreshToken'>
  /** How many requests the REST API takes: the limits of ten seconds, also those for `/members/…`, or all there are. */
  rateLimit: Choice<'rateLimit'>
  /** The policies of the Power-Up's pages. `permissive` blocks nothing and names what `strict` would block. */
  policies: Choice<'policies'>
  /** The clock of the Power-Up's pages that are loaded from now on goes before by so many seconds; behind, below 0. */
  clockOffsetS: number
  /** The headers of the callback page under strict policies: those that the docs give, or none. */
  callbackHeaders: Choice<'callbackHeaders'>
  /** What the Power-Up's host does with those pieces of the library that a page loads when it needs them. */
  laterPieces: Choice<'laterPieces'>
}

/** Every position of the switches that have a fixed set; the first is the default. */
export const choices = {
  preflight: ['answered', 'refused', 'simpleOnly', 'answeredThenUnreadable'],
  cors: ['all', 'successesOnly', 'none'],
  tokenEndpoint: [
    'ok',
    'down',
    'answerLost',
    '429',
    '429RetryAfter',
    '500',
    '503html',
    '503AfterActing',
    '200html',
    '200truncated',
    'noTokenType',
    'noRefreshToken',
    'noScope',
    'noExpiresIn',
    'sameAccessToken',
    'prolongedAccessToken',
    'shortLife',
    'slow',
    'held',
    'hang',
    'invalidClient401',
    'unauthorizedClientOther',
    'grantTypeNotAllowed403',
    'refreshTokenMissing400',
    'accessDenied403',
    'code401',
    'tokenRevoked400',
    'empty400',
    'html403',
    'redirect302',
    'redirect307',
  ],
  tokenEndpointFor: ['any', 'refresh_token', 'authorization_code'],
  leewayAnswer: ['sameTokens', 'newTokens'],
  secondConsent: ['keepsEarlier', 'endsSameWorkspace', 'endsAll'],
  unknownScope: ['invalidScope', 'ignored', 'errorPage'],
  keepAlive: ['no', 'yes'],
  deadToken: ['invalidGrant400', 'invalidGrant403', 'unauthorizedClient403', 'invalidRequest400'],
  authOpenerPolicy: ['none', 'same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'],
  boardOpenerPolicy: ['none', 'same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'],
  iss: ['right', 'wrong', 'absent'],
  api: ['ok', 'down', 'always401', '429', '500', 'nonJson'],
  rateLimitCode: [
    'API_TOKEN_LIMIT_EXCEEDED',
    'API_KEY_LIMIT_EXCEEDED',
    'API_TOKEN_DB_LIMIT_EXCEEDED',
    'API_TOO_MANY_CARDS_REQUESTED',
  ],
  missingScope: ['unauthorizedPermissionRequested', 'missingScopes', 'missingScopes403', 'gateway'],
  endedAccessToken: ['invalidToken', 'expiredToken', 'gateway', 'empty'],
  hostCommands: ['there', 'missing', 'failing', 'unanswered'],
  hostContext: ['live', 'InvalidContext', 'PluginDisabled'],
  ticket: [
    'ok',
    'expired',
    'foreignKey',
    'unsigned',
    'hs256',
    'otherPowerUp',
    'otherMember',
    'failing',
    'unanswered',
  ],
  ticketKeys: ['pem', 'jwks', 'down'],
  hostRefreshToken: ['kept', 'given'],
  rateLimit: ['enforced', 'enforcedForMembersToo', 'counted'],
  policies: ['permissive', 'strict'],
  callbackHeaders: ['strict', 'none'],
  laterPieces: ['served', 'missing', 'cut'],
} as const

/** Reads switches from text, as they come from a query or a form. Names that are no switch are left out. */
export function switchesFromText(entries: Iterable<readonly [string, string]>): Partial<Switches> {
  const found: Record<string, string | number> = {}
  for (const [name, text] of entries) {
    if (!(name in defaults)) continue
    found[name] = typeof defaults[name as keyof Switches] === 'number' ? Number(text) : text
  }
  return found
}

type Choice<Name extends keyof typeof choices> = (typeof choices)[Name][number]

const tenMinutesS = 600
const aDayS = 24 * 3600

/** The positions that the local Trello starts with. */
export const defaults: Switches = {
  preflight: 'answered',
  cors: 'all',
  tokenEndpoint: 'ok',
  tokenEndpointFor: 'any',
  tokenEndpointTimes: 0,
  corsTimes: 0,
  keepAlive: 'no',
  slowMs: 3000,
  retryAfterS: 5,
  retryAfterText: '',
  deadToken: 'invalidGrant400',
  rotationLeewayMs: tenMinutesS * 1000,
  leewayAnswer: 'sameTokens',
  accessTokenLifetimeS: 3600,
  replacedAccessTokenLifetimeS: tenMinutesS,
  refreshTokenLifetimeS: 90 * aDayS,
  grantLifetimeS: 365 * aDayS,
  secondConsent: 'keepsEarlier',
  codeLifetimeS: 300,
  unknownScope: 'invalidScope',
  enabledScopes: '',
  saysExpiresIn: '',
  authOpenerPolicy: 'none',
  boardOpenerPolicy: 'none',
  iss: 'right',
  api: 'ok',
  apiTimes: 0,
  always401Text: 'invalid token',
  rateLimitCode: 'API_TOKEN_LIMIT_EXCEEDED',
  missingScope: 'unauthorizedPermissionRequested',
  endedAccessToken: 'invalidToken',
  hostCommands: 'there',
  hostContext: 'live',
  hostContextTimes: 0,
  ticket: 'ok',
  ticketKeys: 'pem',
  hostRefreshToken: 'kept',
  rateLimit: 'enforced',
  policies: 'permissive',
  clockOffsetS: 0,
  callbackHeaders: 'strict',
  laterPieces: 'served',
}

/** Throws where there is no such switch, or where it has no such position. */
export function assertPosition(name: string, position: unknown): void {
  if (!(name in defaults)) throw new RangeError(`There is no switch "${name}".`)
  if (typeof position !== typeof defaults[name as keyof Switches]) {
    throw new RangeError(`"${name}" takes a ${typeof defaults[name as keyof Switches]}.`)
  }
  if (typeof position === 'number' && !isAllowedNumber(name, position)) {
    throw new RangeError(`"${name}" takes a whole number${name === 'clockOffsetS' ? '' : ' from 0'}.`)
  }
  if (name === 'saysExpiresIn' && position !== '') JSON.parse(String(position))
  if (name in choices) {
    const positions: readonly string[] = choices[name as keyof typeof choices]
    if (!positions.includes(String(position))) {
      throw new RangeError(`"${name}" has no position "${position}". It has: ${positions.join(', ')}.`)
    }
  }
}

function isAllowedNumber(name: string, position: number): boolean {
  return Number.isSafeInteger(position) && (position >= 0 || name === 'clockOffsetS')
}
