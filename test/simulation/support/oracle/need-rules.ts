import { RENEWAL_JITTER_SHARE, RENEWAL_LEAD_MS, RENEWAL_LEAD_SHARE } from '../../../../src/base/durations'
import type { TokenSet } from '../../../../src/grant/grant'
import type { Life } from '../browser/clock'
import type { History } from './history'
import type { Claim } from './presentations'
import { AFTERMATH_MS } from './request-rules'

/** Judges whether there was a need to send a refresh token. */
export interface NeedRules {
  /** Notes that the API called this access token dead, or refused it in words that may mean that. */
  refused(accessToken: string): void
  /** Notes that a frame stored a new generation. Only that frame knows of it for sure. */
  stored(life: Life, generation: string): void
  /** @param idleMs for how long nobody has called in that frame */
  sent(life: Life, claim: Claim, idleMs: number): void
}

/** Longer than a renewal waits for locks and storage, once its frame has seen that the token is still good. */
const RENEWAL_WAY_MS = 60_000

export function createNeedRules(history: History, wallClock: () => number): NeedRules {
  const refused = new Set<string>()
  const storedBy = new Map<string, Life>()

  /** Timers that came late until a moment ago held the frame up too. */
  function wasHeldUp({ timerGridMs }: Life): boolean {
    const { counts } = history
    const isCaughtUp = counts['late timers'] !== undefined && timerGridMs === 0
    return isCaughtUp || Object.keys(counts).some((what) => /freezes$|sleeps$/.test(what))
  }

  /** A mark that was damaged in the storage may still be known to its frame, which presents it again. */
  function mayKnowMark(): boolean {
    return history.counts['damaged mark'] !== undefined
  }

  return {
    refused: (accessToken) => {
      refused.add(accessToken)
    },
    stored: (life, generation) => {
      storedBy.set(generation, life)
    },
    sent: (life, { grant, isSecond }, idleMs) => {
      // A mark whose answer got lost is presented again, whatever the access token is worth.
      if (isSecond || history.hasClockJumped()) return
      const { tokenSet } = grant
      if (!isDue(tokenSet, wallClock()) && !refused.has(tokenSet.accessToken))
        history.violation(`${life.name}: asked for a new token although nobody refused the good one`)
      // What it renews in good time may have been replaced by another frame, by a token that is over already.
      const isKnown = storedBy.get(grant.generation) === life
      // Where timers come late, what a call has begun takes several of them.
      const isIdle = idleMs > AFTERMATH_MS + 2 * life.timerGridMs
      const isOver = wallClock() > tokenSet.expiresAt + RENEWAL_WAY_MS
      if (isIdle && isKnown && isOver && !wasHeldUp(life) && !mayKnowMark())
        history.violation(`${life.name}: renewed a token that had ended although nobody called`)
    },
  }
}

/** Tells whether it is time for a renewal, at the earliest moment that the jitter allows. */
function isDue({ obtainedAt, expiresAt }: TokenSet, now: number): boolean {
  const leadMs = Math.min(RENEWAL_LEAD_MS, (expiresAt - obtainedAt) * RENEWAL_LEAD_SHARE)
  return now >= expiresAt - leadMs * (1 + RENEWAL_JITTER_SHARE)
}
