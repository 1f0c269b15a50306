import { NotAuthorizedError, TokenEndpointError, TokenExpiredError } from '../base/errors'
import { check } from '../base/option-check'
import { json, retryAfter } from '../token-endpoint/cross-origin-answer'
import { waitedFor } from '../token-endpoint/runtime-context'
import { bearerOf } from './bearer'
import { digestOf } from './digest'
import { givenToken } from './given-token'
import type { Keeping } from './keeping'

/** The options of `keeper.broker()`. */
export interface BrokerOptions {
  /** The secret that workers send: 16 letters, digits or signs of ASCII, or more, and no spaces. Make it by chance. */
  secret: string
}

/**
 * Answers one request of a worker, whatever its path. Where the platform stops what it does for a caller that goes away, pass
 * on its context, the one with `waitUntil()`: a refresh that has been sent runs to its end. What else a platform hands over is
 * ignored, so the broker can be its `fetch` as it is.
 */
export type Broker = (request: Request, ...contexts: readonly unknown[]) => Promise<Response>

/**
 * Makes the handler for workers that may only read access tokens: `GET ?key=…` with `Authorization: Bearer <secret>`. Pages
 * can't read its answers.
 * @throws ConfigurationError `invalidSecret`
 */
export function createBroker(keeping: Keeping, options: BrokerOptions): Broker {
  const { secret } = options ?? {}
  const isSecret = typeof secret === 'string' && /^[!-~]{16,}$/.test(secret)
  check(isSecret, 'secret', 'a text of at least 16 printable ASCII characters without spaces')
  const known = digestOf(secret)

  async function answer(request: Request): Promise<Response> {
    const given = bearerOf(request.headers.get('authorization')) ?? ''
    if (!isSame(await digestOf(given), await known)) {
      return json(401, '{"error":"unauthorized"}', { 'www-authenticate': 'Bearer' })
    }
    if (request.method !== 'GET') return json(405, '{"error":"invalidRequest"}', { allow: 'GET' })
    const { searchParams } = new URL(request.url)
    const [key, ...more] = searchParams.getAll('key')
    // A key of grantKey() that was put into the URL as it is names another grant from its `&` on.
    const isCut = searchParams.has('workspace')
    if (!key?.trim() || more.length > 0 || isCut) return json(400, '{"error":"invalidRequest"}', {})
    try {
      const { accessToken, expiresInS } = await givenToken(keeping, key)
      return json(200, JSON.stringify({ access_token: accessToken, expires_in: expiresInS }), {})
    } catch (error) {
      return stateOf(error, keeping)
    }
  }

  return async (request, ...contexts) => {
    const answered = answer(request)
    waitedFor(contexts, answered)
    return answered
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
  return json(503, body, retryAfter(error.retryAfterMs ?? 1_000))
}

/** Compares in a time that says nothing about where they differ. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}
