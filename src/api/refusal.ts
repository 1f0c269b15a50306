import type { ApiErrorDetails } from '../base/api-error'
import type { ApiErrorCode, RateLimit } from '../base/errors'
import type { requiredScopes } from './operation-scopes'
import { isTooMuchAtOnce } from './rate-limit'
import { SCOPE_WORDS } from './refused-token'

// One piece with what judges a 401: both are loaded when a call fails.
export { isTokenAtFault, noteRefusedAgain } from './refused-token'

/** An answer that is not what the call asked for. */
export interface FailedAnswer {
  /** The HTTP method of the call. */
  method: string
  /** The path of the call, as errors show it. */
  path: string
  /** The HTTP status. */
  status: number
  /** The parsed JSON, or the text. */
  body: unknown
  /** The rate limit, as the headers tell it. */
  rateLimit?: RateLimit | undefined
  /** The time to wait before the next call, in milliseconds. */
  retryAfterMs?: number | undefined
}

/**
 * Chooses the arguments of the ApiError for an answer. Loaded on demand; the class itself is in the start bundle.
 * @param granted the scopes of the grant, where they are known
 */
export async function refusalOf(
  answer: FailedAnswer,
  granted: readonly string[] | undefined,
): Promise<[ApiErrorCode, ApiErrorDetails]> {
  const { method, path, status, body } = answer
  if (status >= 200 && status < 300) {
    return ['http', { ...answer, message: 'The body is not JSON; is this a path of the REST API?' }]
  }
  if (status < 500 && isTooMuchAtOnce(wordsIn(body))) {
    const message =
      'It asks for too much at once. Ask for fewer cards, or for their actions in calls of their own.'
    return [status === 429 ? 'rateLimited' : 'http', { ...answer, message, retryable: false }]
  }
  const isRefusal = status === 401 || status === 403
  const isScope = SCOPE_WORDS.test(wordsIn(body))
  const scopes = isRefusal || isScope ? await scopesOf(method, path) : 'unknown'
  if (isRefusal && scopes === 'closedToOAuth2') return closedRefusal(answer)
  const isScopeMissing = isRefusal && !isCovered(scopes, granted)
  const code = isScopeMissing || (status < 500 && isScope) ? 'missingScope' : (CODES[status] ?? 'http')
  const requiredScopes =
    code === 'missingScope' && typeof scopes === 'object' ? [...scopes.allOf, ...scopes.anyOf] : undefined
  return [code, { ...answer, message: MESSAGES[code], requiredScopes }]
}

function closedRefusal(answer: FailedAnswer): [ApiErrorCode, ApiErrorDetails] {
  const message = 'Trello closes this operation to OAuth 2.0: no scope and no consent opens it.'
  return [answer.status === 401 ? 'unauthorized' : 'http', { ...answer, message }]
}

const MESSAGES: Record<ApiErrorCode, string> = {
  missingScope: 'The grant lacks a scope. Call authorize({ scopes }) in a click to ask for more.',
  forbiddenOutsideWorkspace: 'The grant covers one workspace, and this lies outside of it.',
  rateLimited: 'Too many requests. Wait before the next one.',
  unauthorized: 'Trello did not accept the token, or the person may not do this.',
  http: 'The status and the body say why.',
}

const CODES: Record<number, ApiErrorCode> = {
  401: 'unauthorized',
  403: 'forbiddenOutsideWorkspace',
  429: 'rateLimited',
}

/** Trello's words differ between routes, and so does the shape that they come in. */
function wordsIn(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body ?? '')
}

type ScopesInTable = ReturnType<typeof requiredScopes>

async function scopesOf(method: string, path: string): Promise<ScopesInTable> {
  const { requiredScopes } = await import('./operation-scopes')
  return requiredScopes(method, path)
}

/** Compares what is needed with what was granted. Either may be unknown, and then nothing is missing. */
function isCovered(scopes: ScopesInTable, granted: readonly string[] | undefined): boolean {
  if (typeof scopes === 'string' || !granted) return true
  const has = (scope: string) => granted.includes(scope)
  return scopes.allOf.every(has) && (scopes.anyOf.length === 0 || scopes.anyOf.some(has))
}
