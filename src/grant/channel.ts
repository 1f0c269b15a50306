import type { Platform } from '../platform'

/** What frames tell each other. Hints to read again, never state, and never a token. */
export type ChannelMessage =
  | { type: 'changed' }
  | { type: 'whoHasAnswer'; generation: string }
  | { type: 'iHaveAnswer'; generation: string }

export interface Channel {
  /** Whether there is a channel at all. Without one, memory is believed for a short time only. */
  readonly isOpen: boolean
  post(message: ChannelMessage): void
}

export function openChannel(
  platform: Platform,
  name: string,
  onMessage: (message: ChannelMessage) => void,
): Channel {
  const channel = platform.openChannel(name)
  channel?.addEventListener('message', ({ data }) => {
    const message = readMessage(data)
    if (message) onMessage(message)
  })
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

function readMessage(data: unknown): ChannelMessage | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { type, generation } = data as { type?: unknown; generation?: unknown }
  if (type === 'changed') return { type }
  if ((type === 'whoHasAnswer' || type === 'iHaveAnswer') && typeof generation === 'string')
    return { type, generation }
  return undefined
}
