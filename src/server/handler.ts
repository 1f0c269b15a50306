import { noValue } from '../base/async'
import { CLOCK_TOLERANCE_MS, COOL_DOWN_MS, YOUNG_TOKEN_MS } from '../base/durations'
import { AuthorizationError, NotAuthorizedError, TokenEndpointError, TokenExpiredError } from '../base/errors'
import { check } from '../base/option-check'
import { liveGrant } from '../grant/grant'
import type { AccountAnswer } from '../sign-in/account'
import type { TokenNeed } from '../token/access-token'
import { renewalTime } from '../token/renewal'
import { admitPost, json, refusal, retryAfter } from '../token-endpoint/cross-origin-answer'
import { ACCOUNT_MISMATCH, INVALID_TICKET, WORKSPACE_MISMATCH } from '../token-endpoint/keeper-error'
import { readFields } from '../token-endpoint/posted-fields'
import { waitedFor } from '../token-endpoint/runtime-context'
import { type Asked, readAsked } from './asked'
import { exchangeCode } from './exchange'
import { type GivenToken, givenToken } from './given-token'
import type { Keeping } from './keeping'
import { grantKey } from './key'
import { createTicketCheck } from './ticket'
import { proveWorkspace } from './workspace-proof'

/**
 * Answers one request of a frame, whatever its path. Where the platform stops what it does for a caller that goes away, pass
 * on its context, the one with `waitUntil()`: a code that has been sent is stored, or lost. What else a platform hands over is
 * ignored, so the handler can be its `fetch` as it is.
 */
export type KeeperHandler = (request: Request, ...contexts: readonly unknown[]) => Promise<Response>

/**
 * Makes the handler for frames with `keeperTokenEndpoint(url)`. It never gives out a refresh token, and an access token only
 * to the member whose ticket it was asked with.
 * @throws ConfigurationError where the keeper was made without `powerUpId`, `allowedOrigins` or `redirectUri`
 */
export function createHandler(keeping: Keeping): KeeperHandler {
  const { platform, configuration } = keeping
  const { powerUpId, allowedOrigins, redirectUri, apiOrigins, ticketIssuer } = configuration
  check(powerUpId !== undefined, 'powerUpId', "the id of the Power-Up, for the keeper's handler")
  check(
    allowedOrigins.length > 0,
    'allowedOrigins',
    "the origins of the Power-Up's pages, for the keeper's handler",
  )
  check(redirectUri !== undefined, 'redirectUri', "the registered callback URL, for the keeper's handler")
  const origins = new Set(allowedOrigins)
  const keysUrl = configuration.ticketKeys ?? `${apiOrigins[0]}/1/resource/jwt-public-keys`
  const checkTicket = createTicketCheck(platform, { powerUpId, keysUrl, issuer: ticketIssuer })
  const expected = { clientId: configuration.clientId, redirectUri }

  async function answer(request: Request, headers: Record<string, string>): Promise<Response> {
    const ticket = await checkTicket(request.headers.get('authorization'))
    if (ticket.kind === 'unavailable') return busy("Trello's public keys can't be read now.", headers)
    if (ticket.kind === 'refused') {
      const words = `The ticket of t.jwt() is refused: ${ticket.reason}.`
      return refusal(401, INVALID_TICKET, words, {
        ...headers,
        'www-authenticate': 'Bearer error="invalid_token"',
      })
    }
    const fields = await readFields(request)
    if (fields === 'tooLarge') return refusal(413, 'invalid_request', 'The body is too large.', headers)
    const asked = fields && readAsked(fields, expected)
    if (!asked || typeof asked === 'string') {
      return refusal(400, 'invalid_request', asked ?? 'The body is damaged.', headers)
    }
    const { member, board } = ticket
    const key = grantKey({ workspace: asked.workspace, member })
    return asked.kind === 'exchange'
      ? exchange(keeping, { asked, key, member, board }, headers)
      : refresh(keeping, { asked, key }, headers)
  }

  return async (request, ...contexts) => {
    const headers = admitPost(request, origins, 'Accept, Authorization, Content-Type')
    if (headers instanceof Response) return headers
    if (!isReadable(request.headers.get('content-type'))) {
      return refusal(415, 'invalid_request', 'Send JSON or a form.', headers)
    }
    const answered = answer(request, headers).catch((error) => {
      platform.reportError(error)
      return refusal(500, 'server_error', 'The keeper failed.', headers)
    })
    waitedFor(contexts, answered)
    return answered
  }
}

function isReadable(contentType: string | null): boolean {
  return /^\s*application\/(?:json|x-www-form-urlencoded)\s*(?:;|$)/i.test(contentType ?? '')
}

