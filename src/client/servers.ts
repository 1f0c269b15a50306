import { readAccount } from '../authorization/account'
import type { Configuration } from '../configuration'
import { type LiveGrant, liveGrant } from '../grant/grant'
import type { GrantStore } from '../grant/grant-store'
import type { Platform } from '../platform'
import { directTokenEndpoint } from '../token-endpoint/direct'
import { revokeToken } from '../token-endpoint/revocation'
import type { TokenEndpoint } from '../token-endpoint/token-endpoint'

/** What the flows of a client ask of the servers that it was configured with. */
export interface Servers {
  tokenEndpoint: TokenEndpoint
  readAccount(accessToken: string): Promise<string | undefined>
  /** Gives up a grant, unless a newer one is there that this could take along; where there is no endpoint for it, nothing. */
  revoke(grant: LiveGrant): Promise<void>
  /** The same, for those who don't wait for it. */
  revokeLater(grant: LiveGrant): void
}

export function serversOf(
  platform: Platform,
  store: GrantStore,
  { clientId, tokenEndpoint, apiOrigins, revocationEndpoint: url }: Configuration,
): Servers {
  const revoke: Servers['revoke'] = async ({ tokenSet: { refreshToken, accessToken } }) => {
    if (url === undefined || (await hasNewerGrant(store, platform))) return
    const token = refreshToken ?? accessToken
    await revokeToken({ url, clientId, token }, platform)
  }
  return {
    tokenEndpoint:
      typeof tokenEndpoint === 'string' ? directTokenEndpoint(tokenEndpoint, platform) : tokenEndpoint,
    readAccount: (accessToken) => readAccount(platform, apiOrigins[0], accessToken),
    revoke,
    revokeLater: (grant) => void revoke(grant).catch(() => undefined),
  }
}

/** On servers that revoke by member and client, a revocation takes a newer grant along. */
export async function hasNewerGrant(store: GrantStore, platform: Platform): Promise<boolean> {
  return liveGrant(await store.read(), platform.now()) !== undefined
}
