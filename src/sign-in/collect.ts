import { within } from '../base/async'
import { COLLECT_MS } from '../base/durations'
import { AuthorizationError } from '../base/errors'
import type { Platform } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import { COLLECT_FRAGMENT, stateOfResponse } from './callback-message'
import type { SignIn } from './in-progress'
import type { Popup } from './popup'

/** Makes the address of the callback page at which it hands over what it kept. */
export function collectingUrl(redirectUri: string): string {
  return `${redirectUri}#${COLLECT_FRAGMENT}`
}

/**
 * Asks the callback page, open in `popup`, for the responses that it kept for `states`. `undefined`: the page did not
 * answer in time. Call it before the page can have loaded.
 */
export function collectResponses(
  platform: Platform,
  popup: Popup,
  states: readonly string[],
): Promise<readonly string[] | undefined> {
  let stop: () => void = () => undefined
  const collected = new Promise<readonly string[] | undefined>((resolve) => {
    stop = popup.onMessage((message) => {
      if (message.type === 'ready') popup.post({ type: 'collect', states })
      if (message.type !== 'kept') return
      const wanted = message.responses.filter((response) => states.includes(stateOfResponse(response) ?? ''))
      for (const response of wanted) popup.post({ type: 'received', state: stateOfResponse(response) ?? '' })
      resolve(wanted)
    })
  })
  return within(platform, COLLECT_MS, collected, () => undefined).finally(() => stop())
}

/**
 * Finishes an attempt whose response the callback page kept, the latest first. Resolves with `true` if one is finished.
 * @param popup open, or about to be, at the callback page in its collecting mode
 * @throws AuthorizationError of `exchange`, where the person has to hear of it
 */
export async function finishKept(
  platform: Platform,
  signIn: SignIn,
  popup: Popup,
  unfinished: readonly PendingAttempt[],
  exchange: (attempt: PendingAttempt, parameters: string) => Promise<void>,
): Promise<boolean> {
  const states = unfinished.map(({ state }) => state)
  const responses = await collectResponses(platform, popup, states)
  // An opener policy cuts the window off from its opener: that is no silence of the page.
  if (!responses && !popup.isClosed()) signIn.unheard()
  for (const attempt of unfinished) {
    const parameters = responses?.find((response) => stateOfResponse(response) === attempt.state)
    if (parameters === undefined || signIn.isAborted) continue
    signIn.answered()
    signIn.expect(attempt.state)
    try {
      await exchange(attempt, parameters)
      return true
    } catch (error) {
      // Who has just pressed Connect is not greeted by an old denial or a dead code: the window goes on to consent.
      if (!isStale(error)) throw error
    }
  }
  signIn.unanswered()
  return false
}

function isStale(error: unknown): boolean {
  return error instanceof AuthorizationError && !error.retryable && error.code !== 'accountMismatch'
}
