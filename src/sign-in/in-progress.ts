import { detachable } from '../base/async'
import { SIGN_IN_DEADLINE_MS } from '../base/durations'
import { AuthorizationError } from '../base/errors'
import type { Platform } from '../base/platform'
import type { Popup } from './popup'

/** One sign-in on its way in this page, whoever follows it. */
export interface SignIn {
  scopes: readonly string[]
  /** The window that counts: a lost one is replaced. */
  popup?: Popup
  /** The states of the attempts that its windows were opened with, or brought back. */
  readonly states: Set<string>
  /** A response is being worked on: no window is needed for now. */
  isAnswered: boolean
  isOver(): boolean
  isAborted(): boolean
  /** Ends it once; later calls do nothing. No error: the grant is stored. */
  end(error?: AuthorizationError): void
}

/** The sign-ins of one page for one grant, shared by all its clients. */
export interface SignIns {
  current(): SignIn | undefined
  /** The states of all attempts whose windows are being waited for. */
  inProgress(): ReadonlySet<string>
  begin(scopes: readonly string[], onEnd: (error: AuthorizationError | undefined) => void): SignIn
  /** The result of a sign-in. When every follower has aborted, the sign-in is called off. */
  follow(signIn: SignIn, signal: AbortSignal | undefined): Promise<void>
  /** Calls off what goes on, for a sign-out. */
  callOff(): void
  subscribe(listener: () => void): () => void
}

interface Entry {
  signIn: SignIn
  result: Promise<void>
  followers: number
}

export function createSignIns(platform: Platform): SignIns {
  let current: Entry | undefined
  const listeners = new Set<() => void>()
  const entries = new Map<SignIn, Entry>()

  function begin(scopes: readonly string[], onEnd: (error: AuthorizationError | undefined) => void): SignIn {
    let isOver = false
    let isAborted = false
    let settle: (error?: AuthorizationError) => void = () => undefined
    const result = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve())
    })
    result.catch(() => undefined) // followers hear of it; a sign-in that nobody follows any more is no unhandled error
    const deadline = platform.setTimeout(
      () => signIn.end(new AuthorizationError('timedOut')),
      SIGN_IN_DEADLINE_MS,
    )
    const signIn: SignIn = {
      scopes,
      states: new Set(),
      isAnswered: false,
      isOver: () => isOver,
      isAborted: () => isAborted,
      end: (error) => {
        if (isOver) return
        isOver = true
        isAborted = error?.code === 'aborted'
        platform.clearTimeout(deadline)
        entries.delete(signIn)
        if (current?.signIn === signIn) current = undefined
        settle(error)
        onEnd(error)
        for (const listener of listeners) listener()
      },
    }
    current = { signIn, result, followers: 0 }
    entries.set(signIn, current)
    return signIn
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
    inProgress: () => new Set([...entries.keys()].flatMap(({ states }) => [...states])),
    begin,
    follow,
    callOff: () => current?.signIn.end(new AuthorizationError('aborted')),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
