import {
  RATE_LIMIT_FIRST_PAUSE_MS,
  RATE_LIMIT_INTERVAL_MS,
  RATE_LIMIT_JITTER_SHARE,
  RATE_LIMIT_MAX,
  RATE_LIMIT_MAX_BELIEVED,
  RATE_LIMIT_SECOND_PAUSE_MS,
  RATE_LIMIT_THIRD_PAUSE_MS,
  RATE_LIMIT_WAIT_MAX_BELIEVED_MS,
} from '../base/durations'
import type { RateLimit } from '../base/errors'

/**
 * The calls that a token may make now, as far as this page can know. A call takes a place when it is sent. The place is
 * free again one interval after the answer: by then the server has forgotten the call, whatever window it counts in.
 * Times are monotonic milliseconds.
 */
export interface RateWindow {
  /** Tells when the next call may be sent. `Infinity`: not before a call that is under way has ended. */
  nextAt(now: number): number
  /** Takes a place, also where no place is free. */
  take(): Taken
  /** Gives a place back at once, for a call that was never sent. */
  giveBack(): void
  /** Notes the end of a call, and what the headers of its answer say. */
  answered(taken: Taken, limit: RateLimit | undefined, now: number): void
  /**
   * Notes a call that the rate limit refused: no call is sent until the pause is over, and then at the rate that the
   * headers name. After three pauses without a success there is no hope that another one helps.
   */
  refused(
    taken: Taken,
    limit: RateLimit | undefined,
    retryAfterMs: number | undefined,
    now: number,
  ): { pausedUntil: number; hasHope: boolean }
}

/** The number of pauses there were when a call was sent. */
export type Taken = number

/**
 * Makes a window in which nothing is used.
 * @param random gives numbers from 0 to 1, for the jitter of pauses
 */
export function createRateWindow(random: () => number): RateWindow {
  let max = RATE_LIMIT_MAX
  let intervalMs = RATE_LIMIT_INTERVAL_MS
  let underWay = 0
  /** When each used place is free again. Places that other frames used are in it, as far as the headers tell. */
  let usedUntil: number[] = []
  let pausedUntil = 0
  let pauses: Taken = 0
  let failedPauses = 0

  function nextAt(now: number): number {
    prune(now)
    const excess = underWay + usedUntil.length - max
    return Math.max(pausedUntil, excess < 0 ? now : (usedUntil[excess] ?? Infinity))
  }

  function take(): Taken {
    underWay++
    return pauses
  }

  function giveBack(): void {
    underWay--
  }

  function answered(taken: Taken, limit: RateLimit | undefined, now: number): void {
    underWay--
    readRate(limit)
    // The pause assumes that all places were used, also by calls that were sent before it.
    if (taken !== pauses) return
    failedPauses = 0
    usedUntil.push(now + intervalMs)
    prune(now)
    const left = Math.min(limit?.token?.remaining ?? Infinity, limit?.key?.remaining ?? Infinity)
    const others = max - underWay - usedUntil.length - Math.max(0, left)
    for (let place = 0; place < others; place++) usedUntil.push(now + intervalMs)
  }

  function refused(
    taken: Taken,
    limit: RateLimit | undefined,
    retryAfterMs: number | undefined,
    now: number,
  ): { pausedUntil: number; hasHope: boolean } {
    underWay--
    readRate(limit)
    // Calls that were sent together are refused together: that is one pause.
    const isNew = taken === pauses
    if (isNew) {
      pauses++
      failedPauses++
    }
    const hasHope = failedPauses <= PAUSES_MS.length
    const usualMs = isNew ? (exhaustedMs(limit) ?? PAUSES_MS[failedPauses - 1]) : undefined
    const pauseMs = Math.max(RATE_LIMIT_FIRST_PAUSE_MS, believable(retryAfterMs ?? usualMs ?? 0))
    pausedUntil = Math.max(pausedUntil, now + pauseMs * (1 + random() * RATE_LIMIT_JITTER_SHARE))
    usedUntil = Array.from({ length: max }, (_, place) => pausedUntil + (place * intervalMs) / max)
    if (!hasHope) failedPauses = 0
    return { pausedUntil, hasHope }
  }

  function readRate(limit: RateLimit | undefined): void {
    const { max: namedMax = 0, intervalMs: namedMs = 0 } = limit?.token ?? {}
    if (namedMax >= 1) max = Math.min(Math.floor(namedMax), RATE_LIMIT_MAX_BELIEVED)
    if (namedMs >= 1) intervalMs = believable(namedMs)
  }

  function prune(now: number): void {
    usedUntil = usedUntil.filter((until) => until > now).sort((a, b) => a - b)
  }

  return { nextAt, take, giveBack, answered, refused }
}

function believable(waitMs: number): number {
  return Math.min(waitMs, RATE_LIMIT_WAIT_MAX_BELIEVED_MS)
}

/** Used where no header tells how long to wait. */
const PAUSES_MS = [RATE_LIMIT_FIRST_PAUSE_MS, RATE_LIMIT_SECOND_PAUSE_MS, RATE_LIMIT_THIRD_PAUSE_MS]

/** Reads the interval of the limit that is used up. */
function exhaustedMs(limit: RateLimit | undefined): number | undefined {
  return [limit?.token, limit?.key].find((bucket) => bucket && bucket.remaining <= 0)?.intervalMs
}
