import type { Platform } from '../base/platform'

/**
 * Asks the server to forget a refresh token and what came with it. Resolves with `false` if it gave no success.
 * @see RFC 7009, section 2.1
 */
export async function revokeToken(
  endpoint: { url: string; clientId: string; clientSecret?: string | undefined; token: string },
  platform: Platform,
): Promise<boolean> {
  const { url, clientId, clientSecret, token } = endpoint
  const secret: Record<string, string> = clientSecret === undefined ? {} : { client_secret: clientSecret }
  try {
    const response = await platform.fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: clientId, ...secret }),
      // The person may close the frame right after pressing Disconnect.
      keepalive: true,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      // A token must not follow to another address.
      redirect: 'manual',
    })
    return response.ok
  } catch {
    return false // offline, or no CORS: the grant is forgotten here all the same
  }
}
