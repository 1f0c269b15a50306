import { ASSUMED_LIFETIME_MS } from '../base/durations'
import { cleaned } from './redact'
import type { TokenAnswer } from './token-endpoint'

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

/** @see RFC 9110, section 10.2.3: seconds, or a date */
function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  // A date has letters in it; engines read dates into the oddest numbers.
  const waitMs = /[a-z]/i.test(value) ? Date.parse(value) - now : Number.parseFloat(value) * 1_000
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}
