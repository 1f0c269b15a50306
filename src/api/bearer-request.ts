import { ConfigurationError } from '../base/errors'
import { isInstance, isOwnInstance } from '../base/instance'
import type { Platform } from '../base/platform'
import { trustworthyUrl } from '../base/url'
import { withoutLegacyParameters } from './legacy-parameters'
import { isPlain } from './opaque'
import { copyOfTaken, isTaken } from './taken-body'

/** A request to the REST API, checked, and without its bearer. What the caller changes afterwards is not in it. */
export interface BearerRequest {
  /** The address, without left-over credentials. */
  url: URL
  /** The options, which `{ ...init }` copies completely. */
  init: RequestInit
  /** The headers, where there are any. They take the place of those in `init` and `request`. */
  headers: Headers | undefined
  /** The Request that was given, where it can be sent as it is. Its options count where `init` has none. */
  request: Request | undefined
}

/**
 * Checks the arguments of a call before anything is sent.
 * @throws ConfigurationError for an address that no bearer may go to, an Authorization header, and what can't be sent
 */
export async function readBearerRequest(
  input: string | URL | Request,
  init: RequestInit,
  apiOrigins: readonly [string, ...string[]],
): Promise<BearerRequest> {
  const given = isInstance(input, 'Request') ? input : undefined
  const url = trustedUrl(isInstance(input, 'Request') ? input.url : input, apiOrigins)
  const search = withoutLegacyParameters(url.search)
  const isClean = search === url.search
  if (!isClean) url.search = search
  const headers = headersOf(init.headers ?? given?.headers)
  // A Request keeps its address for good, and `fetch` may not know one of another frame.
  const request = isClean && isOwnInstance(given, 'Request') ? given : undefined
  if (request === given && isSendable(init)) {
    return {
      url,
      init: init.body ? { ...init, body: copyOfTaken(init.body) } : { ...init },
      headers,
      request,
    }
  }
  const { sendableInit } = await import('./sendable-init')
  return { url, init: await sendableInit(init, request ? undefined : given), headers, request }
}

/** Sends a request with this token. */
export function sendWithBearer(
  platform: Platform,
  { url, init, headers: given, request }: BearerRequest,
  token: string,
): Promise<Response> {
  const headers = withBearer(given, token)
  if (!request) return platform.fetch(url.href, { ...init, headers })
  // Any option at all makes the platform forget these two.
  const { referrer, referrerPolicy } = request
  return platform.fetch(new Request(request, { referrer, referrerPolicy, ...init, headers }))
}

/** Gives the request once more, before it is sent. `undefined` where its body can't be sent twice. */
export function replayOf(bearerRequest: BearerRequest): BearerRequest | undefined {
  const { body } = bearerRequest.init
  // Node sends whatever gives its pieces one after the other: its own streams, generators.
  if (isInstance(body, 'ReadableStream') || Symbol.asyncIterator in Object(body)) return undefined
  return { ...bearerRequest, request: bearerRequest.request?.clone() }
}

/** Reads the signal that ends a request. */
export function signalOf({ init, request }: BearerRequest): AbortSignal | undefined {
  return init.signal ?? request?.signal
}

/** Tells whether options can be sent as they are, as those of most calls can. */
function isSendable(init: RequestInit): boolean {
  const { signal, body } = init
  return (
    isPlain(init) &&
    (typeof body !== 'object' || body === null || isTaken(body)) &&
    (signal === undefined || signal === null || isOwnInstance(signal, 'AbortSignal'))
  )
}

function withBearer(headers: Headers | undefined, token: string): HeadersInit {
  const Authorization = `Bearer ${token}`
  if (!headers) return { Authorization }
  const all = new Headers(headers)
  all.set('Authorization', Authorization)
  return all
}

/** Copies the headers of a call. @throws ConfigurationError where the bearer's place is taken */
function headersOf(given: HeadersInit | undefined): Headers | undefined {
  if (!given) return undefined
  const headers = new Headers(given)
  if (!headers.has('Authorization')) return headers
  throw new ConfigurationError(
    'invalidRequest',
    'Leave the Authorization header out: client.fetch sets a fresh one.',
  )
}

function trustedUrl(input: string | URL, apiOrigins: readonly [string, ...string[]]): URL {
  const url = trustworthyUrl(input, apiOrigins[0])
  if (url && apiOrigins.includes(url.origin)) return url
  const message = `The bearer goes to ${apiOrigins.join(', ')} only. Pass a path such as /1/members/me, or use the plain fetch for other addresses.`
  throw new ConfigurationError('untrustedUrl', message)
}
