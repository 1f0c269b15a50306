import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The tokens of the time before OAuth 2.0: they never end, and go with an API key in the query or the body. */
export interface LegacyTokens {
  issue(memberId: string): string
  /** Whose the token is, if it came with a key. */
  memberOf(parameters: Record<string, string>): string | undefined
  revoke(token: string): boolean
  revokeAll(): void
}

export function createLegacyTokens(): LegacyTokens {
  const members = new Map<string, string>()
  return {
    issue(memberId) {
      const token = randomBytes(38).toString('hex')
      members.set(token, memberId)
      return token
    },
    memberOf: ({ key, token }) => (key && token ? members.get(token) : undefined),
    revoke: (token) => members.delete(token),
    revokeAll: () => members.clear(),
  }
}

/** `/1/authorize`: asks, and hands the token to the return page behind the hash; an empty one means no. */
export function sendLegacyConsent(
  request: IncomingMessage,
  response: ServerResponse,
  tokens: LegacyTokens,
  memberId: string,
): void {
  const { searchParams } = new URL(request.url ?? '/', 'http://trello.localhost')
  const returnUrl = searchParams.get('return_url') ?? ''
  if (!URL.canParse(returnUrl)) {
    response.writeHead(400).end('Invalid return_url')
    return
  }
  const target = new URL(returnUrl)
  const link = (id: string, token: string, words: string) => {
    target.hash = `token=${token}`
    return `<a id="${id}" href="${target.href.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">${words}</a>`
  }
  response.writeHead(200, { 'content-type': 'text/html;charset=utf-8', 'cache-control': 'no-store' })
  response.end(
    `<!doctype html><title>Let it use your account?</title>${link('accept', tokens.issue(memberId), 'Allow')} ${link('deny', '', 'Deny')}`,
  )
}

/** Key and token of a header of the old kind. */
export function legacyCredentials(authorization: string | undefined): Record<string, string> {
  const [, key, token] =
    /oauth_consumer_key="([^"]*)",\s*oauth_token="([^"]*)"/.exec(authorization ?? '') ?? []
  return key && token ? { key, token } : {}
}
