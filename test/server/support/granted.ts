import { setTimeout as delay } from 'node:timers/promises'
import type { LocalTrello } from '../../../examples/local-trello/local-trello'
import { TOKEN_LIFETIME_MIN_MS } from '../../../src/base/durations'
import { createKeeper, type Keeper } from '../../../src/server/keeper'
import type { KeeperOptions } from '../../../src/server/options'
import { consent } from '../../unit/examples/local-trello/support/sign-in'
import type { KeeperServer } from './caller'

/** Names the servers of the local Trello, for a keeper. */
export function serverOf({ clientId, tokenEndpoint, apiOrigin }: LocalTrello): KeeperServer {
  return { clientId, tokenEndpoint, apiOrigin }
}

/** Makes a keeper at the local Trello. */
export function keeperAt(
  trello: LocalTrello,
  options: Pick<KeeperOptions, 'store' | 'seal' | 'onEvent'>,
): Keeper {
  const { clientId, tokenEndpoint, apiOrigin } = serverOf(trello)
  const redirectUri = `${trello.origins.powerUp}/callback.html`
  return createKeeper({ clientId, tokenEndpoint, apiOrigins: [apiOrigin], redirectUri, ...options })
}

/**
 * Puts a grant under each key, whose access token is over when this ends, and gives its refresh token. The tokens that come next
 * live for an hour.
 */
export async function grantExpired(
  trello: LocalTrello,
  options: Pick<KeeperOptions, 'store' | 'seal' | 'onEvent'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const keeper = keeperAt(trello, options)
  const refreshTokens = new Map<string, string>()
  trello.switches.set({ accessTokenLifetimeS: 1 })
  for (const key of keys) {
    const { code, verifier } = await consent(trello, {})
    await keeper.exchange(key, { code, codeVerifier: verifier })
    const given = trello.log.secrets.filter(({ kind }) => kind === 'refresh token').at(-1)
    if (given === undefined) throw new Error('The server gave no refresh token.')
    refreshTokens.set(key, given.value)
  }
  // Until the last access token is over: a short one counts as good for this long.
  await delay(TOKEN_LIFETIME_MIN_MS)
  trello.switches.set({ accessTokenLifetimeS: 3_600 })
  return refreshTokens
}
