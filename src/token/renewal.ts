// Loaded at start, for each page: it imports nothing of what a refresh needs.
import {
  COOL_DOWN_MS,
  EPISODE_MS,
  RENEWAL_INTERVAL_MS,
  RENEWAL_JITTER_SHARE,
  RENEWAL_LEAD_MS,
  RENEWAL_LEAD_SHARE,
  RENEWAL_PAUSE_MAX_MS,
  REUSE_LEEWAY_MS,
} from '../base/durations'
import { fieldsOf } from '../base/fields'
import { unref } from '../base/platform'
import type { Frame } from '../grant/frame'
import { type LiveGrant, liveGrant } from '../grant/grant'

/**
 * Renews the access token in the background before it ends, so that no call waits for it: in visible documents, each at
 * a moment of its own, and whichever comes first does it for all. A mark that a dead frame left is presented again soon,
 * while the server may still answer it. A token that has ended is left to the next call.
 * @param renew asks for the successor of this generation. Its failure breaks nothing: the token is still good.
 * @returns a function that ends it
 */
export function renewInBackground(
  { platform, store }: Frame,
  renew: (generation: string) => Promise<unknown>,
): () => void {
  let timer: unknown
  let markTimer: unknown
  /** The generation that `timer` is for. */
  let planned: string | undefined
  /** The owner of the mark that `markTimer` is for. */
  let marked: string | undefined
  /** The generation whose left mark was presented again. Once is enough: what fails leaves a mark itself. */
  let cleared: string | undefined
  let renewAt = 0
  let pauseMs = COOL_DOWN_MS
  let lastAt = -RENEWAL_INTERVAL_MS
  /** The run whose time came while the document was hidden. */
  let due: (() => void) | undefined

  function plan(): void {
    const grant = liveGrant(store.view(), platform.now())
    if (grant?.generation !== planned) planRenewal(grant)
    if (grant?.lease?.owner !== marked) planMark(grant)
  }

  function planRenewal(grant: LiveGrant | undefined): void {
    planned = grant?.generation
    platform.clearTimeout(timer)
    due = undefined
    pauseMs = COOL_DOWN_MS
    if (!grant?.renewable) return
    renewAt = renewalTime(grant, platform.random())
    const restMs = lastAt + RENEWAL_INTERVAL_MS - platform.monotonicNow()
    timer = setTimer(() => run(false), Math.max(restMs, renewAt - platform.now()))
  }

  function planMark(grant: LiveGrant | undefined): void {
    marked = grant?.lease?.owner
    platform.clearTimeout(markTimer)
    if (!grant?.lease || cleared === grant.generation) return
    const restMs = grant.lease.presentedAt + EPISODE_MS - platform.now()
    markTimer = setTimer(() => run(true), restMs)
  }

  function run(isForMark: boolean): void {
    const now = platform.now()
    const grant = liveGrant(store.view(), now)
    if (!grant?.renewable || grant.coolDown?.code === 'clientRejected') return
    const hasLeftMark = isLeftMark(grant, now) && cleared !== grant.generation
    if (!hasLeftMark && (isForMark || now >= grant.tokenSet.expiresAt)) return
    // A hidden document leaves it to the visible ones; it looks again when it is shown.
    due = platform.isVisible() ? undefined : () => run(isForMark)
    if (due) return
    if (hasLeftMark) cleared = grant.generation
    if (!isForMark) lastAt = platform.monotonicNow()
    const { generation } = grant
    const settled = (error?: unknown) => {
      const isEarly = isForMark && platform.now() < renewAt
      if (planned === generation && !isEarly && fieldsOf(error).retryable !== false) tryAgainLater()
    }
    renew(generation).then(() => settled(), settled)
  }

  function tryAgainLater(): void {
    platform.clearTimeout(timer)
    timer = setTimer(() => run(false), pauseMs * (1 + platform.random()))
    pauseMs = Math.min(pauseMs * 2, RENEWAL_PAUSE_MAX_MS)
  }

  /** Sets a timer that keeps no process alive. */
  function setTimer(callback: () => void, delayMs: number): unknown {
    const handle = platform.setTimeout(callback, Math.max(0, delayMs))
    unref(handle)
    return handle
  }

  const stopWaking = platform.onWake(() => due?.())
  const stopWatching = store.subscribe(plan)
  plan()
  return () => {
    stopWaking()
    stopWatching()
    platform.clearTimeout(timer)
    platform.clearTimeout(markTimer)
  }
}

/**
 * Returns the time at which a token is renewed in the background, in milliseconds since 1970.
 * @param random from 0 for the latest time to 1 for the earliest
 */
export function renewalTime({ tokenSet: { obtainedAt, expiresAt } }: LiveGrant, random: number): number {
  const leadMs = Math.min(RENEWAL_LEAD_MS, (expiresAt - obtainedAt) * RENEWAL_LEAD_SHARE)
  return expiresAt - leadMs * (1 + random * RENEWAL_JITTER_SHARE)
}

/** Tells whether there is a mark that no frame seems to be at work on, and that the server may still answer. */
function isLeftMark({ lease }: LiveGrant, now: number): boolean {
  const ageMs = lease ? now - lease.presentedAt : Infinity
  return ageMs >= EPISODE_MS && ageMs < REUSE_LEEWAY_MS
}
