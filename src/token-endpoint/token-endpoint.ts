import { ASSUMED_LIFETIME_MS } from '../durations'

/** What a code is exchanged with. @see RFC 6749, section 4.1.3, and RFC 7636, section 4.5 */
export interface ExchangeRequest {
  clientId: string
  code: string
  codeVerifier: string
  redirectUri: string
}

/** @see RFC 6749, section 6 */
export interface RefreshRequest {
  clientId: string
  /** Left out where the endpoint holds the refresh token itself. */
  refreshToken?: string
}

/** What the token endpoint said, judged. Everything but `dead` and `clientRejected` may be better next time. */
export type TokenAnswer =
  /** Lifetimes in milliseconds, counted from before the request. No `refreshToken`: the old one stays. */
  | {
      kind: 'tokens'
      accessToken: string
      refreshToken?: string
      expiresInMs: number
      scopes?: readonly string[]
    }
  /** The verdict: this very refresh token, or this code, is of no use any more. */
  | { kind: 'dead'; status?: number; serverError?: string }
  /** The server doesn't know or doesn't like this client. */
  | { kind: 'clientRejected'; status?: number; serverError?: string }
  /** It refused, or failed, or talked nonsense. The token may be spent all the same. */
  | {
      kind: 'retryable'
      status?: number
      retryAfterMs?: number
      serverError?: string
      /** It is this frame that can't ask any more; others need not wait. */
      onlyHere?: true
    }
  /** No answer reached the page: offline, cut off, or hidden by the browser for want of CORS headers. */
  | { kind: 'unreadable'; cause?: unknown }

/**
 * The way to the token endpoint. Neither method rejects for what the server says, and no error of theirs holds what was
 * sent: it is passed on as a `cause`. A request that was sent runs to its end: there is no signal.
 */
export interface TokenEndpoint {
  /** Whether the endpoint keeps the refresh token, so that the frame never sees it. */
  readonly holdsRefreshToken: boolean
  /** Where it is, if it is a URL. Pending sign-ins are pinned to it. */
  readonly url?: string
  exchange(request: ExchangeRequest): Promise<TokenAnswer>
  /** Must send in the task in which it is called: the lease is looked at just before. */
  refresh(request: RefreshRequest): Promise<TokenAnswer>
  /** Whether the server can be reached at all, asked after answers that the page could not read. */
  isReachable?(): Promise<boolean>
}

/** What an endpoint answers, whosever it is: asked in this very task, never a rejection, its words without `secrets`. */
export async function answerOf(
  ask: () => Promise<TokenAnswer>,
  secrets: readonly (string | undefined)[],
): Promise<TokenAnswer> {
  try {
    return withoutSecrets(await ask(), secrets)
  } catch (cause) {
    return withoutSecrets({ kind: 'unreadable', cause }, secrets)
  }
}

/** Whether the server can be reached at all, where its endpoint can tell. */
export async function isThere(endpoint: TokenEndpoint): Promise<boolean> {
  try {
    return (await endpoint.isReachable?.()) ?? false
  } catch {
    return false
  }
}

/** A token endpoint's answer as it came over the wire. */
export interface RawAnswer {
  status: number
  retryAfter: string | null
  body: string
}

/** More of a server's words is of no use in a message. */
export const WORDS_MAX_LENGTH = 200

/** Judges an answer by {@link FINAL_ANSWERS}. `secrets` are cut out of the server's own words. */
export function judgeAnswer(
  { status, retryAfter, body }: RawAnswer,
  secrets: readonly string[],
  now: number,
): TokenAnswer {
  const json = parseObject(body)
  // With any other letters in it no header takes it, and each call would fail as if the network did.
  const accessToken = text(json?.access_token)?.match(/^[!-~]+$/)?.[0]
  // A 200 without `token_type` has spent the old refresh token all the same: it is a success.
  const isBearer = /^\s*(bearer\s*)?$/i.test(String(json?.token_type ?? ''))
  if (json && status >= 200 && status < 300 && accessToken && isBearer) return tokens(accessToken, json)
  const error = text(json?.error)
  const description = text(json?.error_description) ?? ''
  const words = cleaned([error, description].filter(Boolean).join(': '), secrets)
  const facts = { status, ...(error && { serverError: words.slice(0, WORDS_MAX_LENGTH) }) }
  const final = FINAL_ANSWERS.find(
    (row) => row.error === error && (row.description?.test(description) ?? true),
  )
  if (final) return { kind: final.kind, ...facts }
  const retryAfterMs = parseRetryAfter(retryAfter, now)
  return { kind: 'retryable', ...facts, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/**
 * The answers that end something, at any status; the first row that fits counts. Whatever is not here is retryable:
 * time-outs, 429, 5xx, HTML, malformed JSON, missing fields, redirects, codes that nobody knows yet.
 */
export const FINAL_ANSWERS: readonly {
  error: string
  description?: RegExp
  kind: 'dead' | 'clientRejected'
}[] = [
  { error: 'invalid_grant', kind: 'dead' },
  // Atlassian's token endpoint says so of a dead refresh token, with status 403 or 400.
  { error: 'unauthorized_client', description: /refresh[ _-]?token/i, kind: 'dead' },
  { error: 'invalid_request', description: /refresh[ _-]?token/i, kind: 'dead' },
  { error: 'unauthorized_client', kind: 'clientRejected' },
  { error: 'invalid_client', kind: 'clientRejected' },
]

function tokens(accessToken: string, json: Record<string, unknown>): TokenAnswer {
  const refreshToken = text(json.refresh_token)
  const seconds = Number(json.expires_in)
  // An empty `scope` is against RFC 6749, section 3.3: it says as little as none.
  const scopes = text(json.scope)?.split(' ').filter(Boolean) ?? []
  return {
    kind: 'tokens',
    accessToken,
    ...(refreshToken && { refreshToken }),
    expiresInMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : ASSUMED_LIFETIME_MS,
    ...(scopes.length > 0 && { scopes }),
  }
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined // HTML, or JSON cut off in the middle
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function withoutSecrets(answer: TokenAnswer, secrets: readonly (string | undefined)[]): TokenAnswer {
  if (answer.kind === 'tokens') return answer
  if (answer.kind === 'unreadable') {
    const words = String(answer.cause)
    const rest = cleaned(words, secrets)
    return rest === words ? answer : { ...answer, cause: new Error(rest) }
  }
  const { serverError } = answer
  return serverError ? { ...answer, serverError: cleaned(serverError, secrets) } : answer
}

/** A server's words without the secrets that they repeat. The longest goes first: one may hold another. */
export function cleaned(words: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .flatMap((secret) => secret || [])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replace(echoOf(secret), '…'), words)
}

/** Finds a secret as it is, and with any of its characters percent-encoded: so a server repeats what it was sent. */
function echoOf(secret: string): RegExp {
  const pattern = secret.replace(/./gsu, (character) => {
    const hex = character.codePointAt(0)?.toString(16)
    return `(?:%${hex}|\\u{${hex}}${character === ' ' ? '|\\+' : ''})`
  })
  return new RegExp(pattern, 'giu')
}

/** @see RFC 9110, section 10.2.3: seconds, or a date */
function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  // A date has letters in it; engines read dates into the oddest numbers.
  const waitMs = /[a-z]/i.test(value) ? Date.parse(value) - now : Number.parseFloat(value) * 1_000
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}
