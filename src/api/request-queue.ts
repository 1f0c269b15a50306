import { abortReason } from '../base/async'
import { RATE_LIMIT_PATIENCE_MS, RATE_LIMIT_QUEUE_MS } from '../base/durations'
import { PowerUpOAuthError, type RateLimit } from '../base/errors'
import type { Platform } from '../base/platform'
import { createRateWindow } from './rate-window'

/** One queue for all calls of a page that share a token. First come, first served. */
export interface RequestQueue {
  /**
   * Waits until the call may be sent. A call that waits again, after a 429, stands behind all others: where the server
   * refuses only this one, it must not hold them back.
   * @throws the reason of its signal; its `tooLong` error after {@link RATE_LIMIT_QUEUE_MS}, and at once where the next
   * place is further off than {@link RATE_LIMIT_PATIENCE_MS}
   */
  wait(turn: Turn): Promise<Place>
  /** Takes a place at once, for a call that is counted and doesn't wait. */
  take(): Place
}

/** A call that waits. */
export interface Turn {
  /** Ends the wait with its reason. */
  signal: AbortSignal | null | undefined
  /** Makes the error of a call that would wait too long. The next place is free after `waitMs`, if that is known. */
  tooLong(waitMs: number | undefined): unknown
}

/** The right to send one call. Exactly one of the three is called when the call has ended. */
export interface Place {
  /** Ends a call that was sent. */
  answered(limit: RateLimit | undefined): void
  /** Ends a call that the rate limit refused. All calls wait from now on. */
  refused(limit: RateLimit | undefined, retryAfterMs: number | undefined): Pause
  /** Ends a call that has no answer. An error of this library came before the call was sent. */
  failed(error: unknown): void
}

/** The wait that a refusal means for all calls. */
export interface Pause {
  /** Milliseconds until the next call may be sent. */
  waitMs: number
  /** `true` if the refused call may wait for that and try again. */
  isShort: boolean
}

interface Waiter {
  turn: Turn
  since: number
  go(place: Place): void
  fail(error: unknown): void
}

/** Makes a queue that is empty. It has a timer only while a call waits. */
export function createRequestQueue(platform: Platform): RequestQueue {
  const window = createRateWindow(platform.random)
  /** In the order in which they came. */
  const waiting = new Set<Waiter>()
  let timer: unknown

  function wait(turn: Turn): Promise<Place> {
    const { signal } = turn
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal))
      const waiter: Waiter = {
        turn,
        since: platform.monotonicNow(),
        go: settling(resolve),
        fail: settling(reject),
      }
      function settling<T>(settle: (value: T) => void): (value: T) => void {
        return (value) => {
          signal?.removeEventListener('abort', leave)
          settle(value)
        }
      }
      function leave(): void {
        // A polyfill may call a listener that was removed: a waiter that has gone is no longer here.
        waiting.delete(waiter)
        waiter.fail(signal && abortReason(signal))
        letGo()
      }
      signal?.addEventListener('abort', leave)
      waiting.add(waiter)
      letGo()
    })
  }

  /** Lets all go for whom there is a place, and sets a timer for the next. */
  function letGo(): void {
    platform.clearTimeout(timer)
    for (const first of waiting) {
      const now = platform.monotonicNow()
      const nextAt = window.nextAt(now)
      const giveUpAt = first.since + RATE_LIMIT_QUEUE_MS
      const isTooFar = nextAt < Infinity && nextAt > now + RATE_LIMIT_PATIENCE_MS
      if (nextAt > now && now < giveUpAt && !isTooFar) {
        timer = platform.setTimeout(letGo, Math.ceil(Math.min(nextAt, giveUpAt) - now))
        return
      }
      waiting.delete(first)
      if (nextAt <= now) first.go(take())
      else first.fail(first.turn.tooLong(nextAt < Infinity ? Math.ceil(nextAt - now) : undefined))
    }
  }

  function take(): Place {
    const taken = window.take()
    return {
      failed: (error) => {
        if (error instanceof PowerUpOAuthError) window.giveBack()
        else window.answered(taken, undefined, platform.monotonicNow())
        letGo()
      },
      answered: (limit) => {
        window.answered(taken, limit, platform.monotonicNow())
        letGo()
      },
      refused: (limit, retryAfterMs) => {
        const now = platform.monotonicNow()
        const { pausedUntil, hasHope } = window.refused(taken, limit, retryAfterMs, now)
        const waitMs = Math.ceil(pausedUntil - now)
        for (const waiter of hasHope ? [] : waiting) {
          waiting.delete(waiter)
          waiter.fail(waiter.turn.tooLong(waitMs))
        }
        letGo()
        return { waitMs, isShort: hasHope && waitMs <= RATE_LIMIT_PATIENCE_MS }
      },
    }
  }

  return { wait, take }
}
