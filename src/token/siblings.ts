import { delay } from '../base/async'
import { ASK_MS } from '../base/durations'
import { openChannel } from '../grant/channel'
import type { Frame } from '../grant/frame'

/** The questions that frames ask each other before one takes over from a living owner. */
export interface Answers {
  /** Tells whether another frame has the answer to the presentation of `generation`, but could not store it. */
  isHeldElsewhere(generation: string): Promise<boolean>
  /** Ends the listening. */
  close(): void
}

/**
 * Opens the channel on which frames ask each other, and answers the others.
 * @param key the key of the grant
 */
export function openAnswers({ platform, store }: Frame, key: string): Answers {
  const held = new Set<string>()
  const channel = openChannel(platform, `powerup-oauth:answers:${key}`, (message) => {
    const { type, generation } = readMessage(message)
    if (type === 'iHaveAnswer') held.add(generation)
    if (type === 'whoHasAnswer' && holdsAnswerTo(generation))
      channel.post({ type: 'iHaveAnswer', generation })
  })

  function holdsAnswerTo(generation: string): boolean {
    const { record } = store.view()
    const stored = store.storedGeneration()
    if (record?.status !== 'live' || record.generation === stored) return false
    // Also after several rotations of which none could be stored.
    return record.parent?.generation === generation || stored === generation
  }

  return {
    isHeldElsewhere: async (generation) => {
      if (!channel.isOpen) return false
      held.delete(generation)
      channel.post({ type: 'whoHasAnswer', generation })
      const until = platform.monotonicNow() + ASK_MS
      while (!held.has(generation) && platform.monotonicNow() < until) await delay(platform, ASK_MS / 5)
      return held.delete(generation)
    },
    close: channel.close,
  }
}

function readMessage(message: unknown): { type?: unknown; generation: string } {
  const { type, generation } = Object(message) as { type?: unknown; generation?: unknown }
  return typeof generation === 'string' ? { type, generation } : { generation: '' }
}
