import * as oauth from 'oauth4webapi'
import type { Platform } from '../base/platform'
import { judgeAnswer } from './judge'
import type { TokenAnswer, TokenEndpoint } from './token-endpoint'

/** The token endpoint at `url`, asked by the page itself with form-encoded requests, which need no CORS preflight. */
export function directTokenEndpoint(url: string, platform: Platform): TokenEndpoint {
  const ask = async (
    clientId: string,
    grantType: string,
    parameters: Record<string, string>,
  ): Promise<TokenAnswer> => {
    try {
      const response = await oauth.genericTokenEndpointRequest(
        { issuer: new URL(url).origin, token_endpoint: url },
        { client_id: clientId },
        oauth.None(),
        grantType,
        parameters,
        {
          // Loopback over HTTP is allowed; every other URL was refused when the client was made.
          [oauth.allowInsecureRequests]: true,
          [oauth.customFetch]: (input, init) =>
            platform.fetch(input, {
              ...init,
              credentials: 'omit',
              referrerPolicy: 'no-referrer',
              cache: 'no-store',
            }),
        },
      )
      const raw = {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        body: await response.text(),
      }
      return judgeAnswer(raw, Object.values(parameters), platform.now())
    } catch (cause) {
      return { kind: 'unreadable', cause }
    }
  }
  return {
    holdsRefreshToken: false,
    url,
    exchange: ({ clientId, code, codeVerifier, redirectUri }) =>
      ask(clientId, 'authorization_code', { code, code_verifier: codeVerifier, redirect_uri: redirectUri }),
    refresh: ({ clientId, refreshToken = '' }) =>
      ask(clientId, 'refresh_token', { refresh_token: refreshToken }),
    isReachable: () =>
      platform
        .fetch(new URL('/', url).href, {
          mode: 'no-cors',
          credentials: 'omit',
          referrerPolicy: 'no-referrer',
        })
        .then(
          () => true,
          () => false,
        ),
  }
}
