import { COOL_DOWN_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { TokenNeed } from './access-token'
import type { RefreshClient } from './rotation'

/** The attempt to get a token that all callers of a page share: one at a time. */
export interface SharedEpisode {
  /**
   * Joins the episode that is running, or begins one for this client. Where the client that began it failed for a reason of
   * its own, the next one tries its own way.
   */
  join(client: RefreshClient, need: TokenNeed): Promise<string>
}

/** Failures that concern the client that asked, and no other: its `t` is of a board that is shown no more, for example. */
export interface OwnFailures {
  add(error: Error): Error
  has(error: unknown): boolean
}

export function createOwnFailures(): OwnFailures {
  const errors = new WeakSet<Error>()
  return {
    add: (error) => {
      errors.add(error)
      return error
    },
    has: (error) => error instanceof Error && errors.has(error),
  }
}

/** @param run gets one token, and rejects with the reason why there is none */
export function shareEpisode(
  platform: Platform,
  ownFailures: OwnFailures,
  run: (client: RefreshClient, need: TokenNeed) => Promise<string>,
): SharedEpisode {
  let running: { client: RefreshClient; need: TokenNeed; token: Promise<string> } | undefined
  const paused = new WeakMap<RefreshClient, { until: number; error: unknown }>()

  async function runFor(client: RefreshClient, need: TokenNeed): Promise<string> {
    const pause = paused.get(client)
    if (pause && platform.monotonicNow() < pause.until) throw pause.error
    return run(client, need).catch((error: unknown) => {
      if (ownFailures.has(error)) paused.set(client, { until: platform.monotonicNow() + COOL_DOWN_MS, error })
      throw error
    })
  }

  async function join(client: RefreshClient, need: TokenNeed): Promise<string> {
    if (!running) {
      const token = runFor(client, need).finally(() => {
        running = undefined
      })
      running = { client, need, token }
      return token
    }
    const joined = running
    const token = await joined.token.catch((error: unknown) => {
      if (joined.client === client || !ownFailures.has(error)) throw error
    })
    // The episode that was joined may have begun before anybody knew that this token won't do.
    const isOutdated = token === need.instead && joined.need.instead !== need.instead
    return token === undefined || isOutdated ? join(client, need) : token
  }

  return { join }
}
