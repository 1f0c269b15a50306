// Loaded at start: what only failures need is behind load-refusal.
import { ApiError } from '../base/api-error'
import { checkSignal } from '../base/async'
import { ConfigurationError, NetworkError, PowerUpOAuthError } from '../base/errors'
import { isInstance } from '../base/instance'
import type { Platform } from '../base/platform'
import { parseRetryAfter } from '../base/retry-after'
import { addressOf } from './address'
import type { BearerFetch } from './bearer-fetch'
import { optionsOf, readGiven, refuseOthers } from './given'
import { apiErrorOf } from './load-refusal'
import { type Query, textPairs } from './query'
import { isForAllCalls, readRateLimit } from './rate-limit'
import { requestBody } from './request-body'
import type { RequestQueue, Turn } from './request-queue'
import { shownPath } from './shown-path'

/** The options of a call. Any other name is a ConfigurationError: what it says would get lost. */
export interface ApiOptions {
  /**
   * Parameters, as an object or as pairs. Lists are sent with commas, dates as ISO 8601. `undefined` and `null` leave a
   * parameter out; a value without a text is a ConfigurationError.
   */
  query?: Query | null | undefined
  /**
   * The body of a POST, PUT or DELETE. Objects and lists are sent as JSON; FormData, URLSearchParams, Blobs, buffers and
   * streams in their own way; `undefined` and `null` send no body. What JSON would lose (a Map, a function, `NaN`, an
   * invalid date) is a ConfigurationError; `undefined` members of an object are left out, as `JSON.stringify` does.
   */
  body?: unknown
  /** More headers. `undefined` and `null` leave a header out. `Authorization` is the library's own. */
  headers?: HeadersInit | Readonly<Record<string, string | null | undefined>> | null | undefined
  /** Ends the call with the signal's reason, also while it waits for its turn. */
  signal?: AbortSignal | null | undefined
  /** Waits after a 429 and sends the call again, at most three times. Default: `true` for GET, else `false`. */
  retryRateLimited?: boolean | undefined
}

/**
 * One method of the REST API. Resolves with the parsed JSON, the text of a `text/*` answer that is no HTML, or `undefined` for
 * an empty one.
 * @throws ApiError on any status but 2xx, NetworkError without an answer, ConfigurationError for what can't be sent, the
 * errors of `getAccessToken()`, and the reason of `signal`
 */
export type ApiMethod = <T = unknown>(path: string | URL, options?: ApiOptions) => Promise<T>

/**
 * Trello's REST API with JSON in and out. A path whose first segment is not a version gets `/1` before it; redirects are
 * not followed. The calls of all clients of a page that share a grant share one queue: at most as many go out in ten
 * seconds as Trello allows, the others wait for their turn.
 */
export interface Api {
  /** Sends a GET. It waits and tries again where Trello says "too many requests". */
  get: ApiMethod
  /** Sends a POST. */
  post: ApiMethod
  /** Sends a PUT. */
  put: ApiMethod
  /** Sends a DELETE. */
  delete: ApiMethod
}

/** A client, as its calls see it. */
export interface ApiClient {
  /** Sends a call with its bearer. */
  fetch: BearerFetch
  /** The queue of the grant's calls, shared by the clients of a page. */
  queue(): RequestQueue
  /** Gives the scopes of the grant, where they are known. They tell a missing scope from other refusals. */
  grantedScopes(): readonly string[] | undefined
}

/** Makes the four methods. @param platform tells the time that a `Retry-After` date is compared with */
export function createApi(platform: Pick<Platform, 'now'>, client: ApiClient): Api {
  function method(name: string): ApiMethod {
    return async <T>(path: string | URL, options?: ApiOptions | null) =>
      (await send(
        platform,
        client,
        readGiven(() => callOf(name, path, optionsOf(options))),
      )) as T
  }
  return Object.freeze({
    get: method('GET'),
    post: method('POST'),
    put: method('PUT'),
    delete: method('DELETE'),
  })
}

/** The most that one call is sent, where 429 is the answer each time. */
const SENDS_MAX = 4

