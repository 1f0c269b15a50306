import { ApiError, type ApiErrorCode, isPowerUpOAuthError, NetworkError } from '../errors'
import type { ClientEvent } from '../events'
import type { BearerFetch } from './bearer-fetch'
import { readRateLimit } from './rate-limit'

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number | boolean)[]

export interface ApiOptions {
  /** Arrays become comma-separated lists, as Trello wants them. `undefined` and `null` are left out. */
  query?: Record<string, QueryValue>
  /** Sent as JSON, except the kinds that `fetch` sends in their own way: FormData, URLSearchParams, Blob, buffers. */
  body?: unknown
  headers?: HeadersInit
  signal?: AbortSignal | undefined
}

export type ApiMethod = <T = unknown>(path: string, options?: ApiOptions) => Promise<T>

/** Trello's REST API with JSON in and out. Paths begin with a version, or get `/1` before them. */
export interface Api {
  /** @throws ApiError on any status but 2xx, NetworkError without an answer, and the errors of `getAccessToken()` */
  get: ApiMethod
  post: ApiMethod
  put: ApiMethod
  delete: ApiMethod
}

export interface ApiContext {
  fetch: BearerFetch
  emit(event: ClientEvent): void
}

export function createApi({ fetch, emit }: ApiContext): Api {
  async function call<T>(method: string, path: string, options: ApiOptions): Promise<T> {
    const url = pathWithQuery(path, options.query)
    const place = { method, path: url.split('?', 1)[0] ?? url }
    const { response, text } = await answerTo(fetch, url, method, options, place.path)
    const { value, isJson } = parse(text)
    if (!response.ok) {
      const error = apiError(place, response, value)
      const { rateLimit } = error
      if (error.code === 'rateLimited') {
        emit({ type: 'rateLimited', path: place.path, ...(rateLimit && { rateLimit }) })
      }
      throw error
    }
    const isPlainText = response.headers.get('content-type')?.startsWith('text/plain') ?? false
    if (isJson || isPlainText) return value as T
    const message = 'The body is not JSON; is this a path of the REST API?'
    throw new ApiError('http', { ...place, status: response.status, body: text, message })
  }
  const method =
    (name: string): ApiMethod =>
    (path, options = {}) =>
      call(name, path, options)
  return Object.freeze({
    get: method('GET'),
    post: method('POST'),
    put: method('PUT'),
    delete: method('DELETE'),
  })
}

async function answerTo(
  fetch: BearerFetch,
  url: string,
  method: string,
  { body, headers, signal }: ApiOptions,
  path: string,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, requestInit(method, body, headers, signal))
    return { response, text: await response.text() }
  } catch (cause) {
    if (isPowerUpOAuthError(cause) || signal?.aborted) throw cause
    throw new NetworkError({ method, path, cause })
  }
}

function requestInit(
  method: string,
  body: unknown,
  headers: HeadersInit | undefined,
  signal: AbortSignal | undefined,
): RequestInit {
  const all = new Headers(headers)
  if (!all.has('Accept')) all.set('Accept', 'application/json')
  const isJson = body !== undefined && !isOwnKind(body)
  if (isJson && !all.has('Content-Type')) all.set('Content-Type', 'application/json')
  return {
    method,
    headers: all,
    redirect: 'error',
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
    ...(signal && { signal }),
  }
}

/** The bodies that `fetch` knows how to send, with a content type of their own. */
function isOwnKind(body: unknown): boolean {
  const kinds = [FormData, URLSearchParams, Blob, ArrayBuffer, ReadableStream]
  return kinds.some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}

function pathWithQuery(path: string, query: Record<string, QueryValue> = {}): string {
  // An absolute URL is left to the fetch, which knows the hosts that it may go to.
  const versioned = /^[a-z][a-z0-9+.-]*:|^\/\/|^\/?\d+(?:\/|$|\?)/i.test(path)
    ? path
    : `/1/${path.replace(/^\/+/, '')}`
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [
          `${encodeURIComponent(name)}=${encodeURIComponent(Array.isArray(value) ? value.join(',') : String(value))}`,
        ],
  )
  if (parameters.length === 0) return versioned
  return `${versioned}${versioned.includes('?') ? '&' : '?'}${parameters.join('&')}`
}

function parse(text: string): { value: unknown; isJson: boolean } {
  if (text === '') return { value: undefined, isJson: true }
  try {
    return { value: JSON.parse(text), isJson: true }
  } catch {
    return { value: text, isJson: false }
  }
}

function apiError(place: { method: string; path: string }, response: Response, body: unknown): ApiError {
  const { status, headers } = response
  const rateLimit = readRateLimit(headers)
  return new ApiError(codeOf(status, body), { ...place, status, body, ...(rateLimit && { rateLimit }) })
}

function codeOf(status: number, body: unknown): ApiErrorCode {
  const words = typeof body === 'string' ? body : JSON.stringify(body ?? '')
  if (status === 429) return 'rateLimited'
  if ((status === 401 || status === 403 || status === 400) && /scope/i.test(words)) return 'missingScope'
  if (status === 403) return 'forbiddenOutsideWorkspace'
  return status === 401 ? 'unauthorized' : 'http'
}
