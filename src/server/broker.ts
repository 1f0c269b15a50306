import { NotAuthorizedError, TokenEndpointError, TokenExpiredError } from '../base/errors'
import { check } from '../base/option-check'
import { json } from '../token-endpoint/cross-origin-answer'
import { givenToken } from './given-token'
import type { Keeping } from './keeping'

/** The options of `keeper.broker()`. */
export interface BrokerOptions {
  /** The secret that workers send: 16 letters, digits or signs of ASCII, or more, and no spaces. Make it by chance. */
  secret: string
}

/** Answers one request of a worker, whatever its path. */
export type Broker = (request: Request) => Promise<Response>

/**
 * Makes the handler for workers that may only read access tokens: `GET ?key=…` with `Authorization: Bearer <secret>`. Pages
 * can't read its answers.
 * @throws ConfigurationError `invalidSecret`
 */
export function createBroker(keeping: Keeping, options: BrokerOptions): Broker {
  const { secret } = options ?? {}
  const isSecret = typeof secret === 'string' && /^[!-~]{16,}$/.test(secret)
  check(isSecret, 'secret', 'a text of at least 16 printable ASCII characters without spaces')
  const known = digest(secret)

  return async (request) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    if (!isSame(await digest(given), await known)) {
      return json(401, '{"error":"unauthorized"}', { 'www-authenticate': 'Bearer' })
    }
    if (request.method !== 'GET') return json(405, '{"error":"invalidRequest"}', { allow: 'GET' })
    const [key, ...more] = new URL(request.url).searchParams.getAll('key')
    if (!key?.trim() || more.length > 0) return json(400, '{"error":"invalidRequest"}', {})
    try {
      const { accessToken, expiresInS } = await givenToken(keeping, key)
      return json(200, JSON.stringify({ access_token: accessToken, expires_in: expiresInS }), {})
    } catch (error) {
      return stateOf(error, keeping)
    }
  }
}

/** Says why there is no token, with the codes of the errors. */
function stateOf(error: unknown, { platform }: Keeping): Response {
  if (error instanceof NotAuthorizedError) return json(404, JSON.stringify({ error: error.code }), {})
  if (error instanceof TokenExpiredError) {
    return json(410, JSON.stringify({ error: error.code, reason: error.reason }), {})
  }
  if (!(error instanceof TokenEndpointError)) {
    platform.reportError(error)
    return json(500, '{"error":"serverError"}', {})
  }
  const body = JSON.stringify({ error: error.code })
  if (!error.retryable) return json(502, body, {})
  const seconds = Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000))
  return json(503, body, { 'retry-after': String(seconds) })
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** Compares in a time that says nothing about where they differ. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.reduce((difference, byte, at) => difference | (byte ^ (b[at] ?? -1)), 0) === 0
}
