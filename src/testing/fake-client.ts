import { abortReason, detachable, noValue, throwIfAborted } from '../base/async'
import {
  AuthorizationError,
  type AuthorizationErrorCode,
  NotAuthorizedError,
  TokenExpiredError,
} from '../base/errors'
import { readScopes } from '../base/option-check'
import { browserPlatform, type Platform } from '../base/platform'
import { SCOPES } from '../base/scopes'
import { createChanges, listen } from '../client/changes'
import type { Client } from '../client/client'
import type { AuthorizedState, AuthState } from '../grant/auth-state'
import { missingScopes } from '../grant/grant'
import { type AuthorizeOptions, readAuthorizeOptions } from '../sign-in/authorize-options'
import { createSignIns, type SignIn } from '../sign-in/in-progress'
import { createFakeApi, type FakeRequest } from './fake-api'

/** Options of `createFakeClient`. */
export interface FakeClientOptions {
  /** The scopes that the client is configured with. A consent grants them. @default all ten of Trello's scopes */
  scopes?: readonly string[]
  /**
   * Answers the requests that no `respond()` covers: the `fetch` that msw has patched, for example.
   * @default such requests reject with a `ConfigurationError`; there is no network
   */
  fetch?: (request: Request) => Promise<Response>
}

/** A call that the fake client got. */
export type FakeClientCall =
  /** `fetch`, or a method of `api`. */
  | FakeRequest
  /** `authorize()`. */
  | {
      name: 'authorize'
      /** The scopes that it was given. */
      scopes: readonly string[]
    }
  /** `getAccessToken()`. */
  | { name: 'getAccessToken' }
  /** `signOut()`. */
  | {
      name: 'signOut'
      /** The option that it was given. */
      everyWorkspace: boolean
    }

/** A client for tests, with the means to play the person and the server. */
export interface FakeClient extends Client {
  /** Every call, oldest first. */
  readonly calls: readonly FakeClientCall[]
  /** Changes the state, and tells the subscribers. */
  setState(state: AuthState): void
  /**
   * Decides how sign-ins end from now on, also those that are on their way. `pending` keeps them going until another
   * outcome is set, or until they are called off by their signal. An error may tell more than its code: the words of the
   * server, or a cause. At first, consent is granted.
   */
  authorizeOutcome(outcome: 'granted' | 'pending' | AuthorizationErrorCode | AuthorizationError): void
  /**
   * Answers a path from now on: with a value as JSON and status 200, with a Response, or with an Error to reject with.
   * A TypeError is what a dead network gives, which `api` turns into a NetworkError. A path with a query answers
   * only that query. A value that JSON would lose, such as a Map or a function, makes the call reject with a
   * ConfigurationError.
   * @example
   * ```ts
   * import { createFakeClient } from 'powerup-oauth/testing'
   *
   * const client = createFakeClient()
   * client.respond('GET', '/1/members/me', { fullName: 'Ama' })
   * client.respond('GET', '/1/boards/1', new Response('board not found', { status: 404 })) // an ApiError
   * client.respond('POST', '/1/cards', new TypeError('Failed to fetch')) // a NetworkError
   * ```
   */
  respond(method: string, path: string, answer: unknown): void
}

type Outcome = Parameters<FakeClient['authorizeOutcome']>[0]

const ACCESS_TOKEN = 'fake-access-token'

/** The test says when a sign-in has timed out, and no timer keeps its process from ending. */
const timeless: Platform = { ...browserPlatform, setTimeout: () => undefined }

/** No other page waits for a sign-in of this one. */
const WITHOUT_LOCKS = { holdOwnerLock: async () => ({ name: '', release: noValue }) }

/**
 * Makes a client for tests, without a window, a storage or a network. It rejects with the errors of a real client.
 * @param initial the state at first; `notAuthorized` by default
 * @throws ConfigurationError for wrong scopes
 */
