import { COOL_DOWN_MAX_MS, COOL_DOWN_MIN_MS, COOL_DOWN_MS, FAILURES_BEFORE_CONSENT } from '../base/durations'
import { TOKEN_ENDPOINT_MESSAGES } from '../base/error-messages'
import { TokenEndpointError, type TokenEndpointErrorCode } from '../base/errors'
import type { Frame } from '../grant/frame'
import type { CoolDown, LiveGrant } from '../grant/grant'
import { beginCoolDown } from '../grant/on-refresh'
import type { TokenAnswer } from '../token-endpoint/token-endpoint'

/** The reason why an attempt to get a new access token failed. */
export interface FailureReason {
  /** The reason, as callers get it. */
  code: TokenEndpointErrorCode
  /** The last answer, if the token endpoint gave one. */
  answer?: TokenAnswer | undefined
  /** The error behind it. */
  cause?: unknown
}

/** The pauses after failed attempts, as one frame knows them. */
export interface CoolDowns {
  /** Returns the error for whoever asks now, while a pause is on. */
  errorNow(grant: LiveGrant): TokenEndpointError | undefined
  /**
   * Notes a failure and begins the pause, for all frames. Resolves with the error for the callers of this one.
   * @param isTokenRefused whether the API had refused the access token of `grant`
   */
  begin(grant: LiveGrant, reason: FailureReason, isTokenRefused: boolean): Promise<TokenEndpointError>
}

/** Makes the pauses of one frame. The record of the grant shares them with other frames. */
export function createCoolDowns({ platform, store }: Frame): CoolDowns {
  /** The latest one of this frame, which counts also where it could not be stored. */
  let own: { generation: string; coolDown: CoolDown } | undefined

  function known({ generation, coolDown }: LiveGrant): CoolDown | undefined {
    if (own?.generation !== generation) return coolDown
    return coolDown && coolDown.until > own.coolDown.until ? coolDown : own.coolDown
  }

  /** Keeps a pause here and in the store. If it can't be stored, the other frames find out by themselves. */
  async function keep({ generation }: LiveGrant, coolDown: CoolDown): Promise<void> {
    own = { generation, coolDown }
    try {
      await store.transact((entry) => beginCoolDown(entry, generation, coolDown))
    } catch {
      const { record } = store.view()
      const shown = record?.status === 'live' ? record.coolDown?.code : coolDown.code
      // One is enough for the way out to show, and one more keeps renewals away from a server that rejects the client. A
      // page that lives for days must not pile these up.
      if (shown === undefined || (shown !== 'clientRejected' && coolDown.code === 'clientRejected'))
        await store.commit((entry) => beginCoolDown(entry, generation, coolDown))
    }
  }

  return {
    errorNow: (grant) => {
      const coolDown = known(grant)
      if (!coolDown?.code) return undefined
      const waitMs = coolDown.until - platform.now()
      // Longer than any pause: the clock was set back since. No number: the record is damaged.
      if (!(waitMs > 0 && waitMs <= COOL_DOWN_MAX_MS)) return undefined
      // A newer library may have written a code that this one has no words for.
      const isKnown = coolDown.code in TOKEN_ENDPOINT_MESSAGES
      return errorOf(isKnown ? coolDown : { ...coolDown, code: 'tokenEndpointUnavailable' }, waitMs)
    },
    begin: async (grant, { code, answer, cause }, isTokenRefused) => {
      const waitMs = pauseAfter(answer)
      const failures = (known(grant)?.failures || 0) + 1
      const offerConsent =
        code === 'tokenEndpointUnreadable' || isRefusal(answer) || failures >= FAILURES_BEFORE_CONSENT
      const coolDown = { until: platform.now() + waitMs, code, failures, offerConsent, isTokenRefused }
      await keep(grant, coolDown)
      return errorOf(coolDown, waitMs, detailsOf(answer, cause))
    },
  }
}

/**
 * Finds out why none of these answers could be used.
 * @param isReached tells whether the endpoint can be reached at all
 */
export async function reasonOf(
  answers: readonly TokenAnswer[],
  isReached: () => Promise<boolean>,
): Promise<TokenEndpointErrorCode> {
  const last = answers.at(-1)
  if (last?.kind === 'unreadable' && last.blockedByPolicy) return 'blockedByPolicy'
  if (answers.some(({ kind }) => kind !== 'unreadable')) return 'tokenEndpointUnavailable'
  return (await isReached()) ? 'tokenEndpointUnreadable' : 'tokenEndpointUnavailable'
}

/** Returns how long the server asks to be left alone, in milliseconds. */
export function retryAfterMs(answer: TokenAnswer | undefined): number | undefined {
  return answer?.kind === 'retryable' ? answer.retryAfterMs : undefined
}

/** Tells whether it is this frame, and no other, that can't ask the token endpoint. */
export function isOnlyHere(answer: TokenAnswer | undefined): boolean {
  if (answer?.kind === 'unreadable') return answer.blockedByPolicy === true
  return answer?.kind === 'retryable' && answer.onlyHere === true
}

/** Tells whether the server refused in words of its own. It did not act on the refresh token then. */
export function isRefusal(answer: TokenAnswer | undefined): boolean {
  if (answer?.kind === 'clientRejected') return true
  if (answer?.kind !== 'retryable' || answer.serverError === undefined) return false
  const { status = 400, serverError } = answer
  const isForNow = FOR_NOW.has(status) || /unavailable|server_error|slow_down/.test(serverError)
  return status >= 400 && status < 500 && !isForNow
}

/** A time-out, too early, too many requests. */
const FOR_NOW: ReadonlySet<number> = /* @__PURE__ */ new Set([408, 425, 429])

function pauseAfter(answer: TokenAnswer | undefined): number {
  // Nobody was asked, or the token endpoint is well for the others.
  if (!answer || isOnlyHere(answer)) return 0
  return Math.min(Math.max(retryAfterMs(answer) ?? COOL_DOWN_MS, COOL_DOWN_MIN_MS), COOL_DOWN_MAX_MS)
}

function errorOf(
  { code, offerConsent }: CoolDown,
  waitMs: number,
  details: ConstructorParameters<typeof TokenEndpointError>[1] = {},
): TokenEndpointError {
  // A client that is rejected isn't helped by waiting.
  const isHelpful = waitMs > 0 && code !== 'clientRejected'
  return new TokenEndpointError(code, {
    ...details,
    offerConsent: offerConsent === true,
    retryAfterMs: isHelpful ? waitMs : undefined,
  })
}

function detailsOf(answer: TokenAnswer | undefined, cause: unknown) {
  if (answer?.kind === 'unreadable') return { cause: answer.cause }
  if (answer?.kind !== 'retryable' && answer?.kind !== 'clientRejected') return { cause }
  const { status, serverError, serverDescription } = answer
  return { status, serverError, serverDescription, cause }
}
