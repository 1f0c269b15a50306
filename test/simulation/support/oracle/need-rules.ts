import { RENEWAL_JITTER_SHARE, RENEWAL_LEAD_MS, RENEWAL_LEAD_SHARE } from '../../../../src/base/durations'
import type { TokenSet } from '../../../../src/grant/grant'
import type { Life } from '../browser/clock'
import type { History } from './history'
import type { Claim } from './presentations'

/** Judges whether there was a need to send a refresh token. */
export interface NeedRules {
  /** Notes that the API called this access token dead, or refused it in words that may mean that. */
  refused(accessToken: string): void
  /** Notes that a frame stored a new generation. Only that frame knows of it for sure. */
  stored(life: Life, generation: string): void
  /** @param isIdle nobody calls in that frame, nor did so a moment ago */
  sent(life: Life, claim: Claim, isIdle: boolean): void
}

/** Longer than a renewal waits for locks and storage, once its frame has seen that the token is still good. */
const RENEWAL_WAY_MS = 60_000

export function createNeedRules(history: History, wallClock: () => number): NeedRules {
  const refused = new Set<string>()
  const storedBy = new Map<string, Life>()

  function wasHeldUp(): boolean {
    return Object.keys(history.counts).some((what) => /freezes$|sleeps$/.test(what))
  }

  return {
    refused: (accessToken) => {
      refused.add(accessToken)
    },
    stored: (life, generation) => {
      storedBy.set(generation, life)
    },
    sent: (life, { grant, isSecond }, isIdle) => {
      // A mark whose answer got lost is presented again, whatever the access token is worth.
      if (isSecond || history.hasClockJumped()) return
      const { tokenSet } = grant
      if (!isDue(tokenSet, wallClock()) && !refused.has(tokenSet.accessToken))
        history.violation(`${life.name}: asked for a new token although nobody refused the good one`)
      // What it renews in good time may have been replaced by another frame, by a token that is over already.
      const isKnown = storedBy.get(grant.generation) === life
      if (isIdle && isKnown && wallClock() > tokenSet.expiresAt + RENEWAL_WAY_MS && !wasHeldUp())
        history.violation(`${life.name}: renewed a token that had ended although nobody called`)
    },
  }
}

/** Tells whether it is time for a renewal, at the earliest moment that the jitter allows. */
function isDue({ obtainedAt, expiresAt }: TokenSet, now: number): boolean {
  const leadMs = Math.min(RENEWAL_LEAD_MS, (expiresAt - obtainedAt) * RENEWAL_LEAD_SHARE)
  return now >= expiresAt - leadMs * (1 + RENEWAL_JITTER_SHARE)
}
