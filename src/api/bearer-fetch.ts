import { ConfigurationError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import { trustworthyUrl } from '../base/url'
import type { GrantEntry } from '../grant/grant'
import type { GrantStore } from '../grant/store'
import { isPlainInit } from './request-init'
import { shownPath } from './shown-path'

export interface BearerFetchContext {
  platform: Platform
  store: GrantStore
  apiOrigins: readonly [string, ...string[]]
  accessToken(need: { instead?: string; signal?: AbortSignal | undefined }): Promise<string>
  /** Called before an answer is given out, while it isn't known whose account the grant belongs to. */
  checkMember(): Promise<void>
  emit(event: ClientEvent): void
}

export type BearerFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * The platform's `fetch` with a fresh Bearer header, for the listed origins alone. A 401 for a dead token costs one
 * refresh and one replay; a body that can't be sent twice is not replayed.
 * @see RFC 6750, section 2.1
 */
export function createBearerFetch(context: BearerFetchContext): BearerFetch {
  const { platform, store, apiOrigins } = context
  let acceptedToken: string | undefined

  return async (input, init) => {
    const call = await readCall(input, init ?? {}, apiOrigins)
    const token = await context.accessToken({ signal: call.signal })
    const spare = call.spare()
    const response = await send(call, token)
    if (response.status !== 401 || !spare || !(await isDead(token, response))) return response
    return send(spare, await context.accessToken({ instead: token, signal: call.signal }))
  }

  async function send(call: Call, token: string): Promise<Response> {
    const response = await call.send(platform, token)
    if (response.status === 401) {
      context.emit({ type: 'apiRefusedToken', status: response.status, path: shownPath(call.url.pathname) })
      return response
    }
    noteAccepted(token)
    await context.checkMember()
    return response
  }

  /** In the store too: a frame that never used the token may force the next one when this is refused some day. */
  function noteAccepted(token: string): void {
    acceptedToken = token
    const { record } = store.view()
    if (record?.status === 'live' && record.forced) void store.commit((entry) => accepted(entry, token))
  }

  async function isDead(token: string, response: Response): Promise<boolean> {
    const { record } = store.view()
    // Ended or renewed meanwhile: asking for a token tells, and costs no request.
    if (record?.status !== 'live' || record.tokenSet.accessToken !== token) return true
    // Where the judge can't be loaded, no token can be asked for either: the caller gets the answer as it is.
    const judge = await import('./refusal').catch(() => undefined)
    return judge?.isTokenAtFault(response, record, acceptedToken === token, platform.now()) ?? false
  }
}

function accepted(entry: GrantEntry, token: string): GrantEntry {
  if (entry.record?.status !== 'live' || entry.record.tokenSet.accessToken !== token) return entry
  const { forced: _forced, ...record } = entry.record
  return { ...entry, record }
}

/** One call, checked and without its bearer. */
interface Call {
  url: URL
  signal: AbortSignal | undefined
  send(platform: Platform, token: string): Promise<Response>
  /** The same call once more, taken before the first is sent; `undefined` where its body can't be sent twice. */
  spare(): Call | undefined
}

/** @throws ConfigurationError before anything is sent */
async function readCall(
  input: string | URL | Request,
  init: RequestInit,
  apiOrigins: readonly [string, ...string[]],
): Promise<Call> {
  const url = trustedUrl(input instanceof Request ? input.url : input, apiOrigins)
  // A query that can't hold these names, written out or escaped, needs no parsing: this is done for each call.
  const mayBeLegacy = /key|token|%/.test(url.search)
  const legacyParameters = ['key', 'token'].filter((name) => mayBeLegacy && url.searchParams.has(name))
  for (const name of legacyParameters) url.searchParams.delete(name)
  refuseOwnAuthorization(input, init)
  if (!(input instanceof Request))
    return isPlainInit(init) ? urlCall(url, init) : requestCall(url, new Request(url, init), {})
  // A request keeps its URL for good: without the left-over parameters it has to be made anew.
  return requestCall(url, legacyParameters.length > 0 ? await atUrl(url, input) : input, init)
}

function urlCall(url: URL, init: RequestInit): Call {
  const call: Call = {
    url,
    signal: init.signal ?? undefined,
    send: (platform, token) =>
      platform.fetch(url.href, { ...init, headers: withBearer(init.headers, token) }),
    spare: () => (init.body instanceof ReadableStream ? undefined : call),
  }
  return call
}

function requestCall(url: URL, request: Request, init: RequestInit): Call {
  return {
    url,
    signal: init.signal ?? request.signal,
    send: (platform, token) => {
      // Any option at all makes the platform forget these two.
      const { referrer, referrerPolicy } = request
      const headers = withBearer(init.headers ?? request.headers, token)
      return platform.fetch(new Request(request, { referrer, referrerPolicy, ...init, headers }))
    },
    spare: () => (init.body instanceof ReadableStream ? undefined : requestCall(url, request.clone(), init)),
  }
}

async function atUrl(url: URL, request: Request): Promise<Request> {
  const { method, headers, signal, mode, credentials, cache, redirect } = request
  const { referrer, referrerPolicy, integrity, keepalive } = request
  const body = method === 'GET' || method === 'HEAD' ? null : await request.blob()
  const all = { method, headers, signal, credentials, cache, redirect, referrer, referrerPolicy }
  const init = { ...all, integrity, keepalive, body }
  return new Request(url, mode === 'navigate' ? init : { ...init, mode })
}

function withBearer(headers: HeadersInit | undefined, token: string): HeadersInit {
  const Authorization = `Bearer ${token}`
  if (!headers) return { Authorization }
  const all = new Headers(headers)
  all.set('Authorization', Authorization)
  return all
}

function refuseOwnAuthorization(input: string | URL | Request, init: RequestInit): void {
  const headers = init.headers ?? (input instanceof Request ? input.headers : undefined)
  if (!headers || !new Headers(headers).has('Authorization')) return
  throw new ConfigurationError(
    'invalidRequest',
    'Leave the Authorization header out: client.fetch sets a fresh one.',
  )
}

function trustedUrl(input: string | URL, apiOrigins: readonly [string, ...string[]]): URL {
  const url = trustworthyUrl(input, apiOrigins[0])
  if (!url || !apiOrigins.includes(url.origin)) {
    const message = `The bearer goes to ${apiOrigins.join(', ')} only. Pass a path such as /1/members/me, or use the plain fetch for other addresses.`
    throw new ConfigurationError('untrustedUrl', message)
  }
  return url
}
