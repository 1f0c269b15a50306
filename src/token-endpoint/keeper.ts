import { promised, within } from '../base/async'
import { HOST_ANSWER_MS, TICKET_USE_MS } from '../base/durations'
import { ConfigurationError } from '../base/errors'
import { fieldsOf, parseObject } from '../base/fields'
import { check, readEndpoint } from '../base/option-check'
import { browserPlatform, type Platform } from '../base/platform'
import type { TrelloFrame } from '../base/trello'
import { answerOf } from './answer'
import { exchangeFields, isAnswered, postFields } from './direct'
import { hostFailure } from './host-failure'
import { INVALID_TICKET } from './keeper-error'
import { shown } from './shown'
import type { ExchangeRequest, TokenAnswer, TokenEndpoint } from './token-endpoint'

/**
 * The token endpoint at a keeper's handler, for `createClient({ t, tokenEndpoint: keeperTokenEndpoint(url) })`. The keeper
 * exchanges the code and keeps the refresh token. The frame gets only access tokens. Each request carries a ticket of
 * `t.jwt()`, by which the keeper knows the member.
 * @returns a function that throws ConfigurationError: `noTrelloContext` without a `t`, `invalidTokenEndpoint` where its `t`
 * has no `jwt()`
 * @throws ConfigurationError `invalidTokenEndpoint` for an address that is no HTTPS URL
 * @see https://developer.atlassian.com/cloud/trello/power-ups/client-library/t-jwt/
 * @example
 * const client = createClient({
 *   clientId: 'your-client-id',
 *   redirectUri: new URL('callback.html', document.baseURI),
 *   scopes: ['read:board:trello'],
 *   t: TrelloPowerUp.iframe(),
 *   tokenEndpoint: keeperTokenEndpoint('https://api.your-power-up.example/token'),
 * })
 */
export function keeperTokenEndpoint(url: string | URL): (t: TrelloFrame | undefined) => TokenEndpoint {
  return keeperTokenEndpointIn(browserPlatform, url)
}

/** Makes the same in another platform, for tests. */
export function keeperTokenEndpointIn(
  platform: Platform,
  address: string | URL,
): (t: TrelloFrame | undefined) => TokenEndpoint {
  const url = readEndpoint(address, 'tokenEndpoint')
  return (t) => {
    if (!t) {
      const message =
        'keeperTokenEndpoint asks Trello for a ticket: pass createClient the t of TrelloPowerUp too.'
      throw new ConfigurationError('noTrelloContext', message)
    }
    check(
      hasTickets(t),
      'tokenEndpoint',
      'used with a t that has jwt(): load the newest power-up.min.js from Trello',
    )
    return endpointOf(platform, url, t)
  }
}

/** A `t` that gives tickets. */
interface FrameWithTickets extends TrelloFrame {
  /** Gives a JWT that Trello has signed. It names the member, the board and the Power-Up, and lives for fifteen minutes. */
  jwt(options: object): PromiseLike<unknown>
}

function hasTickets(t: TrelloFrame): t is FrameWithTickets {
  return typeof fieldsOf(t).jwt === 'function'
}

function endpointOf(platform: Platform, url: string, t: FrameWithTickets): TokenEndpoint {
  const workspace = t.getContext().organization
  const tickets = createTickets(platform, t)

  async function send(fields: Record<string, string>, given: readonly string[]): Promise<TokenAnswer> {
    const all = { ...fields, ...(workspace && { workspace }) }
    try {
      const ticket = tickets.known() ?? (await tickets.ask())
      const headers = { authorization: `Bearer ${ticket}` }
      const request = { url, format: 'json', fields: all, headers } as const
      const secrets = [ticket, ...given]
      // A keeper sends no refresh token, and the frame must not keep one.
      const answer = await answerOf(() => postFields(platform, request, secrets), secrets, true)
      // The clocks differ, or Trello has changed its key: the keeper has done nothing, and a new ticket may do.
      if (isTicketRefused(answer)) tickets.forget()
      return answer
    } catch (error) {
      return hostFailure(error, given)
    }
  }

  /** Sends a code once more where a ticket that was asked for before is refused. A refresh is repeated by whoever asks for it. */
  async function exchange(request: ExchangeRequest): Promise<TokenAnswer> {
    const post = () => send(exchangeFields(request), [request.code, request.codeVerifier])
    const isTicketNew = tickets.known() === undefined
    // The person has consented, and Trello gives a hidden tab no ticket before it is shown again.
    if (isTicketNew) await shown(platform)
    const answer = await post()
    return isTicketRefused(answer) && !isTicketNew ? post() : answer
  }

  return {
    holdsRefreshToken: true,
    way: 'keeper',
    url,
    prepare: () => {
      if (tickets.known() === undefined) tickets.ask().catch(() => undefined)
    },
    exchange,
    // Without a ticket it sends later. The keeper has a lease of its own, which the frame's can't upset.
    refresh: ({ clientId, accessToken }) =>
      send(
        {
          grant_type: 'refresh_token',
          client_id: clientId,
          ...(accessToken !== undefined && { access_token: accessToken }),
        },
        accessToken === undefined ? [] : [accessToken],
      ),
    isReachable: () => isAnswered(platform, url),
  }
}

/** The tickets of one `t`. */
interface Tickets {
  /** Gives a ticket that was asked for less than five minutes ago. */
  known(): string | undefined
  /** Asks Trello for one. Rejects where it gives no ticket within three seconds. */
  ask(): Promise<string>
  /** Drops the one that is known. */
  forget(): void
}

function createTickets(platform: Platform, t: FrameWithTickets): Tickets {
  let ticket: string | undefined
  let usableUntil = 0
  let asking: Promise<string> | undefined
  let unanswered: Promise<unknown> | undefined

  /** Sends the command. Those of a hidden tab pile up and run when it is shown again, so a second one waits until then. */
  function command(): Promise<unknown> {
    if (unanswered && !platform.isVisible()) return unanswered
    const sent = promised(async () => t.jwt({}))
    const settled = () => {
      if (unanswered === sent) unanswered = undefined
    }
    sent.then(settled, settled)
    unanswered = sent
    return sent
  }

  async function askTrello(): Promise<string> {
    const askedAt = platform.monotonicNow()
    const given = await within(platform, HOST_ANSWER_MS, command(), () => {
      throw new Error('t.jwt() gave no answer.')
    })
    if (typeof given !== 'string' || given === '') throw new Error('t.jwt() gave no ticket.')
    ticket = given
    usableUntil = askedAt + Math.min(TICKET_USE_MS, lifeLeft(given, platform.now()))
    return given
  }

  return {
    known: () => (platform.monotonicNow() < usableUntil ? ticket : undefined),
    ask: () => {
      asking ??= askTrello().finally(() => {
        asking = undefined
      })
      return asking
    },
    forget: () => {
      usableUntil = 0
    },
  }
}

/** Returns the milliseconds for which a ticket lives on by its own words: Trello gives one out again for most of its life. */
function lifeLeft(ticket: string, now: number): number {
  try {
    const base64 = ticket.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? ''
    const { exp } = parseObject(atob(base64)) ?? {}
    return typeof exp === 'number' ? exp * 1_000 - now : TICKET_USE_MS
  } catch {
    return TICKET_USE_MS // the keeper will say what it thinks of it
  }
}

function isTicketRefused(answer: TokenAnswer): boolean {
  return answer.kind === 'retryable' && answer.status === 401 && answer.serverError === INVALID_TICKET
}
