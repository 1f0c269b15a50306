import { ConfigurationError } from '../../base/errors'
import { API_ORIGIN } from '../../base/trello'

/** Which requests are meant, and where they go. */
export interface KeyedApi {
  appKey: string
  /** Origins that requests with a key are written for. */
  origins: readonly string[]
  /** Origins that a Bearer header goes to; the first takes the requests of all others. */
  apiOrigins: readonly [string, ...string[]]
}

/** A request without its key and token, and with whatever else it has. */
export interface UnkeyedRequest<Body> {
  url: string
  body: Body
}

const LEGACY_ORIGINS = [API_ORIGIN, 'https://trello.com']

export function keyedApi(appKey: string, apiOrigins: readonly [string, ...string[]]): KeyedApi {
  return { appKey, apiOrigins, origins: [...new Set([...LEGACY_ORIGINS, ...apiOrigins])] }
}

/** Whether a request to this address may be one that is meant. */
export function isApiUrl(url: string, { origins }: KeyedApi): boolean {
  const { origin, pathname } = URL.canParse(url) ? new URL(url) : { origin: '', pathname: '' }
  return origins.includes(origin) && /^\/1(?:\/|$)/.test(pathname)
}

/** The request without key and token; `undefined` where it does not carry this key, in its query or its body. */
export function withoutKey<Body>(
  url: string,
  body: Body,
  api: KeyedApi,
): UnkeyedRequest<Body | string | URLSearchParams | FormData> | undefined {
  if (!isApiUrl(url, api)) return undefined
  const place = new URL(url)
  const query = formWithoutKey(place.search.slice(1), api.appKey)
  const content = bodyWithoutKey(body, api.appKey)
  if (!query.hadKey && !content.hadKey) return undefined
  const origin = api.apiOrigins.includes(place.origin) ? place.origin : api.apiOrigins[0]
  const search = query.rest === '' ? '' : `?${query.rest}`
  return { url: `${origin}${place.pathname}${search}${place.hash}`, body: content.rest }
}

/** @throws ConfigurationError for an address about a token of the old kind, which no Bearer header can stand for */
export function refuseTokenInPath(url: string): void {
  if (!/^\/1\/tokens?\/./.test(new URL(url).pathname)) return
  throw new ConfigurationError(
    'invalidRequest',
    'This address holds a token, and an access token is no part of an address. For webhooks use POST /1/webhooks; for the member GET /1/members/me; for the expiry the state of the client.',
  )
}

/** What is left of a part of the request; the part itself where nothing had to go. */
interface Unkeyed<T> {
  hadKey: boolean
  rest: T
}

function bodyWithoutKey<Body>(
  body: Body,
  appKey: string,
): Unkeyed<Body | string | URLSearchParams | FormData> {
  if (typeof body === 'string') {
    return /^\s*\{/.test(body) ? jsonWithoutKey(body, appKey) : formWithoutKey(body, appKey)
  }
  if (body instanceof URLSearchParams) {
    const rest = new URLSearchParams()
    for (const [name, value] of body) if (!isCredential(name, value, appKey)) rest.append(name, value)
    return { hadKey: body.getAll('key').includes(appKey), rest }
  }
  if (body instanceof FormData) {
    const rest = new FormData()
    for (const [name, value] of body) if (!isCredential(name, value, appKey)) rest.append(name, value)
    return { hadKey: body.getAll('key').includes(appKey), rest }
  }
  return { hadKey: false, rest: body }
}

function jsonWithoutKey(text: string, appKey: string): Unkeyed<string> {
  let fields: object
  try {
    fields = JSON.parse(text)
  } catch {
    return { hadKey: false, rest: text }
  }
  const all = Object.entries(fields)
  const rest = all.filter(([name, value]) => !isCredential(name, value, appKey))
  if (rest.length === all.length) return { hadKey: false, rest: text }
  const hadKey = all.some(([name, value]) => name === 'key' && value === appKey)
  return { hadKey, rest: JSON.stringify(Object.fromEntries(rest)) }
}

/** The pairs that stay are left as they are written. */
function formWithoutKey(text: string, appKey: string): Unkeyed<string> {
  let hadKey = false
  const rest = text.split('&').filter((pair) => {
    const [[name, value] = ['', '']] = new URLSearchParams(pair)
    hadKey ||= name === 'key' && value === appKey
    return !isCredential(name, value, appKey)
  })
  return { hadKey, rest: rest.join('&') }
}

/** Trello takes `token` for the old one wherever it stands; a `key` may be somebody else's. */
function isCredential(name: string, value: unknown, appKey: string): boolean {
  return name === 'token' || (name === 'key' && value === appKey)
}
