import { isPlainInit } from '../../api/request-init'
import { type Adapter, isLegacyNow, isWithoutGrant } from './bearer'
import { isApiUrl, refuseTokenInPath, withoutKey } from './keyed-request'

type Fetch = typeof globalThis.fetch

/** `fetch` for a page whose requests carry key and token. */
export function adaptedFetch(original: Fetch, { api, currentClient, isOn }: Adapter): Fetch {
  return function fetch(this: unknown, ...given: Parameters<Fetch>): Promise<Response> {
    const asGiven = (): Promise<Response> => Reflect.apply(original, this, given)
    const [input] = given
    const init = given[1] ?? {}
    const url = absoluteUrl(input)
    if (!isOn() || !isApiUrl(url, api)) return asGiven()
    if (input instanceof Request) return input.bodyUsed ? asGiven() : fetchRequest(input, init, asGiven)
    if (!isPlainInit(init)) return fetchRequest(new Request(url, init), {}, asGiven)
    const unkeyed = withoutKey(url, init.body, api)
    return unkeyed ? send(unkeyed.url, withBody(init, unkeyed.body), asGiven) : asGiven()
  }

  async function fetchRequest(
    request: Request,
    init: RequestInit,
    asGiven: () => Promise<Response>,
  ): Promise<Response> {
    const body = init.body === undefined ? await bodyOf(request.clone()) : init.body
    const unkeyed = withoutKey(request.url, body, api)
    if (!unkeyed) return asGiven()
    return send(unkeyed.url, withBody({ ...initOf(request), ...init }, unkeyed.body), asGiven)
  }

  async function send(url: string, init: RequestInit, asGiven: () => Promise<Response>): Promise<Response> {
    const client = currentClient()
    await client?.readState()
    if (isLegacyNow(client)) return asGiven()
    refuseTokenInPath(url)
    try {
      if (client) return await client.fetch(url, init)
    } catch (error) {
      if (!isWithoutGrant(error)) throw error
    }
    return original(url, init)
  }
}

function absoluteUrl(input: string | URL | Request): string {
  const url = input instanceof Request ? input.url : String(input)
  const base = globalThis.document?.baseURI
  return URL.canParse(url, base) ? new URL(url, base).href : url
}

/** A body that was read, or one that only a Blob holds unchanged. */
async function bodyOf(request: Request): Promise<BodyInit | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const type = request.headers.get('content-type') ?? ''
  if (/json|x-www-form-urlencoded|text\/plain/.test(type)) return request.text()
  return type.startsWith('multipart/form-data') ? request.formData() : request.blob()
}

/** The request as options, with which it can be made for another address. */
function initOf(request: Request): RequestInit {
  const { method, headers, signal, credentials, cache, redirect, referrer, referrerPolicy } = request
  const { integrity, keepalive, mode } = request
  const all = { method, headers, signal, credentials, cache, redirect, referrer, referrerPolicy, integrity }
  return { ...all, keepalive, ...(mode !== 'navigate' && { mode }) }
}

function withBody(init: RequestInit, body: BodyInit | null | undefined): RequestInit {
  const headers = new Headers(init.headers)
  headers.delete('Authorization')
  // Its boundary is another now.
  if (body instanceof FormData) headers.delete('Content-Type')
  return { ...init, headers, body: body ?? null }
}