/** A call, checked and ready to be sent. */
interface Call {
  operation: { method: string; path: string }
  url: string
  init: RequestInit
  turn: Turn
  sendsMax: number
}

/** @throws ConfigurationError for what no request can be made of */
function callOf(method: string, path: unknown, options: ApiOptions): Call {
  const { query, body, headers, signal, retryRateLimited = method === 'GET', ...others } = options
  refuseOthers(others, 'query, body, headers, signal and retryRateLimited')
  checkSignal(signal)
  const url = addressOf(path, query)
  const operation = { method, path: shownPath(url) }
  return {
    operation,
    url,
    init: requestInit(method, { body, headers, signal }),
    turn: { signal, tooLong: (waitMs) => unsentError(operation, waitMs) },
    // A stream is sent once.
    sendsMax: retryRateLimited && !isInstance(body, 'ReadableStream') ? SENDS_MAX : 1,
  }
}

function requestInit(method: string, { body, headers: given, signal }: ApiOptions): RequestInit {
  const headers = requestHeaders(given)
  const content = requestBody(body, headers)
  if (content !== undefined && method === 'GET') {
    throw new ConfigurationError('invalidRequest', 'A GET has no body. What it asks for goes into `query`.')
  }
  return {
    method,
    headers,
    redirect: 'error',
    ...(content !== undefined && { body: content }),
    ...(isInstance(content, 'ReadableStream') && { duplex: 'half' }),
    ...(signal && { signal }),
  }
}

function requestHeaders(given: ApiOptions['headers']): Headers {
  try {
    const headers = new Headers(textPairs(given, '`headers`', 'The header'))
    if (!headers.has('Accept')) headers.set('Accept', 'application/json')
    return headers
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError('invalidRequest', "These headers can't be sent.", { cause })
  }
}

async function send(platform: Pick<Platform, 'now'>, client: ApiClient, call: Call): Promise<unknown> {
  for (let sends = 1; ; sends++) {
    const { value, error, isWorthAgain } = await sendOnce(platform, client, call)
    if (!error) return value
    if (!isWorthAgain || sends === call.sendsMax) throw error
  }
}

interface Outcome {
  value?: unknown
  error?: ApiError
  isWorthAgain?: boolean
}

async function sendOnce(
  platform: Pick<Platform, 'now'>,
  { fetch, queue, grantedScopes }: ApiClient,
  { operation, url, init, turn }: Call,
): Promise<Outcome> {
  const place = await queue().wait(turn)
  const { response, text } = await answerTo(fetch, url, init).catch((cause) => {
    place.failed(cause)
    if (cause instanceof PowerUpOAuthError || init.signal?.aborted) throw cause
    throw new NetworkError({ ...operation, cause })
  })
  const { status, headers } = response
  const rateLimit = readRateLimit(headers)
  const isRefused = status === 429 && isForAllCalls(text)
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), platform.now())
  const pause = isRefused ? place.refused(rateLimit, retryAfterMs) : place.answered(rateLimit)
  const { value, isJson } = parse(text)
  const isText = /^text\/(?!html)/i.test(headers.get('content-type') ?? '')
  if (response.ok && (isJson || isText)) return { value }
  const answered = {
    ...operation,
    status,
    body: value,
    rateLimit,
    retryAfterMs: Math.max(pause?.waitMs ?? 0, retryAfterMs ?? 0) || undefined,
  }
  return { error: await apiErrorOf(answered, grantedScopes()), isWorthAgain: pause?.isShort ?? false }
}

async function answerTo(fetch: BearerFetch, url: string, init: RequestInit) {
  const response = await fetch(url, init)
  return { response, text: await response.text() }
}

function unsentError(operation: Call['operation'], waitMs: number | undefined): ApiError {
  const message = 'Too many calls wait for their turn, or the rate limit lasts too long.'
  return new ApiError('rateLimited', {
    ...operation,
    status: 429,
    isUnsent: true,
    retryAfterMs: waitMs,
    message,
  })
}

function parse(text: string): { value: unknown; isJson: boolean } {
  if (text.trim() === '') return { value: undefined, isJson: true }
  try {
    return { value: JSON.parse(text), isJson: true }
  } catch {
    return { value: text, isJson: false }
  }
}
