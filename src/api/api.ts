import type { ApiError } from '../base/api-error'
import { delay, detachable } from '../base/async'
import {
  RATE_LIMIT_FIRST_PAUSE_MS,
  RATE_LIMIT_SECOND_PAUSE_MS,
  RATE_LIMIT_THIRD_PAUSE_MS,
} from '../base/durations'
import { ConfigurationError, NetworkError, PowerUpOAuthError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import type { BearerFetch } from './bearer-fetch'
import { apiErrorOf } from './load-refusal'
import { shownPath } from './shown-path'

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number | boolean)[]

export interface ApiOptions {
  /** Arrays become comma-separated lists, as Trello wants them. `undefined` and `null` are left out. */
  query?: Record<string, QueryValue>
  /** Sent as JSON, except the kinds that `fetch` sends in their own way: FormData, URLSearchParams, Blob, buffers. */
  body?: unknown
  headers?: HeadersInit
  signal?: AbortSignal | undefined
  /** Whether to wait and try again where Trello says "too many requests". Only GET does so unasked. */
  retryRateLimited?: boolean
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
  platform: Platform
  fetch: BearerFetch
  grantedScopes(): readonly string[]
  emit(event: ClientEvent): void
}

export function createApi({ platform, fetch, grantedScopes, emit }: ApiContext): Api {
  async function call<T>(method: string, path: string, options: ApiOptions): Promise<T> {
    const { signal, body, retryRateLimited = method === 'GET' } = options
    // A stream is sent once.
    const pausesMs = retryRateLimited && !(body instanceof ReadableStream) ? PAUSES_MS : []
    for (let round = 0; ; round++) {
      const { value, error } = await callOnce(method, path, options)
      if (!error) return value as T
      if (error.code !== 'rateLimited') throw error
      const { rateLimit } = error
      emit({ type: 'rateLimited', path: error.path, ...(rateLimit && { rateLimit }) })
      const pauseMs = pausesMs[round]
      if (pauseMs === undefined) throw error
      await detachable(delay(platform, pauseMs * (1 + platform.random() / 2)), signal, ({ reason }) => reason)
    }
  }

  async function callOnce(
    method: string,
    path: string,
    options: ApiOptions,
  ): Promise<{ value?: unknown; error?: ApiError }> {
    const url = pathWithQuery(path, options.query)
    const place = { method, path: shownPath(url) }
    const { response, text } = await answerTo(fetch, url, requestInit(method, options), place)
    const { value, isJson } = parse(text)
    const isText = /^text\/(?!html)/i.test(response.headers.get('content-type') ?? '')
    if (response.ok && (isJson || isText)) return { value }
    return { error: await apiErrorOf(place, response, value, grantedScopes()) }
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

const PAUSES_MS = [RATE_LIMIT_FIRST_PAUSE_MS, RATE_LIMIT_SECOND_PAUSE_MS, RATE_LIMIT_THIRD_PAUSE_MS]

interface Place {
  method: string
  path: string
}

async function answerTo(
  fetch: BearerFetch,
  url: string,
  init: RequestInit,
  place: Place,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init)
    return { response, text: await response.text() }
  } catch (cause) {
    if (cause instanceof PowerUpOAuthError || init.signal?.aborted) throw cause
    throw new NetworkError({ ...place, cause })
  }
}

/** @throws ConfigurationError for what no request can be made of */
function requestInit(method: string, { body, headers, signal }: ApiOptions): RequestInit {
  const hasBody = body !== undefined
  const isJson = hasBody && !isOwnKind(body)
  try {
    if (hasBody && method === 'GET') throw new TypeError('A GET has no body.')
    const all = new Headers(headers)
    if (!all.has('Accept')) all.set('Accept', 'application/json')
    if (isJson && !all.has('Content-Type')) all.set('Content-Type', 'application/json')
    return {
      method,
      headers: all,
      redirect: 'error',
      ...(hasBody && { body: isJson ? JSON.stringify(body) : (body as BodyInit) }),
      ...(body instanceof ReadableStream && { duplex: 'half' }),
      ...(signal && { signal }),
    }
  } catch (cause) {
    const message = "These headers or this body can't be sent; what a GET asks for goes into `query`."
    throw new ConfigurationError('invalidRequest', message, { cause })
  }
}

/** The bodies that `fetch` knows how to send, with a content type of their own. */
function isOwnKind(body: unknown): boolean {
  const kinds = [FormData, URLSearchParams, Blob, ArrayBuffer, ReadableStream]
  return kinds.some((kind) => body instanceof kind) || ArrayBuffer.isView(body)
}

function pathWithQuery(path: string, query: Record<string, QueryValue> = {}): string {
  const [address = ''] = path.split('#', 1)
  // An absolute URL is left to the fetch, which knows the hosts that it may go to.
  const versioned = /^[a-z][a-z0-9+.-]*:|^\/\/|^\/?\d+(?:\/|$|\?)/i.test(address)
    ? address
    : `/1/${address.replace(/^\/+/, '')}`
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
