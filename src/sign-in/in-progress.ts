import { detachable, noValue } from '../base/async'
import { SIGN_IN_DEADLINE_MS } from '../base/durations'
import { AuthorizationError } from '../base/errors'
import type { Platform } from '../base/platform'
import type { Locks, OwnerLock } from '../grant/lock'
import type { Popup } from './popup'

/** One sign-in on its way in this page, for everybody who waits for it. Only its own methods change it. */
export interface SignIn {
  /** The scopes that it asks for. */
  readonly scopes: readonly string[]
  /** The scopes that it can't do without: it asks for these where the server refuses the others. */
  readonly needed: readonly string[]
  /** The window that counts. `undefined` before the first one is open. */
  readonly popup: Popup | undefined
  /** The states of the attempts that its windows were opened with, or brought back, each with the end of its wait. */
  readonly states: ReadonlyMap<string, () => void>
  /** Resolves with the name of the lock that other pages see as long as this sign-in is waited for. */
  owner(): Promise<string>
  /** `true` while a response is being worked on. The window may close meanwhile. */
  readonly isAnswered: boolean
  /** `true` once it has ended. */
  readonly isOver: boolean
  /** `true` once it was called off: its responses don't count any more. */
  readonly isAborted: boolean
  /** Asks for these scopes from now on. */
  ask(scopes: readonly string[]): void
  /** Can't do without these scopes either. */
  need(scopes: readonly string[]): void
  /** Takes this window for the one that counts. */
  show(popup: Popup): void
  /** Waits for the response to the attempt of this state. `stop` ends a new wait for one that would not count. */
  expect(state: string, stop?: () => void): void
  /** Notes that a response has come. */
  answered(): void
  /** Notes that the response was useless: the window is needed again. */
  unanswered(): void
  /** Notes that the page at `redirectUri` does not answer: it may be missing, or without its script. */
  unheard(): void
  /** Ends the sign-in. Later calls do nothing. No error: the grant is stored. */
  end(error?: AuthorizationError): void
  /** Ends a sign-in whose response did not come. The error names the callback page as its cause, if that is silent. */
  giveUp(code: 'popupClosed' | 'timedOut'): void
}

/** The sign-ins of one page for one grant, shared by all its clients. */
export interface SignIns {
  /** The sign-in that a second call joins. */
  current(): SignIn | undefined
  /** The states of all attempts whose windows this page waits for. */
  inProgress(): ReadonlySet<string>
  /** Begins a sign-in. It supersedes the current one, and takes over its open window and its states. */
  begin(scopes: AskedScopes, onEnd: OnEnd): SignIn
  /**
   * Runs the exchange of the attempt of this state. While one is on its way, a second caller gets its result: two sign-ins
   * may have collected the same response, and a code is sent once. `run` is told whether it was called off since.
   */
  exchange(state: string, run: (isCalledOff: () => boolean) => Promise<void>): Promise<void>
  /** Resolves or rejects as the sign-in ends. When everybody who follows it has aborted, it is called off. */
  follow(signIn: SignIn, signal: AbortSignal | undefined): Promise<void>
  /** Calls off the current sign-in, for a sign-out. */
  callOff(): void
}

/** The scopes that a sign-in asks for, and those of them that it can't do without. */
export type AskedScopes = Pick<SignIn, 'scopes' | 'needed'>

type Ending = AuthorizationError | undefined

/** The sign-in comes along: it may end while it is still being begun. */
type OnEnd = (error: Ending, signIn: SignIn) => void

interface Entry {
  signIn: SignIn
  result: Promise<void>
  followers: number
}

/**
 * Makes the sign-ins of one page for one grant.
 * @param tell called when one begins or ends
 */
