import { check, isFunctionIfGiven, isText, isTextIfGiven, readEndpoint } from '../base/option-check'
import { TOKEN_ENDPOINT } from '../base/trello'
import { trustworthyOrigins, verbatimUrl } from '../base/url'

export interface TokenProxyOptions {
  clientId: string
  /** Of a confidential client. Left out for a public one, for which the proxy only adds CORS. */
  clientSecret?: string
  /** The registered callback URL, as the Power-Up's own `redirectUri`: sent as it is. */
  redirectUri: string | URL
  /** The origins of the Power-Up's pages, such as `https://power-up.example`. Whoever comes from elsewhere is refused. */
  allowedOrigins: readonly (string | URL)[]
  /** Trello's by default. */
  tokenEndpoint?: string | URL
  /**
   * Asked before the body is read. `false` refuses the request with status 429, a number too, and says after how many
   * seconds it may come again. What it throws, the handler rejects with.
   */
  rateLimit?: (request: Request) => boolean | number | Promise<boolean | number>
  /** The platform's by default. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** The options, checked and complete. @throws ConfigurationError */
export function readProxyOptions(options: TokenProxyOptions) {
  const {
    clientId,
    clientSecret,
    redirectUri,
    allowedOrigins,
    tokenEndpoint = TOKEN_ENDPOINT,
  } = options ?? {}
  const { rateLimit, fetch: given } = options ?? {}
  check(isText(clientId), 'clientId', 'the client id of the app settings')
  check(
    isTextIfGiven(clientSecret),
    'clientSecret',
    'the secret of the app settings, or left out for a public client; is its environment variable set?',
  )
  check(
    verbatimUrl(redirectUri),
    'redirectUri',
    'the registered callback URL: absolute, HTTPS, without a fragment, credentials or spaces',
  )
  const endpoint = readEndpoint(tokenEndpoint, 'tokenEndpoint')
  const origins = trustworthyOrigins(allowedOrigins)
  check(
    origins,
    'allowedOrigins',
    "the list of the origins of the Power-Up's pages, such as https://power-up.example; there is no wildcard",
  )
  check(isFunctionIfGiven(rateLimit), 'rateLimit', 'a function')
  check(isFunctionIfGiven(given), 'fetch', 'a function')
  return {
    clientId,
    clientSecret,
    redirectUri: String(redirectUri),
    origins: new Set(origins),
    tokenEndpoint: endpoint,
    rateLimit,
    send: given ?? ((url: string, init: RequestInit) => fetch(url, init)),
  }
}
