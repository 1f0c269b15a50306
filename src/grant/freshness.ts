import { MEMORY_TRUST_ALONE_MS, MEMORY_TRUST_MS } from '../base/durations'
import type { Platform } from '../base/platform'

/** The memory of the last read, which tells whether its result may be believed without reading again. */
export interface Freshness {
  /** Notes that the storage was read at this moment. */
  renew(): void
  /** Tells whether it was ever read. */
  wasRead(): boolean
  /**
   * Tells whether the last read may still be believed.
   * @param hearsOthers `true`: other frames can tell of their changes
   */
  isTrusted(hearsOthers: boolean): boolean
}

/** Makes the memory of a frame that has read nothing yet. */
export function createFreshness(platform: Platform): Freshness {
  let readAt: { wall: number; monotonic: number } | undefined

  return {
    renew: () => {
      readAt = { wall: platform.now(), monotonic: platform.monotonicNow() }
    },
    wasRead: () => readAt !== undefined,
    isTrusted: (hearsOthers) => {
      if (!readAt) return false
      const elapsedMs = platform.monotonicNow() - readAt.monotonic
      // A machine that slept, or a clock that was set.
      const jumpMs = Math.abs(platform.now() - readAt.wall - elapsedMs)
      const trustMs = hearsOthers ? MEMORY_TRUST_MS : MEMORY_TRUST_ALONE_MS
      return elapsedMs < trustMs && jumpMs < MEMORY_TRUST_ALONE_MS
    },
  }
}
