import { randomBytes } from 'node:crypto'

/** A token of the time before OAuth 2.0: it goes with an API key in the query or the body, and opens every workspace. */
export interface LegacyToken {
  id: string
  memberId: string
  /** The name of the app, as it asked. */
  name: string
  scopes: ReadonlySet<string>
  dateCreated: string
  /** Null for one that never ends. */
  dateExpires: string | null
}

export interface LegacyTokens {
  /** Gives a token out; one that never ends and may all, unless it says otherwise. */
  issue(memberId: string, wishes?: { name?: string; scope?: string; expiration?: string }): string
  /** The token, if it is alive at this moment. */
  find(token: string): LegacyToken | undefined
  revoke(token: string): boolean
  revokeAll(): void
}

/** @param onSecret - told of each token as it is made */
export function createLegacyTokens(onSecret: (token: string) => void = () => {}): LegacyTokens {
  const tokens = new Map<string, LegacyToken>()
  return {
    issue(memberId, { name = 'An app', scope = 'read,write,account', expiration = 'never' } = {}) {
      const token = `ATTA${randomBytes(36).toString('hex')}`
      tokens.set(token, {
        id: randomBytes(12).toString('hex'),
        memberId,
        name,
        scopes: new Set(scope.split(',')),
        dateCreated: new Date().toISOString(),
        dateExpires: endOf(expiration),
      })
      onSecret(token)
      return token
    },
    find(token) {
      const found = tokens.get(token)
      const isOver = found?.dateExpires && Date.parse(found.dateExpires) <= Date.now()
      return isOver ? undefined : found
    },
    revoke: (token) => tokens.delete(token),
    revokeAll: () => tokens.clear(),
  }
}

/** Key and token of a header of the old kind. */
export function legacyCredentials(authorization: string | undefined): Record<string, string> {
  const [, key, token] =
    /oauth_consumer_key="([^"]*)",\s*oauth_token="([^"]*)"/.exec(authorization ?? '') ?? []
  return key && token ? { key, token } : {}
}

function endOf(expiration: string): string | null {
  const lengthsMs: Record<string, number> = {
    '1hour': 3_600_000,
    '1day': 86_400_000,
    '30days': 2_592_000_000,
  }
  const lengthMs = lengthsMs[expiration]
  return lengthMs === undefined ? null : new Date(Date.now() + lengthMs).toISOString()
}
