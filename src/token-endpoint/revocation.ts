import type { Platform } from '../base/platform'
import { PRIVATE, withSecret } from './direct'

/**
 * Asks the server to forget a refresh token and what came with it. Resolves with `false` if it gave no success.
 * @see RFC 7009, section 2.1
 */
export async function revokeToken(
  endpoint: { url: string; clientId: string; clientSecret?: string | undefined; token: string },
  platform: Platform,
): Promise<boolean> {
  const { url, clientId, clientSecret, token } = endpoint
  try {
    const response = await platform.fetch(url, {
      method: 'POST',
      body: new URLSearchParams(withSecret({ token, client_id: clientId }, clientSecret)),
      // The person may close the frame right after pressing Disconnect.
      keepalive: true,
      ...PRIVATE,
      // A token must not follow to another address.
      redirect: 'manual',
    })
    return response.ok
  } catch {
    return false // offline, or no CORS: the grant is forgotten here all the same
  }
}
