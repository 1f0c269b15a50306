import type { TrelloFrame } from '../../../../src/base/trello'
import type { Life } from '../browser/clock'
import type { TokenQuestion, TokenRequests } from './token-requests'

interface CodeExchange {
  code: string
  codeVerifier: string
}

/** A `t` whose two token commands reach the Trello page around the frame, which keeps the refresh token. */
export function trelloFrame(life: Life, tokenRequests: TokenRequests, context: object): TrelloFrame {
  const { keptByPage } = tokenRequests

  async function command(grant: TokenQuestion['grant']): Promise<unknown> {
    const response = await tokenRequests.ask(life, { grant, way: 'page' })
    const body: unknown = await response.json()
    if (response.ok) return body
    // The page has forgotten a refresh token that the server refused.
    if ('refreshToken' in grant && keptByPage.refreshToken === undefined) return null
    // Trello rejects with what the server said.
    throw Object.assign(new Error(JSON.stringify(body)), { name: 'TokenError' })
  }

  const frame = {
    getContext: () => context,
    authorizationCodeExchange: ({ code, codeVerifier }: CodeExchange) =>
      command({ code, verifier: codeVerifier }),
    refreshTokens: () => command({ refreshToken: undefined }),
  }
  return frame as TrelloFrame
}
