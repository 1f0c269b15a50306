import { hasTokenCommands, type TrelloFrame } from '../base/trello'
import type { TokenEndpoint } from './token-endpoint'

// Loaded at start: each look at the state asks for it.

/** The part of a stored grant that says how it was obtained. */
export interface ObtainedGrant {
  /** The `way` of the endpoint that gave its tokens. Left out where that had no name. */
  way?: string | undefined
  /** Its tokens. The refresh token is left out where the endpoint holds it. */
  tokenSet: { refreshToken?: string | undefined }
}

/** The token endpoint that a client was made with. */
export interface ChosenEndpoint {
  /** The URL of the endpoint, or the endpoint itself. `undefined`: the automatic endpoint. */
  tokenEndpoint: string | TokenEndpoint | undefined
  /** The `t` of the client, if it has one. */
  t: TrelloFrame | undefined
}

/**
 * Decides whether a client can renew a grant the way it was obtained. It can't where somebody has configured another kind
 * of endpoint since: one that holds the refresh token has never seen that of a grant whose token lives in the frame.
 */
export function canRenew({ tokenEndpoint, t }: ChosenEndpoint, { way, tokenSet }: ObtainedGrant): boolean {
  const isHeldElsewhere = tokenSet.refreshToken === undefined
  if (tokenEndpoint === undefined)
    return !isHeldElsewhere || ((way ?? 'trelloPage') === 'trelloPage' && hasTokenCommands(t))
  if (typeof tokenEndpoint === 'string') return !isHeldElsewhere
  const isSameWay = way === undefined || tokenEndpoint.way === undefined || way === tokenEndpoint.way
  // An endpoint in plain JavaScript may leave `holdsRefreshToken` out.
  return !tokenEndpoint.holdsRefreshToken !== isHeldElsewhere && (isSameWay || !isHeldElsewhere)
}