/** Makes a grant of a code, if its account and its workspace are what the ticket and the frame say. */
async function exchange(
  keeping: Keeping,
  {
    asked: { code, codeVerifier, workspace },
    key,
    member,
    board,
  }: { asked: Extract<Asked, { kind: 'exchange' }>; key: string; member: string; board: string | undefined },
  headers: Record<string, string>,
): Promise<Response> {
  const { platform, configuration } = keeping
  let refused: Response | undefined

  async function admit(accessToken: string, account: AccountAnswer | undefined): Promise<void> {
    refused = accountRefusal(account, member, headers)
    if (refused || workspace === undefined) return
    const place = { workspace, board }
    const proof = await proveWorkspace(platform, configuration.apiOrigins[0], accessToken, place)
    if (proof === 'noAnswer')
      refused = busy("The API didn't say whether the token reaches the workspace.", headers)
    else if (proof !== 'proven') refused = refusal(403, WORKSPACE_MISMATCH, UNPROVEN[proof], headers)
  }

  try {
    await exchangeCode(keeping, key, { code, codeVerifier }, async (accessToken, account) => {
      await admit(accessToken, account)
      if (refused) throw new Error('The tokens are dropped.')
    })
    return tokens(await givenToken(keeping, key), headers)
  } catch (error) {
    return refused ?? failure(error, headers)
  }
}

const UNPROVEN = {
  refuted: 'The tokens are not for the workspace that the frame names.',
  closed:
    'The tokens prove no workspace: that needs the scope read:board:trello or read:organization:trello.',
}

function accountRefusal(
  account: AccountAnswer | undefined,
  member: string,
  headers: Record<string, string>,
): Response | undefined {
  if (account?.kind === 'account' && account.id === member) return undefined
  const isKnown = account?.kind === 'account' || account?.kind === 'closed'
  return isKnown
    ? refusal(403, ACCOUNT_MISMATCH, "The tokens are not proven to be the member's.", headers)
    : busy("The API didn't say whose the tokens are.", headers)
}

/** Gives the member an access token: another one than the frame has, unless that one is young. */
async function refresh(
  keeping: Keeping,
  { asked: { accessToken }, key }: { asked: Extract<Asked, { kind: 'refresh' }>; key: string },
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return tokens(await givenToken(keeping, key, await needOf(keeping, key, accessToken)), headers)
  } catch (error) {
    return failure(error, headers)
  }
}

/**
 * Finds out why a frame asks for another token than the one that it has: the API has refused that one, or its end is near. A
 * token near its end is renewed here, and stays good where that fails.
 */
async function needOf(keeping: Keeping, key: string, known: string | undefined): Promise<TokenNeed> {
  const grant = keeping.open(key)
  const now = keeping.platform.now()
  const live = liveGrant(await grant.store.current(), now)
  if (!live || live.tokenSet.accessToken !== known) return {}
  // A frame may ask often. It can't make the keeper refresh more than once a minute.
  if (now - live.tokenSet.obtainedAt < YOUNG_TOKEN_MS) return {}
  if (now + CLOCK_TOLERANCE_MS < renewalTime(live, 1)) return { instead: known }
  await keeping.accessToken(grant, { renews: live.generation }).catch(noValue)
  return {}
}

function tokens({ accessToken, expiresInS, scopes }: GivenToken, headers: Record<string, string>): Response {
  const body = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInS,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  }
  return json(200, JSON.stringify(body), headers)
}

/** Says what went wrong in the words of a token endpoint, which frames can judge. */
function failure(error: unknown, headers: Record<string, string>): Response {
  if (error instanceof NotAuthorizedError) return refusal(400, 'invalid_grant', 'There is no grant.', headers)
  if (error instanceof TokenExpiredError) {
    return refusal(400, 'invalid_grant', `The grant has ended (${error.reason}).`, headers)
  }
  if (error instanceof AuthorizationError) return exchangeFailure(error, headers)
  if (!(error instanceof TokenEndpointError)) throw error
  if (error.code === 'clientRejected') {
    return refusal(502, 'invalid_client', "The token endpoint rejects the keeper's client.", headers)
  }
  return busy('The token endpoint or the store gave no tokens.', headers, error.retryAfterMs)
}

function exchangeFailure(
  { code, cause, serverError }: AuthorizationError,
  headers: Record<string, string>,
): Response {
  if (code === 'accountMismatch') {
    return refusal(403, ACCOUNT_MISMATCH, "The tokens are not the member's.", headers)
  }
  if (code === 'exchangeFailed' && serverError !== undefined) {
    return refusal(400, 'invalid_grant', 'The token endpoint refuses the code.', headers)
  }
  if (cause instanceof TokenEndpointError) return failure(cause, headers)
  return refusal(409, 'temporarily_unavailable', 'Another sign-in or a sign-out came between.', headers)
}

function busy(description: string, headers: Record<string, string>, retryAfterMs = COOL_DOWN_MS): Response {
  return refusal(503, 'temporarily_unavailable', description, { ...headers, ...retryAfter(retryAfterMs) })
}
