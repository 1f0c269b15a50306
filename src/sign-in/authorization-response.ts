import * as oauth from 'oauth4webapi'
import { AuthorizationError } from '../base/errors'
import type { PendingAttempt } from '../grant/attempt'

/**
 * Reads the code out of an authorization response that carries the state of `attempt`.
 * @throws AuthorizationError `accessDenied`, `serverRefused` or `invalidResponse`
 * @see RFC 6749, section 4.1.2; RFC 9207, section 2.4
 */
export function readResponse(parameters: string, attempt: PendingAttempt): string {
  const query = new URLSearchParams(parameters)
  try {
    const server = { issuer: expectedIssuer(query.get('iss'), attempt) }
    const validated = oauth.validateAuthResponse(
      server,
      { client_id: attempt.clientId },
      query,
      attempt.state,
    )
    const [code, ...more] = validated.getAll('code')
    if (code && more.length === 0) return code
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) {
      if (error.error === 'access_denied') throw new AuthorizationError('accessDenied')
      throw new AuthorizationError('serverRefused', { serverError: printable(error.error) })
    }
    // The original names the response's values, the code among them: it is not passed on.
  }
  throw new AuthorizationError('invalidResponse')
}

/** Without a configured issuer, any one on the authorization endpoint's origin is right. */
function expectedIssuer(iss: string | null, { issuer, authorizationEndpoint }: PendingAttempt): string {
  const { origin } = new URL(authorizationEndpoint)
  if (issuer !== undefined) return issuer
  return iss !== null && URL.canParse(iss) && new URL(iss).origin === origin ? iss : origin
}

/** An error code is a short word; anything else from the query stays out of messages. */
function printable(serverError: string): string {
  return /^[\w.-]{1,64}$/.test(serverError) ? serverError : 'unprintable error code'
}
