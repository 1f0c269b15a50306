import { ConfigurationError } from '../base/errors'
import { hasTokenCommands, type TrelloFrame } from '../base/trello'
import { hostFailure, withoutLongWords } from './host-failure'
import { judgeAnswer } from './judge'
import type { TokenAnswer, TokenEndpoint } from './token-endpoint'

/**
 * The token endpoint behind the Trello page around the frame, for `createClient({ t, tokenEndpoint: trelloHostTokenEndpoint })`.
 * Trello asks the authorization server itself and keeps the refresh token. The frame gets only access tokens. It rests
 * on two commands of Trello's client library that are not documented, and works for the Power-Up's own client only.
 * @throws ConfigurationError `noTrelloContext` without a `t`, `invalidTokenEndpoint` where its `t` lacks the commands
 * @see https://developer.atlassian.com/cloud/trello/power-ups/oauth-2-api-client
 */
export function trelloHostTokenEndpoint(t: TrelloFrame | undefined): TokenEndpoint {
  if (!t) {
    const message =
      'trelloHostTokenEndpoint asks the Trello page: pass createClient the t of TrelloPowerUp too.'
    throw new ConfigurationError('noTrelloContext', message)
  }
  if (!hasTokenCommands(t)) {
    const message =
      'This t has no authorizationCodeExchange() and refreshTokens(). Load the newest power-up.min.js from Trello, or set `tokenEndpoint` to the URL of a proxy of your own.'
    throw new ConfigurationError('invalidTokenEndpoint', message)
  }
  return {
    holdsRefreshToken: true,
    way: 'trelloPage',
    exchange: ({ redirectUri, code, codeVerifier }) =>
      ask(() => t.authorizationCodeExchange({ redirectUri, code, codeVerifier }), [code, codeVerifier]),
    refresh: () => ask(() => t.refreshTokens(), []),
  }
}

async function ask(command: () => PromiseLike<unknown>, secrets: readonly string[]): Promise<TokenAnswer> {
  try {
    const answer = await command()
    if (answer === null) return { kind: 'dead' }
    // Trello hands on what the authorization server said; the same judge sees it.
    const raw = { status: 200, retryAfter: null, body: JSON.stringify(answer) ?? '' }
    return withoutTokens(judgeAnswer(raw, secrets, 0))
  } catch (error) {
    return hostFailure(error, secrets)
  }
}

/** Removes what the frame must not keep: tokens, or what could be one, and the status, which is not the server's. */
function withoutTokens(judged: TokenAnswer): TokenAnswer {
  if (judged.kind === 'unreadable') return judged
  if (judged.kind === 'tokens') {
    // Trello's page has it too and rotates it behind our back: here it would only be one more place to lose it.
    const { refreshToken: _, ...tokens } = judged
    return tokens
  }
  const { status: _, serverError, serverDescription, ...rest } = judged
  return {
    ...rest,
    ...(serverError && { serverError: withoutLongWords(serverError) }),
    ...(serverDescription && { serverDescription: withoutLongWords(serverDescription) }),
  }
}
