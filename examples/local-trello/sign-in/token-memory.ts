import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Secret } from '../log'

/** What the REST API must know of an access token that is alive. */
export interface LiveToken {
  memberId: string
  clientId: string
  workspaceId: string
  scopes: ReadonlySet<string>
}

/** Where the authorization server keeps what it made, and where the REST API looks tokens up. */
export interface TokenMemory {
  adapterFor(model: string): Adapter
  /** The access token, if it is alive at this moment. */
  findLive(accessToken: string): LiveToken | undefined
  /** The grant that the refresh token belongs to, used or not; undefined where it has ended. */
  grantOf(refreshToken: string): { id: string; consentedAtS: number } | undefined
  /** The access token that the grant got last. */
  newestAccessTokenOf(grantId: string | undefined): string | undefined
  /** Lets the grant's access tokens live for so many seconds at most, the `spared` one aside. */
  shortenAccessTokens(grantId: string, seconds: number, spared: string | undefined): void
  /** Lets an access token live for so many seconds from now on. */
  setAccessTokenLife(accessToken: string, seconds: number): void
  forgetAccessToken(accessToken: string): void
  /** Takes a used refresh token for an unused one. */
  unconsume(refreshToken: string): void
  revokeGrant(grantId: string): void
  /** Whether this is the id of a client that has asked for a consent. */
  isClientId(id: string): boolean
  /** The client that a code was given to. */
  clientOf(code: string): string | undefined
  expireAccessTokens(): number
  revokeGrants(filter: { memberId?: string; clientId?: string; workspaceId?: string }): number
}

/**
 * @param onSecret - told of each token and code as it is made.
 * @param findClient - the clients aren't kept here, they are known from the start.
 */
export function createTokenMemory(
  onSecret: (secret: Secret) => void,
  findClient: (id: string) => AdapterPayload | undefined,
): TokenMemory {
  const models = new Map<string, Map<string, AdapterPayload>>()

  function entriesOf(model: string): Map<string, AdapterPayload> {
    const entries = models.get(model) ?? new Map<string, AdapterPayload>()
    models.set(model, entries)
    return entries
  }

  function removeTokensOf(grantId: string): void {
    for (const model of Object.keys(secretKinds)) {
      for (const [id, payload] of entriesOf(model))
        if (payload.grantId === grantId) entriesOf(model).delete(id)
    }
  }

  function accessTokensOf(grantId: string | undefined): [token: string, payload: AdapterPayload][] {
    return [...entriesOf('AccessToken')].filter(
      ([, payload]) => grantId !== undefined && payload.grantId === grantId,
    )
  }

  function revokeGrant(grantId: string): void {
    entriesOf('Grant').delete(grantId)
    removeTokensOf(grantId)
  }

  return {
    adapterFor(model) {
      const entries = entriesOf(model)
      return {
        async upsert(id, payload) {
          entries.set(id, payload)
          const kind = secretKinds[model]
          if (kind !== undefined) onSecret({ kind, value: id })
        },
        find: async (id) => (model === 'Client' ? findClient(id) : entries.get(id)),
        findByUid: async (uid) => [...entries.values()].find((payload) => payload.uid === uid),
        findByUserCode: async () => undefined,
        async consume(id) {
          const payload = entries.get(id)
          if (payload !== undefined) payload.consumed = nowS()
        },
        async destroy(id) {
          entries.delete(id)
        },
        revokeByGrantId: async (grantId) => removeTokensOf(grantId),
      }
    },
    findLive(accessToken) {
      const payload = entriesOf('AccessToken').get(accessToken)
      if (payload?.accountId === undefined || (payload.exp ?? 0) <= nowS()) return undefined
      return {
        memberId: payload.accountId,
        clientId: payload.clientId ?? '',
        workspaceId: String(payload.aud ?? '').replace(/^.*\//, ''),
        scopes: new Set((payload.scope ?? '').split(' ')),
      }
    },
    grantOf(refreshToken) {
      const id = entriesOf('RefreshToken').get(refreshToken)?.grantId
      const grant = id === undefined ? undefined : entriesOf('Grant').get(id)
      return id === undefined || grant === undefined ? undefined : { id, consentedAtS: grant.iat ?? 0 }
    },
    newestAccessTokenOf: (grantId) => accessTokensOf(grantId).at(-1)?.[0],
    shortenAccessTokens(grantId, seconds, spared) {
      for (const [token, payload] of accessTokensOf(grantId)) {
        if (token !== spared) payload.exp = Math.min(payload.exp ?? 0, nowS() + seconds)
      }
    },
    setAccessTokenLife(accessToken, seconds) {
      const payload = entriesOf('AccessToken').get(accessToken)
      if (payload !== undefined) payload.exp = nowS() + seconds
    },
    forgetAccessToken(accessToken) {
      entriesOf('AccessToken').delete(accessToken)
    },
    unconsume(refreshToken) {
      delete entriesOf('RefreshToken').get(refreshToken)?.consumed
    },
    revokeGrant,
    isClientId: (id) => [...entriesOf('Grant').values()].some(({ clientId }) => clientId === id),
    clientOf: (code) => entriesOf('AuthorizationCode').get(code)?.clientId,
    expireAccessTokens() {
      const tokens = [...entriesOf('AccessToken').values()]
      for (const payload of tokens) payload.exp = nowS() - 1
      return tokens.length
    },
    revokeGrants({ memberId, clientId, workspaceId }) {
      const doomed = [...entriesOf('Grant')].filter(
        ([, grant]) =>
          (memberId === undefined || grant.accountId === memberId) &&
          (clientId === undefined || grant.clientId === clientId) &&
          (workspaceId === undefined || JSON.stringify(grant).includes(workspaceId)),
      )
      for (const [grantId] of doomed) revokeGrant(grantId)
      return doomed.length
    },
  }
}

const secretKinds: Record<string, Secret['kind']> = {
  AccessToken: 'access token',
  RefreshToken: 'refresh token',
  AuthorizationCode: 'code',
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
