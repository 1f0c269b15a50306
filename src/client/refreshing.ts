import type { TokenNeed } from '../access-token'
import { createLocks } from '../grant/lock'
import { createRefresh, type RefreshClient } from '../refresh'
import type { ClientContext } from '../shared-grant'
import { serversOf } from './servers'

/** The refresh of a client. Loaded when the access token is no good any more, or soon won't be. */
export function refreshFor({
  platform,
  configuration,
  shared,
  emit,
}: ClientContext): (need: TokenNeed) => Promise<string> {
  const { key, store } = shared
  const { tokenEndpoint, revokeLater } = serversOf(platform, store, configuration)
  shared.refresh ??= createRefresh({ platform, store, locks: createLocks(platform) }, key)
  const { refresh } = shared
  const client: RefreshClient = { clientId: configuration.clientId, tokenEndpoint, emit, revoke: revokeLater }
  return (need) => refresh.accessToken(client, need)
}
