import { withVersion } from '../api/address'
import { type Api, type ApiMethod, createApi } from '../api/api'
import type { BearerFetch } from '../api/bearer-fetch'
import { jsonOf } from '../api/request-body'
import { createRequestQueue } from '../api/request-queue'
import { abortReason, detachable, throwIfAborted } from '../base/async'
import { ConfigurationError, NetworkError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { isInstance, tagOf } from '../base/instance'
import { browserPlatform, type Platform } from '../base/platform'
import { API_ORIGIN } from '../base/trello'
import { trustworthyUrl } from '../base/url'
import { isRequest, jsonResponse, requestOf, type SentRequest } from './fake-request'

/** A request, as a fake client notes it. */
export interface FakeRequest {
  /** Tells a request from the other calls in `calls`. */
  name: 'request'
  /** The method, in capital letters. */
  method: string
  /** The path with its version and without its query: `/1/members/me`. */
  path: string
  /** The parameters of the query, decoded. */
  query: Record<string, string>
  /** The headers, by their names in lower case. */
  headers: Record<string, string>
  /** The parsed JSON, or the body as it was given to `fetch`. */
  body: unknown
}

/** Parts of the fake client that its API uses. */
export interface FakeApiContext {
  /** Gives a token, or rejects as the real client does without one. */
  accessToken(signal: AbortSignal | null | undefined): Promise<string>
  /** The scopes of the current grant, or an empty list. */
  grantedScopes(): readonly string[]
  /** Notes a request for `calls`. */
  note(request: FakeRequest): void
  /** Answers the requests that no `respond()` covers. */
  fetch: ((request: Request) => Promise<Response>) | undefined
}

/** The calls of a fake client, and the way to answer them. */
export interface FakeApi {
  /** The `fetch` of the fake client. */
  fetch: BearerFetch
  /** The `api` of the fake client. */
  api: Api
  /** Answers a path from now on. */
  respond(method: string, path: string, answer: unknown): void
}

/** Answers instead of Trello's REST API. */
export function createFakeApi(context: FakeApiContext): FakeApi {
  const answers = new Map<string, unknown>()

  const fetch: BearerFetch = async (input, init) => {
    const call = readCall(input, init)
    return detachable(answerTo(call, init), call.signal ?? undefined, abortReason)
  }

  async function answerTo({ request, url, signal }: Call, init: RequestInit | undefined): Promise<Response> {
    const token = await context.accessToken(signal)
    throwIfAborted(signal)
    request.headers.set('Authorization', `Bearer ${token}`)
    const { method, headers } = request
    const { pathname: path, searchParams } = url
    context.note({
      name: 'request',
      method,
      path,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value])),
      body: await bodyOf(request, init),
    })
    const key = [keyOf(method, path, searchParams), keyOf(method, path)].find((each) => answers.has(each))
    if (key !== undefined) return toResponse(answers.get(key))
    if (context.fetch && isRequest(request)) return context.fetch(request)
    const query = [...searchParams].map((parameter) => parameter.join('=')).join('&')
    const place = query === '' ? path : `${path}?${query}`
    const message = `Nothing answers ${method} ${place}. Call respond('${method}', '${path}', …) before.`
    throw new ConfigurationError('invalidRequest', message)
  }

  const queue = createRequestQueue(hastyPlatform())
  const api = createApi(browserPlatform, {
    fetch,
    queue: () => queue,
    grantedScopes: context.grantedScopes,
  })
  const isPlain = (error: unknown) => [...answers.values()].includes(error) && !isOfDeadNetwork(error)
  return {
    fetch,
    api: rejectingWith(isPlain, api),
    respond: (method, path, answer) => {
      const { pathname, searchParams } = withoutLegacyParameters(new URL(withVersion(path), API_ORIGIN))
      answers.set(keyOf(method.toUpperCase(), pathname, searchParams), answer)
    },
  }
}

/** A clock on which every wait is over at once: nobody waits for real time in a test. */
function hastyPlatform(): Platform {
  let skippedMs = 0
  return {
    ...browserPlatform,
    monotonicNow: () => browserPlatform.monotonicNow() + skippedMs,
    setTimeout: (callback, delayMs) =>
      setTimeout(() => {
        skippedMs += delayMs
        callback()
      }),
  }
}

interface Call {
  request: SentRequest
  url: URL
  signal: AbortSignal | null | undefined
}

/** @throws ConfigurationError for what the real client would not send either */
function readCall(input: string | URL | Request, init: RequestInit | undefined): Call {
  const given = isInstance(input, 'Request') ? input : undefined
  const trusted = trustworthyUrl(isInstance(input, 'Request') ? input.url : input, API_ORIGIN)
  if (trusted?.origin !== API_ORIGIN) {
    const message = `The bearer goes to ${API_ORIGIN} only. Pass a path such as /1/members/me, or use the plain fetch for other addresses.`
    throw new ConfigurationError('untrustedUrl', message)
  }
  if (init?.signal && !isInstance(init.signal, 'AbortSignal')) {
    throw new ConfigurationError('invalidRequest', 'The `signal` is no AbortSignal.')
  }
  const url = withoutLegacyParameters(trusted)
  const request = given ? new Request(new Request(url, given), init) : requestOf(url, init)
  if (!request.headers.has('Authorization')) return { request, url, signal: init?.signal ?? given?.signal }
  const message = 'Leave the Authorization header out: client.fetch sets a fresh one.'
  throw new ConfigurationError('invalidRequest', message)
}

function withoutLegacyParameters(url: URL): URL {
  url.searchParams.delete('key')
  url.searchParams.delete('token')
  return url
}

/** The same for each order and encoding of a query. */
function keyOf(method: string, path: string, query: Iterable<[string, string]> = []): string {
  const sorted = new URLSearchParams([...query])
  sorted.sort()
  return `${method} ${path}?${sorted}`
}

async function bodyOf(request: SentRequest, init: RequestInit | undefined): Promise<unknown> {
  const given = init?.body
  if (given !== undefined && given !== null && typeof given !== 'string') return given
  const text = await (isRequest(request) ? request.clone() : request).text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text // sent as it is
  }
}

function toResponse(answer: unknown): Response {
  if (isError(answer)) throw answer
  // The same answer may be asked for again.
  if (isInstance(answer, 'Response')) return answer.clone()
  return jsonResponse(answer === undefined ? undefined : jsonOf(answer))
}

/** Tells an error, also one of another realm: a test runner may have made it outside of the page. */
function isError(answer: unknown): boolean {
  return answer instanceof Error || ['Error', 'DOMException'].includes(tagOf(answer))
}

function isOfDeadNetwork(error: unknown): boolean {
  return isError(error) && fieldsOf(error).name === 'TypeError'
}

/** The same methods, which unwrap the NetworkErrors whose cause is to come out as it is. */
function rejectingWith(isPlain: (cause: unknown) => boolean, api: Api): Api {
  const unwrapped =
    (method: ApiMethod): ApiMethod =>
    async (path, options) => {
      try {
        return await method(path, options)
      } catch (error) {
        throw error instanceof NetworkError && isPlain(error.cause) ? error.cause : error
      }
    }
  return Object.freeze({
    get: unwrapped(api.get),
    post: unwrapped(api.post),
    put: unwrapped(api.put),
    delete: unwrapped(api.delete),
  })
}
