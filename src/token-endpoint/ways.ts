import { hasTokenCommands, type TrelloFrame } from '../base/trello'
import { answerOf } from './answer'
import type { ExchangeRequest, TokenAnswer, TokenEndpoint } from './token-endpoint'

/** The ways in which one client can ask for tokens. */
export interface TokenWays {
  /** Exchanges a code in the first way that works. Never rejects. */
  exchange(request: ExchangeRequest): Promise<ExchangeOutcome>
  /**
   * Picks the endpoint that renews a grant, and loads it. `undefined`: this client can't renew it, see `canRenew`. Rejects
   * where the endpoint can't be loaded.
   */
  toRenew(grant: ObtainedGrant): Promise<TokenEndpoint | undefined>
}

/** An answer, and the endpoint that gave it. */
export interface ExchangeOutcome {
  /** The answer, judged. */
  answer: TokenAnswer
  /** The endpoint that gave it. */
  endpoint: TokenEndpoint
}

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

/** Makes the one way of a client whose `tokenEndpoint` was configured. */
export function onlyWay(endpoint: TokenEndpoint): TokenWays {
  return {
    exchange: (request) => exchangeAt(endpoint, request),
    toRenew: async (grant) =>
      canRenew({ tokenEndpoint: endpoint, t: undefined }, grant) ? endpoint : undefined,
  }
}

/** Sends a code to one endpoint. Never rejects; the server's words come without the code and the verifier. */
export async function exchangeAt(
  endpoint: TokenEndpoint,
  request: ExchangeRequest,
): Promise<ExchangeOutcome> {
  const { code, codeVerifier } = request
  return { answer: await answerOf(() => endpoint.exchange(request), [code, codeVerifier]), endpoint }
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
  return tokenEndpoint.holdsRefreshToken === isHeldElsewhere && (isSameWay || !isHeldElsewhere)
}
