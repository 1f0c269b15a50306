import { MEMORY_TRUST_ALONE_MS, MEMORY_TRUST_MS } from '../base/durations'
import type { Platform } from '../base/platform'

/** Until when what was read of the storage may be believed without reading it again. */
export interface Freshness {
  /** The storage was read at this moment. */
  renew(): void
  /** Whether it was ever read. */
  wasRead(): boolean
  /** @param hearsOthers whether other frames can tell of their changes */
  isTrusted(hearsOthers: boolean): boolean
}

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
