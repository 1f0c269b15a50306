import { check, isBare, isFunctionIfGiven, readEndpoint } from '../base/option-check'
import { readAllowedOrigins, readClientSecret, readRedirectUri } from '../base/server-option'
import { TOKEN_ENDPOINT } from '../base/trello'

/** The options of `createTokenProxy`. */
export interface TokenProxyOptions {
  /** The client id of the app settings. */
  clientId: string
  /** The secret of a confidential client. Left out for a public client. For that one the proxy only adds CORS. */
  clientSecret?: string
  /** The registered callback URL, the same as the Power-Up's own `redirectUri`. It is sent as it is. */
  redirectUri: string | URL
  /** The origins of the Power-Up's pages, such as `https://power-up.example`. Requests from elsewhere are refused. */
  allowedOrigins: readonly (string | URL)[]
  /** The URL of the token endpoint. Default: Trello's. */
  tokenEndpoint?: string | URL
  /**
   * Decides whether a request may go on, before its body is read. `false` or a number refuses it with status 429. A
   * number also says after how many seconds it may come again. If it throws, the handler rejects with the same error.
   */
  rateLimit?: (request: Request) => boolean | number | Promise<boolean | number>
  /** Sends the requests to the token endpoint. Default: the platform's `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** Checks the options and fills in the defaults. @throws ConfigurationError */
export function readProxyOptions(options: TokenProxyOptions) {
  const {
    clientId,
    clientSecret,
    redirectUri,
    allowedOrigins,
    tokenEndpoint = TOKEN_ENDPOINT,
  } = options ?? {}
  const { rateLimit, fetch: given } = options ?? {}
  check(isBare(clientId), 'clientId', 'the client id of the app settings, with nothing around it')
  check(isFunctionIfGiven(rateLimit), 'rateLimit', 'a function')
  check(isFunctionIfGiven(given), 'fetch', 'a function')
  return {
    clientId,
    clientSecret: readClientSecret(clientSecret),
    redirectUri: readRedirectUri(redirectUri),
    tokenEndpoint: readEndpoint(tokenEndpoint, 'tokenEndpoint'),
    origins: new Set(readAllowedOrigins(allowedOrigins)),
    rateLimit,
    send: given ?? ((url: string, init: RequestInit) => fetch(url, init)),
  }
}
