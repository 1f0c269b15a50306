import * as oauth from 'oauth4webapi'
import { AuthorizationError } from '../base/errors'
import { SCOPES } from '../base/scopes'
import { parseUrl } from '../base/url'
import type { PendingAttempt } from '../grant/attempt'
import { WORDS_MAX_LENGTH } from '../token-endpoint/judge'

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
      throw error.error === 'access_denied'
        ? new AuthorizationError('accessDenied', wordsOf(error))
        : refusal(error, attempt)
    }
    // The original names the response's values, the code among them: it is not passed on.
  }
  throw new AuthorizationError('invalidResponse')
}

/** Tells a response by which the server refused a scope, and nothing else. */
export function isScopeRefused(parameters: string, attempt: PendingAttempt): boolean {
  try {
    readResponse(parameters, attempt)
    return false
  } catch (error) {
    return error instanceof AuthorizationError && error.serverError === 'invalid_scope'
  }
}

/** Finds the issuer that is right. Without a configured one, any on the authorization endpoint's origin is. */
function expectedIssuer(iss: string | null, { issuer, authorizationEndpoint }: PendingAttempt): string {
  const { origin } = new URL(authorizationEndpoint)
  if (issuer !== undefined) return issuer
  return iss !== null && parseUrl(iss)?.origin === origin ? iss : origin
}

/** Names what the server refused, and where to mend it. */
function refusal(error: oauth.AuthorizationResponseError, attempt: PendingAttempt): AuthorizationError {
  const words = wordsOf(error)
  const hint = hintFor(words.serverError, attempt)
  return new AuthorizationError('serverRefused', { ...words, cause: hint && new Error(hint) })
}

/** Reads the server's words. It also denies by itself, as where an administrator has to approve the app first. */
function wordsOf({ error, error_description: description }: oauth.AuthorizationResponseError) {
  return {
    serverError: printable(error),
    serverDescription: description && plainWords(description).slice(0, WORDS_MAX_LENGTH),
  }
}

/** Leaves out each word that may be a code or a state: the query of a redirect can repeat any of them. */
function plainWords(text: string): string {
  return text.replace(/\S*[^\sa-z:_.,;'"()-]\S*|\S{40,}/gi, '…')
}

function hintFor(serverError: string, { scopes, url }: PendingAttempt): string | undefined {
  if (serverError === 'invalid_target')
    return new URL(url).searchParams.has('resource')
      ? 'The server refuses this workspace: a `workspace` that is given by hand must be its id, not its short name.'
      : 'Trello gives access to one workspace: pass createClient the `t` of Trello, or `workspace`.'
  if (serverError !== 'invalid_scope') return undefined
  const known = new Set<string>(SCOPES)
  const unknown = scopes.filter((scope) => !known.has(scope))
  return unknown.length > 0
    ? `Trello has no such scope: ${unknown.join(', ')}.`
    : `Switch these scopes on in the app settings: ${scopes.join(', ')}.`
}

/** Lets through an error code, which is a short word. Anything else from the query stays out of messages. */
function printable(serverError: string): string {
  return /^[\w.-]{1,64}$/.test(serverError) ? serverError : 'unprintable error code'
}
