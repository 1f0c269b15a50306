import type { ApiErrorDetails } from '../base/api-error'
import { FORCED_REFRESH_PAUSE_MS, YOUNG_TOKEN_MS } from '../base/durations'
import type { ApiErrorCode, RateLimit } from '../base/errors'
import type { LiveGrant } from '../grant/grant'
import type { RequiredScopes } from './operation-scopes'
import { isTooMuchAtOnce } from './rate-limit'

/**
 * Whether a 401 says that the token is dead. Trello says with 401 too that the token is fine and the person may not do
 * this.
 * @param record the grant that the token is of, as it is known now
 * @param isAccepted whether the API was seen to take the token
 */
export async function isTokenAtFault(
  response: Response,
  { tokenSet, forced }: LiveGrant,
  isAccepted: boolean,
  now: number,
): Promise<boolean> {
  const ageMs = now - tokenSet.obtainedAt
  // A token that a 401 brought about and that was never accepted: the API refuses them all, a new one helps nobody.
  if (forced && !isAccepted && ageMs < FORCED_REFRESH_PAUSE_MS) return false
  const words = await wordsOf(response)
  if (PERMISSION_WORDS.test(words) || SCOPE_WORDS.test(words)) return false
  return DEAD_TOKEN_WORDS.test(words) || ageMs >= YOUNG_TOKEN_MS
}

/** Trello's words, and those of Atlassian's gateways in front of it. */
const SCOPE_WORDS = /(?:missing|insufficient)[\w ]*scope|scopes? (?:does|do) not match|scopes? not granted/i
const PERMISSION_WORDS = /permission|not (?:permitted|allowed)|access denied|forbidden|invalid key/i
const DEAD_TOKEN_WORDS =
  /\b(?:invalid|expired|revoked|unknown)[_ ](?:\w+ )?token|token (?:is |has )?(?:been )?(?:invalid|expired|revoked)/i

async function wordsOf(response: Response): Promise<string> {
  try {
    return await response.clone().text()
  } catch {
    return '' // cut off: the status is all there is
  }
}

/** An answer that is not what the call asked for. */
export interface FailedAnswer {
  method: string
  path: string
  status: number
  /** The parsed JSON, or the text. */
  body: unknown
  rateLimit?: RateLimit | undefined
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
  const scopes = isRefusal || isScope ? await scopesOf(method, path) : undefined
  const isScopeMissing =
    isRefusal && scopes !== undefined && granted !== undefined && !isCovered(scopes, granted)
  const code = isScopeMissing || (status < 500 && isScope) ? 'missingScope' : (CODES[status] ?? 'http')
  const requiredScopes = code === 'missingScope' && scopes ? [...scopes.allOf, ...scopes.anyOf] : undefined
  return [code, { ...answer, message: MESSAGES[code], requiredScopes }]
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

async function scopesOf(method: string, path: string): Promise<RequiredScopes | undefined> {
  const { requiredScopes } = await import('./operation-scopes')
  const scopes = requiredScopes(method, path)
  return typeof scopes === 'string' ? undefined : scopes
}

function isCovered({ allOf, anyOf }: RequiredScopes, granted: readonly string[]): boolean {
  const has = (scope: string) => granted.includes(scope)
  return allOf.every(has) && (anyOf.length === 0 || anyOf.some(has))
}
