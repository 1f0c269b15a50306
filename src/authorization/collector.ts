import { within } from '../deadline'
import { COLLECT_MS } from '../durations'
import type { Platform } from '../platform'
import { COLLECT_FRAGMENT, stateOfResponse } from './callback-message'
import type { Popup } from './popup'

/** The callback page in the mode in which it hands over what it kept. */
export function collectingUrl(redirectUri: string): string {
  return `${redirectUri}#${COLLECT_FRAGMENT}`
}

/**
 * Asks the callback page, open in `popup`, for the responses that it kept for `states`. Empty where it kept none, or
 * where it doesn't answer in time. Call it before the page can have loaded.
 */
export function collectResponses(
  platform: Platform,
  popup: Popup,
  states: readonly string[],
): Promise<readonly string[]> {
  let stop: () => void = () => undefined
  const collected = new Promise<readonly string[]>((resolve) => {
    stop = popup.onMessage((message) => {
      if (message.type === 'ready') popup.post({ type: 'collect', states })
      if (message.type !== 'kept') return
      const wanted = message.responses.filter((response) => states.includes(stateOfResponse(response) ?? ''))
      for (const response of wanted) popup.post({ type: 'received', state: stateOfResponse(response) ?? '' })
      resolve(wanted)
    })
  })
  return within(platform, COLLECT_MS, collected, () => []).finally(() => stop())
}
