import type { Platform } from '../base/platform'

/** What frames tell each other: hints, never state, and never a token. */
export interface Channel {
  /** Whether there is a channel at all. Without one, memory is believed for a short time only. */
  readonly isOpen: boolean
  post(message: { type: string; generation?: string }): void
}

/** @param onMessage gets whatever any page of this origin has put on the channel */
export function openChannel(
  platform: Platform,
  name: string,
  onMessage: (message: unknown) => void,
): Channel {
  const channel = platform.openChannel(name)
  channel?.addEventListener('message', ({ data }) => onMessage(data))
  return {
    isOpen: channel !== undefined,
    post: (message) => {
      try {
        channel?.postMessage(message)
      } catch {
        // A channel that the browser closed: the others will find out when they read again.
      }
    },
  }
}
