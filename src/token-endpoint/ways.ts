import { noValue, promised } from '../base/async'
import { answerOf } from './answer'
import { canRenew, type ObtainedGrant } from './obtained-grant'
import type { ExchangeRequest, TokenAnswer, TokenEndpoint } from './token-endpoint'

/** The ways in which one client can ask for tokens. */
export interface TokenWays {
  /** Lets the endpoint get ready for an exchange, which may come. */
  prepare?(): void
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

/** Makes the one way of a client whose `tokenEndpoint` was configured. */
export function onlyWay(endpoint: TokenEndpoint): TokenWays {
  return {
    prepare: () => prepare(endpoint),
    exchange: (request) => exchangeAt(endpoint, request),
    toRenew: async (grant) =>
      canRenew({ tokenEndpoint: endpoint, t: undefined }, grant) ? endpoint : undefined,
  }
}

/** Lets an endpoint get ready. A failure comes once more when it matters, and is told then. */
function prepare(endpoint: TokenEndpoint): void {
  // Somebody else's code may be async, too.
  promised(async () => endpoint.prepare?.()).catch(noValue)
}

/** Sends a code to one endpoint. Never rejects; the server's words come without the code and the verifier. */
export async function exchangeAt(
  endpoint: TokenEndpoint,
  request: ExchangeRequest,
): Promise<ExchangeOutcome> {
  const { code, codeVerifier } = request
  const ask = () => endpoint.exchange(request)
  return { answer: await answerOf(ask, [code, codeVerifier], endpoint.holdsRefreshToken), endpoint }
}
