import { stateOfResponse } from './authorization/callback-message'
import { collectResponses } from './authorization/collector'
import type { PendingAttempt } from './authorization/pending-attempts'
import type { Popup } from './authorization/popup'
import { AuthorizationError } from './errors'
import type { Platform } from './platform'
import type { SignIn } from './sign-ins'

/** The response to an attempt, from the window that was opened with it. Never rejects. */
export function responseTo(signIn: SignIn, { state }: PendingAttempt, popup: Popup): Promise<string> {
  return new Promise((resolve) => {
    const stop = popup.onMessage((message) => {
      if (message.type !== 'response' || stateOfResponse(message.parameters) !== state) return
      stop()
      signIn.isAnswered = true
      popup.post({ type: 'received', state })
      resolve(message.parameters)
    })
  })
}

/**
 * Finishes an attempt whose response the callback page kept, the latest first. Resolves with whether one did.
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
  for (const attempt of unfinished) {
    const parameters = responses.find((response) => stateOfResponse(response) === attempt.state)
    if (parameters === undefined || signIn.isAborted()) continue
    signIn.isAnswered = true
    signIn.states.add(attempt.state)
    try {
      await exchange(attempt, parameters)
      return true
    } catch (error) {
      // Who has just pressed Connect is not greeted by an old denial or a dead code: the window goes on to consent.
      if (!isStale(error)) throw error
    }
  }
  signIn.isAnswered = false
  return false
}

function isStale(error: unknown): boolean {
  return error instanceof AuthorizationError && !error.retryable && error.code !== 'accountMismatch'
}
