import { ConfigurationError } from '../../base/errors'
import { isInstance } from '../../base/instance'
import { API_ORIGIN } from '../../base/trello'
import { trustworthyUrl } from '../../base/url'
import { bodyWithoutKey, formWithoutKey } from './keyed-body'

/** The API whose requests the adapter looks at. */
export interface KeyedApi {
  /** The old API key of the Power-Up. Requests without it are left alone. */
  appKey: string
  /** Origins that pages send requests with a key to. */
  origins: readonly string[]
  /** Origins that a Bearer header goes to. Requests to other `origins` go to the first of these. */
  apiOrigins: readonly [string, ...string[]]
}

/** A request as the page made it. */
export interface KeyedRequest<Body> {
  /** The absolute address. */
  url: string
  /** The headers that the page set. */
  headers: Headers
  /** The body as the page passed it. */
  body: Body
}

/** A request without key and token, and with everything else that it had. */
export interface UnkeyedRequest<Body> {
  /** The address at an origin that a Bearer header goes to. */
  url: string
  /** The same body where it had no credentials, else a copy without them. */
  body: Body | string | URLSearchParams | FormData
}

const LEGACY_ORIGINS = [API_ORIGIN, 'https://trello.com']

/** Makes the rules for one app key. */
export function keyedApi(appKey: string, apiOrigins: readonly [string, ...string[]]): KeyedApi {
  return { appKey, apiOrigins, origins: [...new Set([...LEGACY_ORIGINS, ...apiOrigins])] }
}

/** Gives the address that relative ones of this page or worker count from. `undefined` on a server. */
export function pageAddress(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href
}

/** Parses an address of the API, also a relative one. `undefined` for every other address. */
export function apiUrl(address: string, { origins }: KeyedApi): URL | undefined {
  const url = trustworthyUrl(address, pageAddress())
  return url && origins.includes(url.origin) && /^\/1(?:\/|$)/.test(url.pathname) ? url : undefined
}

/**
 * Takes key and token out of the query and the body. `undefined` for a request that does not carry the app key there,
 * or has an Authorization header of the page's own.
 */
export function withoutKey<Body>(
  { url: address, headers, body }: KeyedRequest<Body>,
  api: KeyedApi,
): UnkeyedRequest<Body> | undefined {
  const { appKey, apiOrigins } = api
  const url = apiUrl(address, api)
  if (!url || isOwnAuthorization(headers.get('Authorization'), appKey)) return undefined
  // client.fetch removes any key from a query, so a second one must not stay here either.
  const query = formWithoutKey(url.search.slice(1), appKey, (name) => name === 'key' || name === 'token')
  const content = bodyWithoutKey(body, headers.get('Content-Type'), appKey)
  if (!query.hadKey && !content.hadKey) return undefined
  const origin = apiOrigins.includes(url.origin) ? url.origin : apiOrigins[0]
  const search = query.rest === '' ? '' : `?${query.rest}`
  return { url: `${origin}${url.pathname}${search}${url.hash}`, body: content.rest }
}

/**
 * Names the headers that don't go on: the old credentials, and the Content-Type of a form, for its boundary is the
 * browser's to choose.
 */
export function isReplacedHeader(name: string, body: unknown): boolean {
  return /^authorization$/i.test(name) || (/^content-type$/i.test(name) && isInstance(body, 'FormData'))
}

/**
 * Refuses an address with a token of the old kind in it. A Bearer header can't take the place of that.
 * @throws ConfigurationError `invalidRequest`, without the address
 */
export function refuseTokenInPath(url: string): void {
  if (!/^\/1\/tokens?\/./.test(new URL(url).pathname)) return
  throw new ConfigurationError(
    'invalidRequest',
    'This address holds a token, and an access token is no part of an address. For webhooks use POST /1/webhooks; for the member GET /1/members/me; for the expiry the state of the client.',
  )
}

/** Old code may send its key and token in Trello's `OAuth` header. Any other credentials are the page's own business. */
function isOwnAuthorization(header: string | null, appKey: string): boolean {
  if (header === null) return false
  const consumerKey = /\boauth_consumer_key="([^"]*)"/.exec(header)?.[1] ?? appKey
  return !/^\s*OAuth\b/i.test(header) || consumerKey !== appKey
}
