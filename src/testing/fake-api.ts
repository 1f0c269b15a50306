import { addressOf } from '../api/address'
import { type Api, type ApiMethod, createApi } from '../api/api'
import type { BearerFetch } from '../api/bearer-fetch'
import { type BearerRequest, readBearerRequest, signalOf } from '../api/bearer-request'
import { withoutLegacyParameters } from '../api/legacy-parameters'
import { jsonOf } from '../api/request-body'
import { abortReason, detachable, throwIfAborted } from '../base/async'
import { ConfigurationError, NetworkError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { isInstance, isOwnInstance, tagOf } from '../base/instance'
import { browserPlatform } from '../base/platform'
import { API_ORIGIN } from '../base/trello'
import { createFakeQueue } from './fake-queue'
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
    const isSent = context.fetch !== undefined
    const call = await readBearerRequest(input, checkable(init ?? {}, isSent), [API_ORIGIN])
    const signal = signalOf(call)
    return detachable(answerTo(call, signal, init?.body), signal, abortReason)
  }

  async function answerTo(
    call: BearerRequest,
    signal: AbortSignal | undefined,
    body: BodyInit | null | undefined,
  ): Promise<Response> {
    const token = await context.accessToken(signal)
    throwIfAborted(signal)
    const { pathname: path, searchParams } = call.url
    // Node 24 refuses the signal of jsdom. It ends the call all the same, and only a fetch could do more with it.
    const init = context.fetch ? call.init : { ...call.init, signal: null }
    const request = call.request
      ? new Request(call.request, init)
      : requestOf(call.url, { ...init, body: init.body ?? body ?? null })
    request.headers.set('Authorization', `Bearer ${token}`)
    const { method, headers } = request
    context.note({
      name: 'request',
      method,
      path,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value])),
      body: await bodyOf(request, body),
    })
    const answer = answerOf(method, call.url)
    if (answer) return answer
    if (context.fetch && isRequest(request)) return context.fetch(request)
    const routes = method === 'GET' && path === '/1/batch' ? searchParams.get('urls') : null
    if (routes === null) throw nothingAnswers(method, call.url)
    return jsonResponse(JSON.stringify(await Promise.all(routes.split(',').map(partOfBatch))))
  }

  function answerOf(method: string, { pathname, searchParams }: URL): Response | undefined {
    const keys = [keyOf(method, pathname, searchParams), keyOf(method, pathname)]
    const key = keys.find((each) => answers.has(each))
    return key === undefined ? undefined : toResponse(answers.get(key))
  }

  /** Answers one path of a batch in the shape that Trello's batch has. */
  async function partOfBatch(route: string): Promise<Record<number, unknown>> {
    const url = new URL(`/1${route}`, API_ORIGIN)
    const answer = answerOf('GET', url)
    if (!answer) throw nothingAnswers('GET', url)
    return { [answer.status]: contentOf(await answer.text()) ?? null }
  }

  const queue = createFakeQueue()
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
      const { pathname, search } = new URL(addressOf(path, undefined), API_ORIGIN)
      const parameters = new URLSearchParams(withoutLegacyParameters(search))
      answers.set(keyOf(String(method).toUpperCase(), pathname, parameters), answer)
    },
  }
}

/**
 * Leaves out a body that can't be checked. Jest's jsdom has no `fetch` that would take it. Forms and files of the page are
 * taken by a browser; Node's `fetch` doesn't know those of jsdom, which matters where it is to send them.
 */
function checkable(init: RequestInit, isSent: boolean): RequestInit {
  const isOfPage = (['FormData', 'Blob', 'URLSearchParams'] as const).some((kind) =>
    isOwnInstance(init.body, kind),
  )
  return typeof Request === 'function' && (isSent || !isOfPage) ? init : { ...init, body: null }
}

/** The same for each order and encoding of a query. */
function keyOf(method: string, path: string, query: Iterable<[string, string]> = []): string {
  const sorted = new URLSearchParams([...query])
  sorted.sort()
  return `${method} ${path}?${sorted}`
}

async function bodyOf(request: SentRequest, given: BodyInit | null | undefined): Promise<unknown> {
  if (given !== undefined && given !== null && typeof given !== 'string') return given
  return contentOf(await (isRequest(request) ? request.clone() : request).text())
}

/** Reads a text as JSON, where it is JSON. `undefined` for an empty one. */
function contentOf(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function nothingAnswers(method: string, { pathname, searchParams }: URL): ConfigurationError {
  const query = [...searchParams].map((parameter) => parameter.join('=')).join('&')
  const place = query === '' ? pathname : `${pathname}?${query}`
  const message = `Nothing answers ${method} ${place}. Call respond('${method}', '${pathname}', …) before.`
  return new ConfigurationError('invalidRequest', message)
}

function toResponse(answer: unknown): Response {
  if (isError(answer)) throw answer
  if (isInstance(answer, 'Response')) {
    const message = 'The Response that respond() was given is used up: its body was read before.'
    if (answer.bodyUsed) throw new ConfigurationError('invalidRequest', message)
    // The same answer may be asked for again.
    return answer.clone()
  }
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
