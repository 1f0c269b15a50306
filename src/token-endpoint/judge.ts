import { fieldsOf, parseObject } from '../base/fields'
import { parseRetryAfter } from '../base/retry-after'
import { lifetimeMs, printableToken } from './answer'
import { cleaned } from './redact'
import type { TokenAnswer } from './token-endpoint'

/** A token endpoint's answer as it came over the wire. */
export interface RawAnswer {
  /** The HTTP status. */
  status: number
  /** The `Retry-After` header, where the page may see it. */
  retryAfter: string | null
  /** The body as text. */
  body: string
}

/** Longest text of a server that is kept, in characters. More would be useless in a message. */
export const WORDS_MAX_LENGTH = 200
/** The part of a description that is judged, in characters. */
const WORDS_JUDGED_LENGTH = 1_000

/**
 * Judges an answer by {@link FINAL_ANSWERS}. Never throws.
 * @param secrets texts that are cut out of the server's words
 */
export function judgeAnswer(
  { status, retryAfter, body }: RawAnswer,
  secrets: readonly string[],
  now: number,
): TokenAnswer {
  const json = parseObject(body)
  if (json && status >= 200 && status < 300) {
    const accessToken = printableToken(json.access_token)
    // A 200 without `token_type` has spent the old refresh token all the same: it is a success.
    const isBearer = /^\s*(bearer\s*)?$/i.test(text(json.token_type) ?? '')
    if (accessToken && isBearer) return tokens(accessToken, json)
  }
  const { error, description } = wordsOf(json)
  const serverError = shortened(error, secrets)
  const serverDescription = shortened(description, secrets)
  const facts = {
    status,
    ...(serverError && { serverError }),
    ...(serverDescription && { serverDescription }),
  }
  // Only the field of the standard brings a verdict.
  const final = FINAL_ANSWERS.find(
    (row) => row.error === json?.error && (row.saysSo?.(text(json.error_description) ?? '') ?? true),
  )
  if (final) return { kind: final.kind, ...facts }
  const retryAfterMs = parseRetryAfter(retryAfter, now)
  return { kind: 'retryable', ...facts, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/**
 * The answers that end something, at any status. The first row that fits counts. Whatever is not here is retryable:
 * time-outs, 429, 5xx, HTML, malformed JSON, missing fields, redirects, error codes that are not known yet.
 */
export const FINAL_ANSWERS: readonly {
  /** The error code of the server. */
  error: string
  /** Reads the description. Left out: the error code says it all. */
  saysSo?(description: string): boolean
  /** The verdict. */
  kind: 'dead' | 'clientRejected'
}[] = [
  { error: 'invalid_grant', kind: 'dead' },
  // Atlassian's token endpoint says so of a dead refresh token, with status 403 or 400.
  { error: 'unauthorized_client', saysSo: saysTokenIsDead, kind: 'dead' },
  { error: 'invalid_request', saysSo: saysTokenIsDead, kind: 'dead' },
  { error: 'unauthorized_client', kind: 'clientRejected' },
  { error: 'invalid_client', kind: 'clientRejected' },
]

/** Tells whether a description says of the refresh token itself that it is invalid, expired, revoked or unknown. */
function saysTokenIsDead(description: string): boolean {
  // The time that a pattern takes grows with the square of what repeats itself.
  const words = description.slice(0, WORDS_JUDGED_LENGTH).replace(/[\s_]+/g, ' ')
  return !OF_THE_CONFIGURATION.test(words) && (DEAD_TOKEN.test(words) || TOKEN_IS_DEAD.test(words))
}

/** Words that speak of the grant type of that name, or of a parameter that is missing, as in "not found in request". */
const OF_THE_CONFIGURATION =
  /grant[ -]?type|\bgrants?:? ["'`]?refresh|parameter|missing|unsupported|disabled|not (?:allowed|permitted|enabled|supported|authori[sz]ed)|(?:found|exist) in (?:the |this |your )?(?:\w+ )?(?:request|body|payload|form|post|query|header|cookie)s?\b/i

const DEAD = '(?:invalid(?:ated)?|expired|revoked|unknown)'
const REFRESH_TOKEN = '["\'`]?refresh[ -]?token["\'`]?'
/** Nouns after which it is them that are invalid or unknown, as in "Invalid refresh token lifetime". */
const OTHER_NOUN =
  '(?:grant|flow|request|client|scope|audience|type|mode|rotation|usage|lifetime|duration|ttl|validity|expiry|expiration|polic|setting|config|option)'
/** As in "Unknown or invalid refresh token". */
const DEAD_TOKEN = new RegExp(
  `\\b${DEAD}(?:(?:, (?:or |and )?| (?:or|and) |/)${DEAD})* (?:(?:the|this|your|provided|supplied) )?${REFRESH_TOKEN}(?!s|[ -]${OTHER_NOUN})`,
  'i',
)
/** As in "The refresh token you sent has been revoked" and in "refresh_token is not valid". */
const TOKEN_IS_DEAD = new RegExp(
  `\\b${REFRESH_TOKEN}:?(?: (?:\\([^)]*\\)|"[^"]*"|'[^']*'))?(?: (?:you|that|which|was|is|has|have|been|either|already|provided|supplied|sent|presented|given|used))*` +
    ` (?:${DEAD}|no longer valid|isn't valid|(?:could )?not (?:be )?(?:valid|found|known|recogni[sz]ed)|does not exist)\\b(?! ${OTHER_NOUN})`,
  'i',
)

function tokens(accessToken: string, json: Readonly<Record<string, unknown>>): TokenAnswer {
  const refreshToken = text(json.refresh_token)
  // RFC 6749, section 3.3, has spaces between scopes. Some servers send commas or a list. An empty `scope` says nothing.
  const scopes = [json.scope].flat().flatMap(
    (scope) =>
      text(scope)
        ?.split(/[\s,]+/)
        .filter(Boolean) ?? [],
  )
  return {
    kind: 'tokens',
    accessToken,
    ...(refreshToken && { refreshToken }),
    expiresInMs: lifetimeMs(json.expires_in, 1_000),
    ...(scopes.length > 0 && { scopes }),
  }
}

/** Finds the server's words, also where a gateway in front of it answers in a form of its own. */
function wordsOf(json: Readonly<Record<string, unknown>> | undefined) {
  const inner = fieldsOf(json?.error)
  return {
    error: text(json?.error) ?? text(inner.code) ?? text(json?.code),
    description: text(json?.error_description) ?? text(inner.message) ?? text(json?.message),
  }
}

function shortened(words: string | undefined, secrets: readonly string[]): string | undefined {
  return words && cleaned(words, secrets).slice(0, WORDS_MAX_LENGTH)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
