import type { Tokens } from './authorization-server'

/** What befalls one request to the token endpoint. */
export interface TokenFault {
  /** How often the server sees the request. `keeps`: once, and it leaves the refresh token as it is. */
  acts: 'never' | 'once' | 'twice' | 'keeps'
  /** What the page gets for tokens, where that isn't the plain success. */
  answer?: 'nothing' | 'networkError' | Answer
  /** The page can read the tokens although the answer is odd. */
  isReadable?: true
  /** What the page can read out of the answer, where it is more than a failure. */
  says?: 'clientRejected' | 'refusedForNow'
  /** Between the request and the server's acting. */
  beforeMs?: number
  /** Between the server's acting and the answer. */
  afterMs?: number
}

type Answer = (body: Record<string, unknown>) => Response

export const TOKEN_FAULTS = {
  requestLost: { acts: 'never', answer: 'networkError' },
  answerLost: { acts: 'once', answer: 'networkError' },
  doubled: { acts: 'twice' },
  tooMany: { acts: 'never', answer: error(429, { error: 'rate_limited' }) },
  tooManyForAWhile: {
    acts: 'never',
    answer: error(429, {}, { 'retry-after': '20' }),
    says: 'refusedForNow',
  },
  tooManyForNoTime: {
    acts: 'never',
    answer: error(429, {}, { 'retry-after': '0' }),
    says: 'refusedForNow',
  },
  failsBefore: { acts: 'never', answer: error(500, { error: 'server_error' }) },
  failsAfter: { acts: 'once', answer: error(500, { error: 'server_error' }) },
  unavailable: { acts: 'never', answer: html(503) },
  htmlAfter: { acts: 'once', answer: html(200) },
  cutOff: { acts: 'once', answer: (body) => new Response(JSON.stringify(body).slice(0, 30)) },
  endlessBody: { acts: 'once', answer: endless },
  withoutAccessToken: { acts: 'once', answer: changed({ access_token: undefined }) },
  withoutTokenType: { acts: 'once', answer: changed({ token_type: undefined }), isReadable: true },
  withoutLifetime: { acts: 'once', answer: changed({ expires_in: undefined }), isReadable: true },
  noLifetime: { acts: 'once', answer: changed({ expires_in: 0 }), isReadable: true },
  shortLifetime: { acts: 'once', answer: changed({ expires_in: 1 }), isReadable: true },
  withoutRefreshToken: { acts: 'keeps' },
  slow: { acts: 'once', afterMs: 8_000 },
  slower: { acts: 'once', afterMs: 26_000 },
  verySlow: { acts: 'once', afterMs: 40_000 },
  slowToArrive: { acts: 'once', beforeMs: 40_000 },
  hangsBefore: { acts: 'never', answer: 'nothing' },
  hangsAfter: { acts: 'once', answer: 'nothing' },
  clientRejected: {
    acts: 'never',
    answer: error(401, { error: 'invalid_client' }),
    says: 'clientRejected',
  },
  unknownError: { acts: 'never', answer: error(400, { error: 'out_of_cheese' }) },
  refusedInOtherWords: { acts: 'never', answer: error(403, { error: 'access_denied' }) },
  grantTypeRefused: {
    acts: 'never',
    answer: error(400, {
      error: 'unauthorized_client',
      error_description: "Grant type 'refresh_token' not allowed for the client.",
    }),
    says: 'clientRejected',
  },
  parameterMissing: {
    acts: 'never',
    answer: error(400, {
      error: 'invalid_request',
      error_description: 'Missing required parameter: refresh_token',
    }),
  },
} satisfies Record<string, TokenFault>

export type TokenFaultName = keyof typeof TOKEN_FAULTS

/** Tells whether tokens that the server issued reach the page in such an answer. */
export function bringsTokens({ acts, answer, isReadable }: TokenFault): boolean {
  return acts !== 'never' && (answer === undefined || isReadable === true)
}

export function bodyOf({ accessToken, refreshToken, scope, lifetimeMs }: Tokens): Record<string, unknown> {
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
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

function html(status: number): Answer {
  const headers = { 'content-type': 'text/html' }
  return () => new Response('<html>Please wait</html>', { status, headers })
}

function error(status: number, body: object, headers = {}): Answer {
  return () => json(body, status, headers)
}

function changed(fields: Record<string, unknown>): Answer {
  return (body) => json({ ...body, ...fields })
}

function endless(body: Record<string, unknown>): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const stream = new ReadableStream({ start: (controller) => controller.enqueue(bytes) })
  return new Response(stream, { headers: { 'content-type': 'application/json' } })
}