export function createFakeClient(
  initial: AuthState = { status: 'notAuthorized', persistent: true },
  options: FakeClientOptions = {},
): FakeClient {
  const configured = readScopes(options.scopes ?? SCOPES)
  const calls: FakeClientCall[] = []
  const changes = createChanges()
  const signIns = createSignIns(timeless, WITHOUT_LOCKS, () =>
    setState(withProgress(state, signIns.current() !== undefined)),
  )
  let state = frozen(initial)
  let outcome: Outcome = 'granted'

  const grantedScopes = () => (state.status === 'authorized' ? state.scopes : [])

  function setState(next: AuthState): void {
    if (JSON.stringify(next) === JSON.stringify(state)) return
    state = frozen(next)
    changes.tell()
  }

  /** Leaves `restoring` at the first read, as a real client does. */
  async function readState(): Promise<AuthState> {
    if (state.status === 'restoring') setState({ status: 'notAuthorized', persistent: true })
    return state
  }

  async function authorize(options: AuthorizeOptions | undefined): Promise<AuthorizedState> {
    const { scopes: asked, signal } = readAuthorizeOptions(options)
    calls.push({ name: 'authorize', scopes: asked })
    const blockedBy = blockOf(state)
    if (blockedBy) throw new AuthorizationError(blockedBy)
    if (signal?.aborted) throw new AuthorizationError('aborted')
    const wanted = [...new Set([...knownScopes(state, configured), ...asked])]
    if (state.status === 'authorized' && missingScopes(state.scopes, wanted).length === 0) return state
    await signIns.follow(signInFor(wanted), signal)
    if (state.status !== 'authorized') throw new AuthorizationError('aborted')
    return state
  }

  function signInFor(wanted: readonly string[]): SignIn {
    const current = signIns.current()
    if (current && missingScopes(current.scopes, wanted).length === 0) return current
    void readState()
    const signIn = signIns.begin({ scopes: wanted, needed: wanted }, noValue)
    void conclude()
    return signIn
  }

  /** Ends the sign-in that is on its way, as the test wants it; none ends within the click that began it. */
  async function conclude(): Promise<void> {
    await undefined
    const signIn = signIns.current()
    if (!signIn || outcome === 'pending') return
    if (outcome !== 'granted') {
      const error = typeof outcome === 'string' ? new AuthorizationError(outcome) : outcome
      if (error.code === 'popupClosed') setState(unfinished(state))
      signIn.end(error)
      return
    }
    const workspace = state.status === 'authorized' ? state.workspace : undefined
    const place = workspace === undefined ? {} : { workspace }
    const persistent = isPersistent(state)
    setState({ status: 'authorized', scopes: signIn.scopes, missingScopes: [], ...place, persistent })
    signIn.end()
  }

  async function accessToken(signal?: AbortSignal | null): Promise<string> {
    throwIfAborted(signal)
    await readState()
    if (state.status === 'tokenExpired') throw new TokenExpiredError(state.reason)
    if (state.status !== 'authorized') throw new NotAuthorizedError()
    return ACCESS_TOKEN
  }

  const { fetch, api, respond } = createFakeApi({
    accessToken,
    grantedScopes,
    note: (request) => calls.push(request),
    fetch: options.fetch,
  })

  return Object.freeze<FakeClient>({
    get state() {
      return state
    },
    readState,
    subscribe: (listener) => listen(browserPlatform, changes, () => state, listener),
    isAuthorized: async () => (await readState()).status === 'authorized',
    authorize,
    getAccessToken: async (asked) => {
      calls.push({ name: 'getAccessToken' })
      return detachable(accessToken(asked?.signal), asked?.signal, abortReason)
    },
    fetch,
    api,
    missingScopes: (required) => missingScopes(grantedScopes(), readScopes(required)),
    signOut: async (asked) => {
      calls.push({ name: 'signOut', everyWorkspace: asked?.everyWorkspace ?? false })
      signIns.callOff()
      const blockedBy = blockOf(state)
      setState({
        status: 'notAuthorized',
        persistent: isPersistent(state),
        ...(blockedBy && { blockedBy }),
      })
    },
    calls,
    setState,
    authorizeOutcome: (next) => {
      outcome = next
      void conclude()
    },
    respond,
  })
}

/** Makes a state that nobody can change, its lists neither: a real client's throws there. */
function frozen(state: AuthState): AuthState {
  const copy: AuthState = JSON.parse(JSON.stringify(state))
  for (const value of Object.values(copy)) Object.freeze(value)
  return Object.freeze(copy)
}

/** Tells whether a grant would be stored. The storage is the same before a sign-in and after it. */
function isPersistent(state: AuthState): boolean {
  return !('persistent' in state) || state.persistent
}

function blockOf(state: AuthState) {
  return state.status === 'notAuthorized' ? state.blockedBy : undefined
}

/** A sign-in that is waited for shows in the state, as a real client's does. */
function withProgress(state: AuthState, isWaitedFor: boolean): AuthState {
  if (state.status === 'restoring') return state
  if (isWaitedFor) return { ...state, signIn: 'here' }
  const { signIn, ...others } = state
  return signIn === 'here' ? others : state
}

/** A window out of sight may still be open: the next `authorize()` would finish it, if there is something to ask for. */
function unfinished(state: AuthState): AuthState {
  if (state.status === 'restoring') return state
  const isAllGranted = state.status === 'authorized' && state.missingScopes.length === 0
  return isAllGranted ? state : { ...state, signIn: 'unfinished' }
}

/** Lists the scopes that a consent asks for at least: the configured ones, and those of a living grant. */
function knownScopes(state: AuthState, configured: readonly string[]): readonly string[] {
  return state.status === 'authorized' ? [...state.scopes, ...state.missingScopes] : configured
}
