import { ASSUMED_LIFETIME_MS, GRANT_LIFETIME_MS } from '../base/durations'
import { fieldsOf } from '../base/fields'
import { cleaned } from './redact'
import type { TokenAnswer } from './token-endpoint'

/**
 * Calls any token endpoint, also one that somebody else wrote. Sends in the current task, never rejects, and gives only
 * answers that are what they must be.
 * @param secrets texts that are cut out of the server's words
 * @param isTokenKept `true`: the endpoint keeps the refresh token, and one that comes all the same is dropped
 */
export async function answerOf(
  ask: () => Promise<TokenAnswer>,
  secrets: readonly (string | undefined)[],
  isTokenKept = false,
): Promise<TokenAnswer> {
  try {
    return checkedAnswer(await ask(), secrets, isTokenKept)
  } catch (cause) {
    return { kind: 'unreadable', cause: cleanedCause(cause, secrets) }
  }
}

/** Returns a token that a header can carry. With other letters each call would fail as if the network did. */
export function printableToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[!-~]+$/.test(value) ? value : undefined
}

/**
 * Returns a lifetime in milliseconds: 365 days at most, since no grant lives longer. One hour where none is given that makes
 * sense.
 * @param unitMs the length of the unit that `value` counts
 */
export function lifetimeMs(value: unknown, unitMs: number): number {
  const isCount = typeof value === 'number' || typeof value === 'string'
  const ms = isCount ? Number(value) * unitMs : 0
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, GRANT_LIFETIME_MS) : ASSUMED_LIFETIME_MS
}

/** Takes an answer for what its fields say. One of an unknown kind, or without a usable token, is retryable. */
function checkedAnswer(
  given: unknown,
  secrets: readonly (string | undefined)[],
  isTokenKept: boolean,
): TokenAnswer {
  const answer = fieldsOf(given)
  const { kind } = answer
  const facts = factsOf(answer, secrets)
  switch (kind) {
    case 'tokens': {
      const accessToken = printableToken(answer.accessToken)
      return accessToken
        ? tokensOf(answer, accessToken, isTokenKept)
        : { kind: 'retryable', serverDescription: UNUSABLE }
    }
    case 'dead':
    case 'clientRejected':
      return { kind, ...facts }
    case 'unreadable':
      return {
        kind,
        cause: cleanedCause(answer.cause, secrets),
        ...(typeof answer.blockedByPolicy === 'boolean' && { blockedByPolicy: answer.blockedByPolicy }),
      }
    default: {
      const { retryAfterMs, onlyHere } = answer
      return {
        kind: 'retryable',
        ...(kind !== 'retryable' && { serverDescription: UNUSABLE }),
        ...facts,
        ...(isNumber(retryAfterMs) && { retryAfterMs }),
        ...(onlyHere === true && { onlyHere }),
      }
    }
  }
}

/** The words for an answer that only an endpoint of somebody's own gives. Whoever writes it has to hear of them. */
const UNUSABLE =
  'This TokenEndpoint gave an answer without a known `kind`, or without a printable `accessToken`.'

function tokensOf(
  answer: Readonly<Record<string, unknown>>,
  accessToken: string,
  isTokenKept: boolean,
): TokenAnswer {
  const { refreshToken, expiresInMs, scopes } = answer
  return {
    kind: 'tokens',
    accessToken,
    ...(isText(refreshToken) && !isTokenKept && { refreshToken }),
    expiresInMs: lifetimeMs(expiresInMs, 1),
    ...(Array.isArray(scopes) && scopes.length > 0 && scopes.every(isText) && { scopes: [...scopes] }),
  }
}

function factsOf(answer: Readonly<Record<string, unknown>>, secrets: readonly (string | undefined)[]) {
  const { status, serverError, serverDescription } = answer
  return {
    ...(isNumber(status) && { status }),
    ...(isText(serverError) && { serverError: cleaned(serverError, secrets) }),
    ...(isText(serverDescription) && { serverDescription: cleaned(serverDescription, secrets) }),
  }
}

/** Returns the cause as it is, unless it repeats a secret anywhere: HTTP libraries keep the request in their errors. */
function cleanedCause(cause: unknown, secrets: readonly (string | undefined)[]): unknown {
  const all = contentOf(cause)
  return all !== undefined && cleaned(all, secrets) === all
    ? cause
    : new Error(cleaned(textOf(cause), secrets))
}

/** Returns all texts in an error, or `undefined` where they can't be told. */
function contentOf(error: unknown): string | undefined {
  try {
    const { stack, cause } = fieldsOf(error)
    const inner = cause === undefined || cause === error ? '' : contentOf(cause)
    return inner === undefined ? undefined : [textOf(error), stack, JSON.stringify(error), inner].join('\n')
  } catch {
    return undefined // it holds itself, or a getter throws
  }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return '' // an object without a prototype, for instance
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
