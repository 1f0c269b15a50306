import type { Platform } from '../base/platform'

/** A channel between the frames of one grant. It carries hints, never state, and never a token. */
export interface Channel {
  /** `false` where the browser gives no channel. What is in memory is then believed for a shorter time. */
  readonly isOpen: boolean
  /** Sends a message to the other frames. Never throws, also where the browser has closed the channel. */
  post(message: { type: string; generation?: string }): void
  /** Ends the listening. Nothing that is posted afterwards arrives. */
  close(): void
}

/**
 * Opens a channel of this name. Never throws.
 * @param onMessage gets whatever any page of this origin has put on the channel
 */
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
    close: () => channel?.close(),
  }
}
