import type { Frame } from '../grant/frame'
import { type LiveGrant, liveGrant } from '../grant/grant'
import { revokeToken } from '../token-endpoint/revocation'

/** The revocation endpoint, and the client that its tokens are of. */
export interface RevokingClient {
  /** The address of the endpoint. `undefined`: there is no endpoint, and nothing is revoked. */
  url: string | undefined
  /** The client id of the app settings. */
  clientId: string
  /** The secret of a confidential client. */
  clientSecret?: string | undefined
}

/** Gives up a grant at the revocation endpoint, unless there is a newer one. */
export async function revokeGrant(
  { platform, store }: Frame,
  { url, clientId, clientSecret }: RevokingClient,
  { tokenSet: { refreshToken, accessToken } }: LiveGrant,
): Promise<void> {
  if (url === undefined) return
  // On servers that revoke by member and client, a revocation takes a newer grant along.
  if (liveGrant(await store.read(), platform.now())) return
  await revokeToken({ url, clientId, clientSecret, token: refreshToken ?? accessToken }, platform)
}
