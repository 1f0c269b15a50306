import { createRateWindow } from '../api/rate-window'
import type { Place, RequestQueue } from '../api/request-queue'
import { throwIfAborted } from '../base/async'
import { RATE_LIMIT_PATIENCE_MS } from '../base/durations'
import { browserPlatform } from '../base/platform'

/**
 * Makes a queue in which every wait is over at once: nobody waits for real time in a test, nor for timers that it fakes. Pauses
 * are as long as a real client's, by what they tell, and one that a real client wouldn't wait for is refused here too.
 */
export function createFakeQueue(): RequestQueue {
  const window = createRateWindow(browserPlatform.random)
  let skippedMs = 0
  const now = () => browserPlatform.monotonicNow() + skippedMs

  function take(): Place {
    const taken = window.take()
    return {
      failed: () => window.giveBack(),
      answered: (limit) => window.answered(taken, limit, now()),
      refused: (limit, retryAfterMs) => {
        const at = now()
        const { pausedUntil, hasHope } = window.refused(taken, limit, retryAfterMs, at)
        const waitMs = Math.ceil(pausedUntil - at)
        return { waitMs, isShort: hasHope && waitMs <= RATE_LIMIT_PATIENCE_MS }
      },
    }
  }

  return {
    wait: async ({ signal, tooLong }) => {
      throwIfAborted(signal)
      const waitMs = window.nextAt(now()) - now()
      // `Infinity`: for calls that are under way, which a test may answer when it likes.
      if (waitMs > RATE_LIMIT_PATIENCE_MS && waitMs < Infinity) throw tooLong(Math.ceil(waitMs))
      if (waitMs > 0 && waitMs < Infinity) skippedMs += waitMs
      return take()
    },
    take,
  }
}
