import type { ApiError } from '../base/api-error'
import { FORCED_REFRESH_PAUSE_MS, YOUNG_TOKEN_MS } from '../base/durations'
import type { ApiErrorCode } from '../base/errors'
import type { LiveGrant } from '../grant/grant'
import type { RequiredScopes } from './operation-scopes'
import { readRateLimit } from './rate-limit'

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

/**
 * What an answer that is not what was asked for amounts to: what the ApiError is made of. The class itself is at start.
 * @param granted the scopes of the grant, where they are known
 */
export async function refusalOf(
  { method, path }: { method: string; path: string },
  response: Pick<Response, 'ok' | 'status' | 'headers'>,
  body: unknown,
  granted: readonly string[] | undefined,
): Promise<ConstructorParameters<typeof ApiError>> {
  const { ok, status, headers } = response
  if (ok) {
    const message = 'The body is not JSON; is this a path of the REST API?'
    return ['http', { method, path, status, body, message }]
  }
  const rateLimit = readRateLimit(headers)
  const isRefusal = status === 401 || status === 403
  const scopes = isRefusal || saysScope(body) ? await scopesOf(method, path) : undefined
  const isScopeMissing =
    isRefusal && scopes !== undefined && granted !== undefined && !isCovered(scopes, granted)
  const code =
    isScopeMissing || (status < 500 && saysScope(body)) ? 'missingScope' : (CODES[status] ?? 'http')
  const details = {
    status,
    method,
    path,
    body,
    message: MESSAGES[code],
    ...(rateLimit && { rateLimit }),
    ...(code === 'missingScope' && scopes && { requiredScopes: [...scopes.allOf, ...scopes.anyOf] }),
  }
  return [code, details]
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

/** Trello's words for it differ between routes; the table of operations decides where they don't name it. */
function saysScope(body: unknown): boolean {
  return SCOPE_WORDS.test(typeof body === 'string' ? body : JSON.stringify(body ?? ''))
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
