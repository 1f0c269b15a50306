import type { Switches } from '../switches'

export interface TokenHostOptions {
  /** Where a program on this machine finds the token endpoint. */
  tokenEndpoint: string
  switches: { get(): Readonly<Switches>; forHostRequest(): Switches['hostContext'] }
  /** The client that a code was given to: a Power-Up's tokens come through Trello for its own client alone. */
  clientOf(code: string): string | undefined
}

/** What a frame asks Trello's page for, with the context of its `t`. */
export interface TokenCommand {
  name: 'authorizationCodeExchange' | 'refreshTokens'
  args: { redirectUri?: string; code?: string; codeVerifier?: string }
  context: { member?: string; organization?: string; plugin?: string }
}

/** The tokens as the authorization server gave them; `null` where there is nothing left to refresh. */
export type TokenHost = (command: TokenCommand) => Promise<Record<string, unknown> | null>

/**
 * Trello's part behind `t.authorizationCodeExchange` and `t.refreshTokens`: asks the authorization server and keeps the
 * refresh token, for each Power-Up, member and workspace. It lets two frames ask at once: whether Trello would put them
 * in a row, nobody outside knows.
 */
export function createTokenHost({ tokenEndpoint, switches, clientOf }: TokenHostOptions): TokenHost {
  const kept = new Map<string, { clientId: string; refreshToken: string }>()

  return async ({ name, args, context }) => {
    const { hostCommands } = switches.get()
    if (hostCommands === 'failing') throw new Error(`The command ${name} failed.`)
    if (hostCommands === 'unanswered') return new Promise(() => {})
    const position = switches.forHostRequest()
    if (position !== 'live') throw new Error(position)
    const key = JSON.stringify([context.plugin, context.member, context.organization])
    return name === 'authorizationCodeExchange' ? exchange(key, args) : refresh(key)
  }

  async function exchange(
    key: string,
    { redirectUri = '', code = '', codeVerifier = '' }: TokenCommand['args'],
  ) {
    const clientId = clientOf(code) ?? ''
    const answer = await ask({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: codeVerifier,
    })
    return keep(key, clientId, answer)
  }

  async function refresh(key: string) {
    const { clientId, refreshToken } = kept.get(key) ?? {}
    if (clientId === undefined || refreshToken === undefined) return null
    const fields = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }
    const answer = await ask(fields)
    const isDead = answer.status >= 400 && answer.status < 500 && answer.status !== 429
    if (!isDead) return keep(key, clientId, answer)
    kept.delete(key)
    return null
  }

  function keep(key: string, clientId: string, { status, body }: Answer): Record<string, unknown> {
    if (status !== 200) throw new Error(`The token request failed with status ${status}.`)
    const { refresh_token: refreshToken, ...rest } = body
    if (typeof refreshToken === 'string') kept.set(key, { clientId, refreshToken })
    return switches.get().hostRefreshToken === 'given' ? body : rest
  }

  async function ask(fields: Record<string, string>): Promise<Answer> {
    const response = await fetch(tokenEndpoint, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, body: parse(await response.text()) }
  }
}

interface Answer {
  status: number
  body: Record<string, unknown>
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('The token response is no JSON.')
  }
}
