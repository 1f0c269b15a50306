import { within } from '../base/async'
import { COOL_DOWN_MAX_MS, COOL_DOWN_MS, REACHABLE_MS } from '../base/durations'
import { TokenEndpointError, type TokenEndpointErrorCode } from '../base/errors'
import type { Frame } from '../grant/frame'
import type { CoolDown, LiveGrant } from '../grant/grant'
import { beginCoolDown } from '../grant/on-refresh'
import { isThere, type TokenAnswer, type TokenEndpoint } from '../token-endpoint/token-endpoint'

/** What a cool-down, if one is on, says to whoever asks for a token now. */
export function coolDownNow(coolDown: CoolDown | undefined, now: number): TokenEndpointError | undefined {
  if (!coolDown?.code) return undefined
  const waitMs = coolDown.until - now
  // A time further off than any cool-down is one of a clock that was set back since; one that is none was damaged.
  if (!(waitMs > 0 && waitMs <= COOL_DOWN_MAX_MS)) return undefined
  return coolDownError(coolDown.code, waitMs)
}

/** Ends an episode in which no answer was final, for all frames. Resolves with the reason. */
export async function endEpisode(
  frame: Frame,
  endpoint: TokenEndpoint,
  grant: LiveGrant,
  answers: readonly TokenAnswer[],
): Promise<TokenEndpointError> {
  const code = await codeOf(frame, endpoint, answers)
  const last = answers.at(-1)
  // The endpoint is well, but not for this frame: the others need no cool-down.
  if (last && 'onlyHere' in last) return new TokenEndpointError(code, detailsOf(last))
  return coolDownForAll(frame, grant, code, last)
}

async function codeOf(
  { platform }: Frame,
  endpoint: TokenEndpoint,
  answers: readonly TokenAnswer[],
): Promise<TokenEndpointErrorCode> {
  if (answers.some(isForbidden)) return 'blockedByPolicy'
  const isHidden =
    answers.every(({ kind }) => kind === 'unreadable') &&
    (await within(platform, REACHABLE_MS, isThere(endpoint), () => false))
  return isHidden ? 'tokenEndpointUnreadable' : 'tokenEndpointUnavailable'
}

/** Tells whether the page's own policy forbade the request. Another one would fare no better. */
export function isForbidden(answer: TokenAnswer): boolean {
  return answer.kind === 'unreadable' && answer.blockedByPolicy === true
}

/** Writes the cool-down for all frames. Resolves with what the callers of this one get. */
export async function coolDownForAll(
  { platform, store }: Frame,
  { generation }: LiveGrant,
  code: TokenEndpointErrorCode,
  last: TokenAnswer | undefined,
): Promise<TokenEndpointError> {
  const waitMs = Math.min(retryAfterMs(last) ?? COOL_DOWN_MS, COOL_DOWN_MAX_MS)
  const coolDown = { until: platform.now() + waitMs, code }
  // Where it can't be stored, the other frames find out by themselves.
  await store.transact((entry) => beginCoolDown(entry, generation, coolDown)).catch(() => undefined)
  return coolDownError(code, waitMs, detailsOf(last))
}

export function retryAfterMs(answer: TokenAnswer | undefined): number | undefined {
  return answer?.kind === 'retryable' ? answer.retryAfterMs : undefined
}

function coolDownError(code: TokenEndpointErrorCode, waitMs: number, details: AnswerDetails = {}) {
  // A client that is rejected isn't helped by waiting.
  return new TokenEndpointError(code, {
    ...details,
    ...(code !== 'clientRejected' && { retryAfterMs: waitMs }),
  })
}

interface AnswerDetails {
  status?: number
  serverError?: string
}

function detailsOf(answer: TokenAnswer | undefined): AnswerDetails {
  if (answer?.kind !== 'retryable' && answer?.kind !== 'clientRejected') return {}
  const { status, serverError } = answer
  return { ...(status !== undefined && { status }), ...(serverError !== undefined && { serverError }) }
}
