/**
 * What is unknown about the real Trello, and what may go wrong with it. `choices` holds every position of those that
 * have a fixed set of them; the first is the one that the local Trello starts with.
 */
export interface Switches {
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
  /** The `Retry-After` of `429RetryAfter`. */
  retryAfterS: number
  /** The form in which the token endpoint says that a refresh token is dead. */
  deadToken: Choice<'deadToken'>
  /** For so long a used refresh token gets the answer of its first use again. 0: a second use revokes the grant. */
  rotationLeewayMs: number
  accessTokenLifetimeS: number
  refreshTokenLifetimeS: number
  codeLifetimeS: number
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
  /** What the REST API says, with a 401, to a token that lacks a scope. */
  missingScope: Choice<'missingScope'>
  /** What Trello's page makes of the `t` that asks it for tokens: `t` of a board that is shown no more is refused. */
  hostContext: Choice<'hostContext'>
  /** After so many refusals `hostContext` goes back to `live`; 0 keeps it as it is. */
  hostContextTimes: number
  /** Whether the tokens that Trello's page hands on have the refresh token among them. */
  hostRefreshToken: Choice<'hostRefreshToken'>
  /** The headers of the callback page: the strict ones that the docs give, or none. */
  callbackHeaders: Choice<'callbackHeaders'>
  /** What the Power-Up's host does with those pieces of the library that a page loads when it needs them. */
  laterPieces: Choice<'laterPieces'>
}

/** Every position of the switches that have a fixed set; the first is the default. */
export const choices = {
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
    'slow',
    'held',
    'hang',
    'invalidClient401',
    'unauthorizedClientOther',
  ],
  tokenEndpointFor: ['any', 'refresh_token', 'authorization_code'],
  keepAlive: ['no', 'yes'],
  deadToken: ['invalidGrant400', 'invalidGrant403', 'unauthorizedClient403', 'invalidRequest400'],
  authOpenerPolicy: ['none', 'same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'],
  boardOpenerPolicy: ['none', 'same-origin', 'same-origin-allow-popups', 'noopener-allow-popups'],
  iss: ['right', 'wrong', 'absent'],
  api: ['ok', 'down', 'always401', '429', '500', 'nonJson'],
  missingScope: ['unauthorizedPermissionRequested', 'missingScopes'],
  hostContext: ['live', 'InvalidContext', 'PluginDisabled'],
  hostRefreshToken: ['kept', 'given'],
  callbackHeaders: ['strict', 'none'],
  laterPieces: ['served', 'missing', 'cut'],
} as const

/** The switches with the means to turn them. */
export interface SwitchBoard {
  get(): Readonly<Switches>
  /** Turns some; throws on a name or a position that doesn't exist, and then turns none. */
  set(changes: Partial<Switches>): void
  reset(): void
  /** Resolves once a switch has been turned. */
  nextTurn(): Promise<void>
  /** The position for one more token request of this kind; counts it. */
  forTokenRequest(grantType: string): Pick<Switches, 'tokenEndpoint' | 'cors'>
  /** The position for one more request of Trello's page for tokens; counts it. */
  forHostRequest(): Switches['hostContext']
  /** The position for one more API request; counts it. */
  forApiRequest(): Switches['api']
}

export function createSwitchBoard(): SwitchBoard {
  let switches: Switches = { ...defaults }
  const waiting = new Set<() => void>()

  const concerns = (grantType: string) =>
    switches.tokenEndpointFor === 'any' || switches.tokenEndpointFor === grantType

  return {
    get: () => switches,
    set(changes) {
      for (const [name, position] of Object.entries(changes)) assertPosition(name, position)
      turn({ ...switches, ...changes })
    },
    reset: () => turn({ ...defaults }),
    nextTurn: () => new Promise((resolve) => waiting.add(resolve)),
    forTokenRequest(grantType) {
      if (!concerns(grantType)) return { tokenEndpoint: 'ok', cors: 'all' }
      const { tokenEndpoint, cors } = switches
      if (tokenEndpoint !== 'ok') countDown('tokenEndpointTimes', { tokenEndpoint: 'ok' })
      if (cors !== 'all') countDown('corsTimes', { cors: 'all' })
      return { tokenEndpoint, cors }
    },
    forHostRequest() {
      const { hostContext } = switches
      if (hostContext !== 'live') countDown('hostContextTimes', { hostContext: 'live' })
      return hostContext
    },
    forApiRequest() {
      const { api } = switches
      if (api !== 'ok') countDown('apiTimes', { api: 'ok' })
      return api
    },
  }

  function countDown(counter: Counter, atZero: Partial<Switches>): void {
    if (switches[counter] === 0) return
    const left = switches[counter] - 1
    turn({ ...switches, [counter]: left, ...(left === 0 ? atZero : {}) })
  }

  function turn(turned: Switches): void {
    switches = turned
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
}

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
type Counter = 'tokenEndpointTimes' | 'corsTimes' | 'apiTimes' | 'hostContextTimes'

const ninetyDaysS = 90 * 24 * 3600

const defaults: Switches = {
  cors: 'all',
  tokenEndpoint: 'ok',
  tokenEndpointFor: 'any',
  tokenEndpointTimes: 0,
  corsTimes: 0,
  keepAlive: 'no',
  slowMs: 3000,
  retryAfterS: 5,
  deadToken: 'invalidGrant400',
  rotationLeewayMs: 0,
  accessTokenLifetimeS: 3600,
  refreshTokenLifetimeS: ninetyDaysS,
  codeLifetimeS: 300,
  authOpenerPolicy: 'none',
  boardOpenerPolicy: 'none',
  iss: 'right',
  api: 'ok',
  apiTimes: 0,
  always401Text: 'invalid token',
  missingScope: 'unauthorizedPermissionRequested',
  hostContext: 'live',
  hostContextTimes: 0,
  hostRefreshToken: 'kept',
  callbackHeaders: 'strict',
  laterPieces: 'served',
}

function assertPosition(name: string, position: unknown): void {
  if (!(name in defaults)) throw new RangeError(`There is no switch "${name}".`)
  if (typeof position !== typeof defaults[name as keyof Switches]) {
    throw new RangeError(`"${name}" takes a ${typeof defaults[name as keyof Switches]}.`)
  }
  if (typeof position === 'number' && !(Number.isSafeInteger(position) && position >= 0)) {
    throw new RangeError(`"${name}" takes a whole number from 0.`)
  }
  if (name in choices) {
    const positions: readonly string[] = choices[name as keyof typeof choices]
    if (!positions.includes(String(position))) {
      throw new RangeError(`"${name}" has no position "${position}". It has: ${positions.join(', ')}.`)
    }
  }
}
