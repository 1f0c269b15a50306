import type { Clock } from '../browser/clock'
import type { AuthorizationServer, ServerOptions } from '../servers/authorization-server'
import type { History } from './history'

/** Judges the access tokens that are handed out. */
export interface ServingRules {
  /** Notes that an answer brought this access token. */
  arrived(accessToken: string): void
  served(accessToken: string, how: Serving): void
}

/** How an access token was handed out. */
export interface Serving {
  /** The frame says that its grant is stored. */
  isPersistent: boolean
  /** Nothing held the frame up between choosing the token and handing it out. */
  isInTime: boolean
}

export interface ServingOptions {
  clock: Clock
  server: AuthorizationServer
  history: History
  refreshBrings: ServerOptions['refreshBrings']
}

/** A new token counts as good for two seconds at least, after a commit of three and with the delays of this simulation. */
const NEW_TOKEN_MS = 6_000

/** @param wasStored tells whether this token has ever been in the store */
export function createServingRules(
  { clock, server, history, refreshBrings }: ServingOptions,
  wasStored: (token: string) => boolean,
): ServingRules {
  /** By access token: when an answer last brought it. */
  const arrivedAt = new Map<string, number>()

  /** Tells whether a frame can't know how long its token lives. */
  function isMisjudged(): boolean {
    const { counts } = history
    const isUntold = counts['token request: withoutLifetime'] || counts['token request: noLifetime']
    return history.hasClockJumped() || Boolean(isUntold) || refreshBrings === 'overstated'
  }

  return {
    arrived: (accessToken) => {
      arrivedAt.set(accessToken, clock.elapsed())
    },
    served: (accessToken, { isPersistent, isInTime }) => {
      if (!wasStored(accessToken) && isPersistent)
        history.violation(`${accessToken} was given out before it was stored`)
      // One that was over, or nearly, when it came is handed out all the same: asking again brings no better one.
      const isNew = clock.elapsed() - (arrivedAt.get(accessToken) ?? -Infinity) < NEW_TOKEN_MS
      if (server.isOver(accessToken) && isInTime && !isNew && !isMisjudged())
        history.violation(`${accessToken} was given out after its time`)
    },
  }
}
