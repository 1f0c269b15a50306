import { createHash, randomBytes } from 'node:crypto'
import type { LocalTrello } from '../../../../../examples/local-trello/local-trello'
import { type Answer, ask } from './http'

export interface SignInOptions {
  scope?: string
  /** The place of the member in `trello.members`. */
  member?: 0 | 1
  /** The place of the workspace in `trello.workspaces`. */
  workspace?: 0 | 1
}

export interface Tokens {
  access_token: string
  refresh_token: string
  expires_in: number
  scope: string
}

/** Goes through consent as a browser does, without one, and gives the tokens. */
export async function signIn(trello: LocalTrello, options: SignInOptions = {}): Promise<Tokens> {
  const { code, verifier } = await consent(trello, options)
  return (await exchange(trello, code, verifier)).json
}

export function exchange(trello: LocalTrello, code: string, verifier: string): Promise<Answer> {
  return askForTokens(trello, {
    grant_type: 'authorization_code',
    client_id: trello.clientId,
    redirect_uri: `${trello.origins.powerUp}/callback.html`,
    code,
    code_verifier: verifier,
  })
}

export function refresh(trello: LocalTrello, refreshToken: string): Promise<Answer> {
  return askForTokens(trello, {
    grant_type: 'refresh_token',
    client_id: trello.clientId,
    refresh_token: refreshToken,
  })
}

export function askForTokens(
  trello: LocalTrello,
  fields: Record<string, string>,
  encoding: 'json' | 'form' = 'json',
): Promise<Answer> {
  const isJson = encoding === 'json'
  return ask(trello, `${trello.origins.auth}/oauth/token`, {
    method: 'POST',
    headers: {
      origin: trello.origins.powerUp,
      'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
  })
}

/** The status of a call with this access token. */
export async function statusOfCall(trello: LocalTrello, accessToken: string): Promise<number> {
  const headers = { authorization: `Bearer ${accessToken}` }
  return (await ask(trello, `${trello.origins.api}/1/members/me`, { headers })).status
}

export async function consent(
  trello: LocalTrello,
  { member = 0, ...options }: SignInOptions,
): Promise<{ code: string; verifier: string }> {
  const { url, verifier } = authorizationUrl(trello, options)
  const response = await answerConsent(trello, url, trello.members[member]?.id)
  return { code: new URL(response).searchParams.get('code') ?? '', verifier }
}

/** Consents to an authorization request, and gives the address that the browser is sent back to. */
export async function answerConsent(
  trello: LocalTrello,
  url: string,
  account: string | undefined,
): Promise<string> {
  const visit = cookieVisit(trello)
  const { location: interaction = '' } = (await visit(url)).headers
  const accepted = await visit(`${trello.origins.auth}${interaction}/accept?account=${account}`, 'POST')
  return (await visit(accepted.headers.location ?? '')).headers.location ?? ''
}

export function authorizationUrl(
  trello: LocalTrello,
  { scope = 'read:board:trello read:member:trello offline_access', workspace = 0 }: SignInOptions,
): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url')
  const url = new URL(`${trello.origins.auth}/authorize`)
  const parameters = {
    client_id: trello.clientId,
    scope,
    redirect_uri: `${trello.origins.powerUp}/callback.html`,
    state: 'a-state-of-the-test',
    response_type: 'code',
    prompt: 'consent',
    resource: `ari:cloud:trello::workspace/${trello.workspaces[workspace]?.id}`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url: url.href, verifier }
}

function cookieVisit(trello: LocalTrello): (url: string, method?: string) => Promise<Answer> {
  const jar = new Map<string, string>()
  return async (url, method = 'GET') => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await ask(trello, url, { method, headers: { cookie } })
    const set: unknown = answer.headers['set-cookie'] ?? []
    for (const each of Array.isArray(set) ? set : []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(each) ?? []
      if (name !== undefined && value !== undefined) jar.set(name, value)
    }
    return answer
  }
}
