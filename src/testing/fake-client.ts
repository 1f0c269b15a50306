import { type Api, type ApiMethod, createApi } from '../api/api'
import type { AuthorizeOptions } from '../authorize'
import type { Client } from '../client'
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  ConfigurationError,
  NetworkError,
  NotAuthorizedError,
  TokenExpiredError,
} from '../errors'
import { type AuthState, missingScopes } from '../grant/grant'
import { browserPlatform } from '../platform'
import { API_ORIGIN, SCOPES } from '../trello'

export interface FakeClientOptions {
  /** The scopes that the client is configured with, and so what a consent grants. All of Trello's by default. */
  scopes?: readonly string[]
  /**
   * What answers the requests that no `respond()` covers: the `fetch` that msw has patched, for example. Without it they
   * are refused, and there is no network.
   */
  fetch?: (request: Request) => Promise<Response>
}

/** What the fake was asked for. */
export type FakeClientCall =
  | {
      name: 'request'
      method: string
      /** With its version, without its query. */
      path: string
      query: Record<string, string>
      /** By their names in lower case. */
      headers: Record<string, string>
      /** The JSON value, or the body as it was given to `fetch`. */
      body: unknown
    }
  | { name: 'authorize'; scopes: readonly string[] }
  | { name: 'getAccessToken' }
  | { name: 'signOut'; everyWorkspace: boolean }

export interface FakeClient extends Client {
  /** Every call, oldest first. */
  readonly calls: readonly FakeClientCall[]
  /** Changes the state, and tells the subscribers. */
  setState(state: AuthState): void
  /**
   * How the sign-ins end from now on, also those that are on their way. `pending` keeps them going until another outcome
   * is set, or until they are called off by their signal. At first, consent is granted.
   */
  authorizeOutcome(outcome: 'granted' | 'pending' | AuthorizationErrorCode): void
  /**
   * Answers a path from now on: with a value as JSON and status 200, with a Response, or with an Error to reject with.
   * A TypeError is what a dead network gives, which `api` turns into a NetworkError. A path with a query answers that
   * query alone.
   */
  respond(method: string, path: string, answer: unknown): void
}

type Outcome = Parameters<FakeClient['authorizeOutcome']>[0]

const ACCESS_TOKEN = 'fake-access-token'

/** A client for tests, without a window, a storage or a network; what the real one rejects with, this one does too. */
export function createFakeClient(
  initial: AuthState = { status: 'notAuthorized' },
  options: FakeClientOptions = {},
): FakeClient {
  const { scopes: configured = SCOPES } = options
  const calls: FakeClientCall[] = []
  const listeners = new Set<(state: AuthState) => void>()
  const answers = new Map<string, unknown>()
  const waiting = new Set<() => void>()
  let state = frozen(initial)
  let outcome: Outcome = 'granted'
  let signOuts = 0

  const grantedScopes = () => (state.status === 'authorized' ? state.scopes : [])

  function setState(next: AuthState): void {
    if (JSON.stringify(next) === JSON.stringify(state)) return
    state = frozen(next)
    for (const listener of [...listeners]) tell(listener, state)
  }

  /** There is a state as soon as somebody asks for one. */
  async function readState(): Promise<AuthState> {
    if (state.status === 'restoring') setState({ status: 'notAuthorized' })
    return state
  }

  async function authorize({ scopes = [], signal }: AuthorizeOptions = {}): Promise<AuthState> {
    calls.push({ name: 'authorize', scopes })
    const blockedBy = state.status === 'notAuthorized' ? state.blockedBy : undefined
    if (blockedBy === 'noWorkspace' || blockedBy === 'notLoggedIn') throw new AuthorizationError(blockedBy)
    if (signal?.aborted) throw new AuthorizationError('aborted')
    const wanted = [...new Set([...knownScopes(state, configured), ...scopes])]
    if (missingScopes(grantedScopes(), wanted).length === 0) return state
    const ended = await endOfSignIn(signal)
    if (ended !== 'granted') {
      if (ended === 'popupClosed') setState(unfinished(state))
      throw new AuthorizationError(ended)
    }
    const workspace = state.status === 'authorized' ? state.workspace : undefined
    const place = workspace === undefined ? {} : { workspace }
    setState({ status: 'authorized', scopes: wanted, missingScopes: [], persistent: true, ...place })
    return state
  }

  async function endOfSignIn(signal: AbortSignal | undefined): Promise<Exclude<Outcome, 'pending'>> {
    const isCalledOff = () => signal?.aborted || signOuts > before
    const before = signOuts
    while (outcome === 'pending' && !isCalledOff()) {
      await new Promise<void>((settle) => {
        waiting.add(settle)
        signal?.addEventListener('abort', () => settle(), { once: true })
      })
    }
    return isCalledOff() || outcome === 'pending' ? 'aborted' : outcome
  }

  function wake(): void {
    const settled = [...waiting]
    waiting.clear()
    for (const settle of settled) settle()
  }

  async function accessToken(signal?: AbortSignal | null): Promise<string> {
    signal?.throwIfAborted()
    await readState()
    if (state.status === 'tokenExpired') throw new TokenExpiredError(state.cause)
    if (state.status !== 'authorized') throw new NotAuthorizedError()
    return ACCESS_TOKEN
  }

  const fetch: Client['fetch'] = async (input, init) => {
    const request = readRequest(input, init)
    const token = await accessToken(init?.signal)
    request.headers.set('Authorization', `Bearer ${token}`)
    const url = new URL(request.url)
    const { method, headers } = request
    calls.push({
      name: 'request',
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value])),
      body: await bodyOf(request, init),
    })
    const keys = [`${method} ${url.pathname}${url.search}`, `${method} ${url.pathname}`]
    const key = keys.find((each) => answers.has(each))
    if (key !== undefined) return toResponse(answers.get(key))
    if (options.fetch) return options.fetch(request)
    const example = `respond('${method}', '${url.pathname}', …)`
    throw new ConfigurationError('invalidRequest', `Nothing answers ${keys[1]}. Call ${example} before.`)
  }

  return Object.freeze<FakeClient>({
    get state() {
      return state
    },
    readState,
    subscribe: (listener) => {
      const subscription = (next: AuthState) => listener(next)
      tell(subscription, state)
      listeners.add(subscription)
      return () => listeners.delete(subscription)
    },
    isAuthorized: async () => (await readState()).status === 'authorized',
    authorize,
    getAccessToken: async (asked) => {
      calls.push({ name: 'getAccessToken' })
      return accessToken(asked?.signal)
    },
    fetch,
    api: rejectingWith(
      (error) => [...answers.values()].includes(error) && !isOfDeadNetwork(error),
      createApi({
        // Nobody waits for real time in a test.
        platform: { ...browserPlatform, setTimeout: (callback) => setTimeout(callback) },
        fetch,
        grantedScopes,
        emit: () => undefined,
      }),
    ),
    missingScopes: (required) => missingScopes(grantedScopes(), required),
    signOut: async (asked) => {
      calls.push({ name: 'signOut', everyWorkspace: asked?.everyWorkspace ?? false })
      signOuts++
      wake()
      setState({ status: 'notAuthorized' })
    },
    calls,
    setState,
    authorizeOutcome: (next) => {
      outcome = next
      wake()
    },
    respond: (method, path, answer) => {
      answers.set(`${method.toUpperCase()} ${versioned(path)}`, answer)
    },
  })
}