export function createSignIns(
  platform: Platform,
  locks: Pick<Locks, 'holdOwnerLock'>,
  tell: () => void,
): SignIns {
  let current: Entry | undefined
  const open = new Set<SignIn>()
  /** Also of those that have ended: whoever begins one follows it only after listeners were told. */
  const entries = new WeakMap<SignIn, Entry>()
  const exchanges = new Map<string, Promise<void>>()
  /** The states of those exchanges whose sign-in was called off since. */
  const calledOff = new Set<string>()

  function begin(scopes: AskedScopes, onEnd: OnEnd): SignIn {
    const superseded = current?.signIn
    let settle: (error: Ending) => void = () => undefined
    const result = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve())
    })
    result.catch(() => undefined) // followers hear of it; a sign-in that nobody follows any more is no unhandled error
    const deadline = platform.setTimeout(() => signIn.giveUp('timedOut'), SIGN_IN_DEADLINE_MS)
    const owner = locks.holdOwnerLock()
    const signIn = createSignIn(scopes, superseded, owner, (error) => {
      platform.clearTimeout(deadline)
      void owner.then(({ release }) => release())
      open.delete(signIn)
      if (signIn.isAborted)
        for (const state of signIn.states.keys()) if (exchanges.has(state)) calledOff.add(state)
      if (current?.signIn === signIn) current = undefined
      settle(error)
      onEnd(error, signIn)
      tell()
    })
    current = { signIn, result, followers: 0 }
    entries.set(signIn, current)
    open.add(signIn)
    superseded?.end(new AuthorizationError('superseded'))
    tell()
    return signIn
  }

  function exchange(state: string, run: (isCalledOff: () => boolean) => Promise<void>): Promise<void> {
    const known = exchanges.get(state)
    if (known) return known
    const exchanging = run(() => calledOff.has(state)).finally(() => {
      exchanges.delete(state)
      calledOff.delete(state)
    })
    exchanges.set(state, exchanging)
    return exchanging
  }

  function follow(signIn: SignIn, signal: AbortSignal | undefined): Promise<void> {
    const entry = entries.get(signIn)
    if (!entry) return Promise.reject(new AuthorizationError('aborted'))
    entry.followers++
    return detachable(entry.result, signal, () => {
      entry.followers--
      if (entry.followers === 0) signIn.end(new AuthorizationError('aborted'))
      return new AuthorizationError('aborted')
    })
  }

  return {
    current: () => current?.signIn,
    inProgress: () => new Set([...open].flatMap(({ states }) => [...states.keys()])),
    begin,
    exchange,
    follow,
    callOff: () => current?.signIn.end(new AuthorizationError('aborted')),
  }
}

/** Makes a sign-in with the window and the states of the one that it supersedes. One click opens one window. */
function createSignIn(
  { scopes, needed }: AskedScopes,
  superseded: SignIn | undefined,
  owner: Promise<OwnerLock>,
  onEnd: (error: Ending) => void,
): SignIn {
  let asked = scopes
  let least = needed
  let popup = superseded?.popup?.isClosed() === false ? superseded.popup : undefined
  let isAnswered = false
  let isSilent = false
  let ending: { error: Ending } | undefined

  function end(error?: AuthorizationError): void {
    if (ending) return
    ending = { error }
    onEnd(error)
  }

  const states = new Map(superseded?.states)
  return {
    get scopes() {
      return asked
    },
    get needed() {
      return least
    },
    get popup() {
      return popup
    },
    states,
    owner: async () => (await owner).name,
    get isAnswered() {
      return isAnswered
    },
    get isOver() {
      return ending !== undefined
    },
    get isAborted() {
      return ending?.error?.code === 'aborted'
    },
    ask: (next) => {
      asked = next
    },
    need: (more) => {
      least = [...new Set([...least, ...more])]
    },
    show: (next) => {
      popup = next
    },
    expect: (state, stop) => {
      states.set(state, stop ?? states.get(state) ?? noValue)
    },
    answered: () => {
      isAnswered = true
    },
    unanswered: () => {
      isAnswered = false
    },
    unheard: () => {
      isSilent = true
    },
    end,
    giveUp: (code) => end(new AuthorizationError(code, isSilent ? { cause: silentPage() } : {})),
  }
}

function silentPage(): AuthorizationError {
  const cause = new Error(
    'The page at `redirectUri` did not answer. It may be missing, without powerup-oauth-callback.js, or replaced by another page.',
  )
  return new AuthorizationError('notLoaded', { cause })
}
