import { LEASE_MS } from '../base/durations'
import type { Frame } from '../grant/frame'
import { isGood, type LiveGrant } from '../grant/grant'
import type { LeaseLocks } from '../grant/lock'
import { isPastLease, mayPutOff } from '../grant/on-refresh'
import type { TokenNeed } from './access-token'
import { openAnswers } from './siblings'

/**
 * The next step of a frame that needs a token. `present`: send the refresh token. `serve`: give out the token that is
 * there. `wait`: another request is on its way. `putOff`: another frame has the answer and could not store it yet.
 */
export type Turn = 'present' | 'serve' | 'wait' | 'putOff'

/** Decides which frame sends the refresh token. */
export interface Turns {
  /** Decides what this frame may do now, given the mark that stands in the record. */
  next(grant: LiveGrant, need: TokenNeed): Promise<Turn>
  /** Remembers a request of this frame until its answer comes. */
  follow(request: Promise<unknown>): void
  /** Ends the listening to other frames. */
  close(): void
}

/** Makes the decisions of one frame about one grant. */
export function createTurns(frame: Frame, locks: LeaseLocks, grantKey: string): Turns {
  const { platform, store } = frame
  const siblings = openAnswers(frame, grantKey)
  let unanswered = 0
  let wasHidden = false
  let answerDueAt = 0

  /**
   * Tells whether the Trello page may still answer a command of this frame. Commands of a hidden tab pile up and run when
   * it is shown again, so a second one is sent in visible time only.
   */
  function mayTrelloAnswer(): boolean {
    if (unanswered === 0) return false
    noteVisibility()
    return platform.monotonicNow() < answerDueAt
  }

  function noteVisibility(): void {
    const isHidden = !platform.isVisible()
    if (isHidden || wasHidden) answerDueAt = platform.monotonicNow() + LEASE_MS
    wasHidden = isHidden
  }

  return {
    next: async (grant, need) => {
      const { lease, tokenSet } = grant
      if (!lease || store.isOnlyHere(grant.generation)) return 'present'
      // Its owner died, or its answer got lost: at once, while a leeway of the server may still run.
      if (await locks.isGone(lease)) return 'present'
      const now = platform.now()
      if (need.renews !== undefined && isGood(tokenSet, now)) return 'serve'
      const isAtTrello = tokenSet.refreshToken === undefined
      if (!isPastLease(lease, now) || (isAtTrello && mayTrelloAnswer())) return 'wait'
      const isAnswered = await siblings.isHeldElsewhere(grant.generation)
      return isAnswered && mayPutOff(lease, platform.now()) ? 'putOff' : 'present'
    },
    follow: (request) => {
      unanswered++
      answerDueAt = platform.monotonicNow() + LEASE_MS
      noteVisibility()
      const settled = () => {
        unanswered--
      }
      request.then(settled, settled)
    },
    close: siblings.close,
  }
}
