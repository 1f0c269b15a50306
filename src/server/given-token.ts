import type { TokenNeed } from '../token/access-token'
import type { Keeping } from './keeping'

/** An access token as the doors of a keeper give it out. */
export interface GivenToken {
  /** The access token. */
  accessToken: string
  /** The whole seconds that are left of its life. */
  expiresInS: number
  /** The granted scopes. Empty where the server named no scopes. */
  scopes: readonly string[]
}

/**
 * Resolves with an access token of the grant under a key that is good now, and with its rest of life as the server counts it.
 * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError
 */
export async function givenToken(keeping: Keeping, key: string, need: TokenNeed = {}): Promise<GivenToken> {
  const grant = keeping.open(key)
  const accessToken = await keeping.accessToken(grant, need)
  const { record } = grant.store.view()
  const isItsToken = record?.status === 'live' && record.tokenSet.accessToken === accessToken
  const leftMs = isItsToken ? record.tokenSet.expiresAt - keeping.platform.now() : 0
  return {
    accessToken,
    // Where another process has replaced it in this moment, it is over soon.
    expiresInS: Math.max(1, Math.floor(leftMs / 1_000)),
    scopes: record?.scopes ?? [],
  }
}