function frozen(state: AuthState): AuthState {
  return Object.freeze({ ...state })
}

function tell(listener: (state: AuthState) => void, state: AuthState): void {
  try {
    listener(state)
  } catch (error) {
    browserPlatform.reportError(error)
  }
}

/** A window out of sight may still be open: the next `authorize()` would finish it. */
function unfinished(state: AuthState): AuthState {
  const isOver = state.status === 'notAuthorized' || state.status === 'tokenExpired'
  return isOver ? { ...state, unfinished: true } : state
}

/** What a consent asks for at least: what is configured, and what was granted before. */
function knownScopes(state: AuthState, configured: readonly string[]): readonly string[] {
  if (state.status === 'authorized') return [...state.scopes, ...state.missingScopes]
  return state.status === 'tokenExpired' ? [...configured, ...state.scopes] : configured
}

/** @throws ConfigurationError for what the real client would not send either */
function readRequest(input: string | URL | Request, init: RequestInit | undefined): Request {
  const text = input instanceof Request ? input.url : String(input)
  const url = URL.canParse(text, API_ORIGIN) ? new URL(text, API_ORIGIN) : undefined
  if (url?.origin !== API_ORIGIN) {
    throw new ConfigurationError('untrustedUrl', `The bearer goes to ${API_ORIGIN} only.`)
  }
  const request = new Request(input instanceof Request ? input : url, init)
  if (!request.headers.has('Authorization')) return request
  const message = 'Leave the Authorization header out: client.fetch sets a fresh one.'
  throw new ConfigurationError('invalidRequest', message)
}

async function bodyOf(request: Request, init: RequestInit | undefined): Promise<unknown> {
  const given = init?.body
  if (given !== undefined && given !== null && typeof given !== 'string') return given
  const text = await request.clone().text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text // sent as it is
  }
}

function toResponse(answer: unknown): Response {
  if (answer instanceof Error) throw answer
  // The same answer may be asked for again.
  if (answer instanceof Response) return answer.clone()
  return answer === undefined ? new Response() : Response.json(answer)
}

function isOfDeadNetwork(error: unknown): boolean {
  return error instanceof Error && error.name === 'TypeError'
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

/** As `api` does it. */
function versioned(path: string): string {
  return /^\/?\d+(?:\/|$|\?)/.test(path) ? path.replace(/^\/?/, '/') : `/1/${path.replace(/^\/+/, '')}`
}
