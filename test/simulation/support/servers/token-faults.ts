import type { Tokens } from './authorization-server'

/** What befalls one request to the token endpoint. */
export interface TokenFault {
  /** How often the server sees it. `keeps`: once, and it leaves the refresh token as it is. */
  acts: 'never' | 'once' | 'twice' | 'keeps'
  /** What the page gets for tokens, where that isn't the plain success. */
  answer?: 'nothing' | 'networkError' | Answer
  /** Between the request and the server's acting. */
  beforeMs?: number
  /** Between the server's acting and the answer. */
  afterMs?: number
}

type Answer = (body: Record<string, unknown>) => Response

const cutOff: Answer = (body) => new Response(JSON.stringify(body).slice(0, 30))
const html = (status: number) => () =>
  new Response('<html>Please wait</html>', { status, headers: { 'content-type': 'text/html' } })
const error =
  (status: number, body: object, headers = {}) =>
  () =>
    json(body, status, headers)
const without =
  (field: string): Answer =>
  (body) =>
    json({ ...body, [field]: undefined })

export const TOKEN_FAULTS = {
  requestLost: { acts: 'never', answer: 'networkError' },
  answerLost: { acts: 'once', answer: 'networkError' },
  doubled: { acts: 'twice' },
  tooMany: { acts: 'never', answer: error(429, { error: 'rate_limited' }) },
  tooManyForAWhile: { acts: 'never', answer: error(429, {}, { 'retry-after': '20' }) },
  failsBefore: { acts: 'never', answer: error(500, { error: 'server_error' }) },
  failsAfter: { acts: 'once', answer: error(500, { error: 'server_error' }) },
  unavailable: { acts: 'never', answer: html(503) },
  htmlAfter: { acts: 'once', answer: html(200) },
  cutOff: { acts: 'once', answer: cutOff },
  withoutAccessToken: { acts: 'once', answer: without('access_token') },
  withoutTokenType: { acts: 'once', answer: without('token_type') },
  withoutLifetime: { acts: 'once', answer: without('expires_in') },
  withoutRefreshToken: { acts: 'keeps' },
  slow: { acts: 'once', afterMs: 8_000 },
  slower: { acts: 'once', afterMs: 26_000 },
  verySlow: { acts: 'once', afterMs: 40_000 },
  slowToArrive: { acts: 'once', beforeMs: 40_000 },
  hangsBefore: { acts: 'never', answer: 'nothing' },
  hangsAfter: { acts: 'once', answer: 'nothing' },
  clientRejected: { acts: 'never', answer: error(401, { error: 'invalid_client' }) },
  unknownError: { acts: 'never', answer: error(400, { error: 'out_of_cheese' }) },
} satisfies Record<string, TokenFault>

export type TokenFaultName = keyof typeof TOKEN_FAULTS

/** The forms in which servers say that a refresh token is dead: each of the product's table, at some status. */
export const DEAD_FORMS: readonly { status: number; body: Record<string, string> }[] = [
  { status: 400, body: { error: 'invalid_grant' } },
  { status: 403, body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' } },
  { status: 403, body: { error: 'unauthorized_client', error_description: 'refresh_token is invalid' } },
  { status: 400, body: { error: 'unauthorized_client', error_description: 'Refresh token expired' } },
  { status: 400, body: { error: 'invalid_request', error_description: 'The refresh token is revoked.' } },
]

/** Whether tokens that the server issued reach the page in such an answer. */
export function bringsTokens({ acts, answer }: TokenFault): boolean {
  if (acts === 'never') return false
  return (
    answer === undefined ||
    answer === TOKEN_FAULTS.withoutTokenType.answer ||
    answer === TOKEN_FAULTS.withoutLifetime.answer
  )
}

export function bodyOf(
  { accessToken, refreshToken, scope }: Tokens,
  lifetimeMs: number,
): Record<string, unknown> {
  return {
    access_token: accessToken,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    token_type: 'Bearer',
    expires_in: lifetimeMs / 1_000,
    scope,
  }
}

export function json(body: object, status = 200, headers = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}
