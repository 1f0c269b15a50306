import { COOL_DOWN_MS, RENEWAL_JITTER_SHARE, RENEWAL_LEAD_MS, RENEWAL_LEAD_SHARE } from '../base/durations'
import { unref } from '../base/platform'
import type { Frame } from '../grant/frame'
import { liveGrant } from '../grant/grant'

/**
 * Renews the access token in the background before it ends, so that no call waits for it: in visible documents, each at
 * a moment of its own, and whichever comes first does it for all.
 * @param renew gets a new token for this one. Its failure breaks nothing: the token is still good.
 * @returns a function that ends it
 */
export function renewInBackground(
  { platform, store }: Frame,
  renew: (instead: string) => Promise<unknown>,
): () => void {
  let timer: unknown
  let planned: string | undefined
  let isDue = false

  const plan = () => {
    const grant = liveGrant(store.view(), platform.now())
    if (grant?.tokenSet.accessToken === planned) return
    platform.clearTimeout(timer)
    isDue = false
    planned = grant?.tokenSet.accessToken
    if (!grant?.renewable) return
    const { obtainedAt, expiresAt } = grant.tokenSet
    const leadMs = Math.min(RENEWAL_LEAD_MS, (expiresAt - obtainedAt) * RENEWAL_LEAD_SHARE)
    const renewAt = expiresAt - leadMs * (1 + platform.random() * RENEWAL_JITTER_SHARE)
    runIn(renewAt - platform.now())
  }
  const runIn = (delayMs: number) => {
    timer = platform.setTimeout(run, Math.max(0, delayMs))
    unref(timer)
  }
  const run = () => {
    const token = planned
    if (token === undefined) return
    // A hidden document leaves it to the visible ones; it looks again when it is shown.
    if (!platform.isVisible()) {
      isDue = true
      return
    }
    renew(token).catch(() => {
      if (planned === token) runIn(COOL_DOWN_MS * (1 + platform.random()))
    })
  }
  const stopWaking = platform.onWake(() => {
    if (!isDue) return
    isDue = false
    run()
  })
  const stopWatching = store.subscribe(plan)
  plan()
  return () => {
    stopWaking()
    stopWatching()
    platform.clearTimeout(timer)
  }
}
