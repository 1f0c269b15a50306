import * as oauth from 'oauth4webapi'
import type { Platform } from '../base/platform'

/**
 * Asks the server to forget a refresh token and what came with it. Resolves with `false` if it gave no success.
 * @see RFC 7009, section 2.1
 */
export async function revokeToken(
  endpoint: { url: string; clientId: string; clientSecret?: string | undefined; token: string },
  platform: Platform,
): Promise<boolean> {
  const { clientSecret } = endpoint
  try {
    const response = await oauth.revocationRequest(
      { issuer: new URL(endpoint.url).origin, revocation_endpoint: endpoint.url },
      { client_id: endpoint.clientId },
      clientSecret === undefined ? oauth.None() : oauth.ClientSecretPost(clientSecret),
      endpoint.token,
      {
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: (input, init) =>
          // The person may close the frame right after pressing Disconnect.
          platform.fetch(input, {
            ...init,
            keepalive: true,
            credentials: 'omit',
            referrerPolicy: 'no-referrer',
          }),
      },
    )
    return response.ok
  } catch {
    return false // offline, or no CORS: the grant is forgotten here all the same
  }
}
