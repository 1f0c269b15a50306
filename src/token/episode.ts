import { COOL_DOWN_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { TokenNeed } from './access-token'
import type { RefreshClient } from './rotation'

/** The attempt to get a token that all callers of a page share. Only one runs at a time. */
export interface SharedEpisode {
  /**
   * Joins the episode that is running, or begins one for this client. Where the client that began it failed for a reason of
   * its own, the next one tries its own way.
   */
  join(client: RefreshClient, need: TokenNeed): Promise<string>
}

/** Failures that concern only the client that asked. For example, the board of its `t` is no longer shown. */
export interface OwnFailures {
  /** Notes that an error concerns only the client that asked. Returns the same error. */
  add(error: Error): Error
  /** Tells whether an error was noted with `add`. */
  has(error: unknown): boolean
}

/** Makes an empty collection. It keeps no error in memory. */
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

/**
 * Makes the shared episode of one page.
 * @param run gets one token, or rejects with the reason why it got no token
 */
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
