import { stateOfResponse } from './authorization/callback-message'
import { collectingUrl, collectResponses } from './authorization/collector'
import type { PendingAttempt } from './authorization/pending-attempts'
import { openPopup, type Popup, popupOf } from './authorization/popup'
import { BLANK } from './authorization/window'
import { type CodeExchangeContext, exchangeCode } from './code-exchange'
import { AuthorizationError } from './errors'
import type { ClientEvent } from './events'
import { dropAttempt, putAttempt, unfinishedAttempts } from './grant/consent'
import { liveGrant, missingScopes } from './grant/grant'
import type { WindowLike } from './platform'
import type { SignIn, SignIns } from './sign-ins'

export interface AuthorizeContext extends CodeExchangeContext {
  signIns: SignIns
  redirectUri: string
  /** The scopes that the client was configured with. */
  scopes: readonly string[]
  /** Shared by all clients of the page that ask alike. */
  readonly next: NextRequest
  /** Makes an authorization request. */
  prepareAttempt(scopes: readonly string[]): Promise<PendingAttempt>
  /** Whether this client may finish an attempt that another frame began: the same endpoints and redirect URI. */
  isOurs(attempt: PendingAttempt): boolean
  emit(event: ClientEvent): void
}

/** The request that the next click opens. */
export interface NextRequest {
  prepared?: PendingAttempt | undefined
  preparing?: Promise<void> | undefined
}

export interface AuthorizeOptions {
  /** Scopes to ask for besides the configured and the last granted ones. */
  scopes?: readonly string[]
  /** Closes the window and rejects with `aborted`, once nobody else waits for the same sign-in. */
  signal?: AbortSignal
}

export interface Authorize {
  /**
   * Opens the window before it awaits anything, and resolves once the grant is stored.
   * @param opened the blank window that the click opened before this flow was loaded; `null` where it got none
   * @throws AuthorizationError
   */
  authorize(options?: AuthorizeOptions, opened?: WindowLike | null): Promise<void>
  /** Makes the next request ready, so that a click opens its final URL at once. */
  prepare(): Promise<void>
}

export function createAuthorize(context: AuthorizeContext): Authorize {
  const { platform, store, signIns, redirectUri, next } = context
  const callbackOrigin = new URL(redirectUri).origin

  function authorize(
    { scopes = [], signal }: AuthorizeOptions = {},
    opened?: WindowLike | null,
  ): Promise<void> {
    const popup = opened && popupOf(platform, opened, callbackOrigin)
    const wanted = wantedScopes(scopes)
    const current = signIns.current()
    const result = isGranted(wanted)
      ? Promise.resolve()
      : current && missingScopes(current.scopes, wanted).length === 0
        ? join(current, signal, popup)
        : begin(wanted, current, signal, popup)
    if (popup && signIns.current()?.popup !== popup) popup.close()
    return result
  }

  function join(
    current: SignIn,
    signal: AbortSignal | undefined,
    opened: Popup | null | undefined,
  ): Promise<void> {
    if (current.isAnswered || !current.popup?.isClosed()) current.popup?.focus()
    else if (!openWindow(current, opened)) return Promise.reject(new AuthorizationError('popupBlocked'))
    return signIns.follow(current, signal)
  }

  function begin(
    wanted: readonly string[],
    superseded: SignIn | undefined,
    signal: AbortSignal | undefined,
    opened: Popup | null | undefined,
  ): Promise<void> {
    // One click opens one window: the new request takes over the window of the one that it supersedes.
    const inherited = superseded?.popup?.isClosed() === false ? superseded.popup : undefined
    if (inherited) delete superseded?.popup
    superseded?.end(new AuthorizationError('superseded'))
    const signIn = signIns.begin(wanted, (error) => onEnd(signIn, error))
    for (const state of superseded?.states ?? []) signIn.states.add(state)
    const following = signIns.follow(signIn, signal)
    if (openWindow(signIn, inherited ?? opened))
      context.emit({ type: 'authorizationStarted', scopes: wanted })
    else signIn.end(new AuthorizationError('popupBlocked'))
    return following
  }

  /** Everything up to the return happens in the click, or has a window that the click opened (`given`). */
  function openWindow(signIn: SignIn, given: Popup | null | undefined): boolean {
    const unfinished = collectableAttempts(signIn)
    const ready =
      unfinished.length === 0 && isSameScopes(next.prepared?.scopes, signIn.scopes)
        ? next.prepared
        : undefined
    const url = unfinished.length > 0 ? collectingUrl(redirectUri) : (ready?.url ?? BLANK)
    const popup = given === undefined ? openPopup(platform, url, callbackOrigin) : given
    if (!popup) return false
    if (given && url !== BLANK) given.navigate(url)
    signIn.popup = popup
    if (ready) next.prepared = undefined
    const collected = unfinished.length > 0 ? collect(signIn, popup, unfinished) : undefined
    const response = ready && responseTo(signIn, ready, popup)
    run(signIn, popup, { collected, ready, response }).catch((error) =>
      signIn.end(asAuthorizationError(error)),
    )
    return true
  }

  async function run(signIn: SignIn, popup: Popup, opened: OpenedWith): Promise<void> {
    void watch(signIn, popup)
    let { collected, ready, response } = opened
    if (store.view().storage === 'unread') {
      await store.read()
      signIn.scopes = wantedScopes(signIn.scopes)
      if (isGranted(signIn.scopes)) return signIn.end()
      const unfinished = collectableAttempts(signIn)
      if (unfinished.length > 0) {
        collected = collect(signIn, popup, unfinished)
        popup.navigate(collectingUrl(redirectUri))
      }
    }
    if (await collected) return signIn.end()
    ready ??= await context.prepareAttempt(signIn.scopes)
    if (signIn.isOver()) return
    response ??= responseTo(signIn, ready, popup)
    signIn.states.add(ready.state)
    await storeAttempt({ ...ready, openedAt: platform.now() })
    if (!opened.ready) popup.navigate(ready.url)

    // A response that comes after the sign-in has ended still counts, as long as its attempt is there.
    await exchangeCode(context, ready, await response)
    if (signIn.isOver()) context.emit({ type: 'authorizationEnded', outcome: 'authorized' })
    signIn.end()
  }

  /** Ends the sign-in some time after its window was closed, unless an answer is being worked on by then. */
  async function watch(signIn: SignIn, popup: Popup): Promise<void> {
    const isOver = () => signIn.isOver() || signIn.popup !== popup
    while (!isOver()) {
      await popup.whenClosed(isOver)
      if (!isOver() && !signIn.isAnswered) signIn.end(new AuthorizationError('popupClosed'))
    }
  }

  /** Finishes an attempt whose response the callback page kept, the latest first. Resolves with whether one did. */
  async function collect(
    signIn: SignIn,
    popup: Popup,
    unfinished: readonly PendingAttempt[],
  ): Promise<boolean> {
    const states = unfinished.map(({ state }) => state)
    const responses = await collectResponses(platform, popup, states)
    for (const attempt of unfinished) {
      const parameters = responses.find((response) => stateOfResponse(response) === attempt.state)
      if (parameters === undefined || signIn.isAborted()) continue
      signIn.isAnswered = true
      signIn.states.add(attempt.state)
      try {
        await exchangeCode(context, attempt, parameters)
        return true
      } catch (error) {
        // Who has just pressed Connect is not greeted by an old denial or a dead code: the window goes on to consent.
        if (!isStale(error)) throw error
      }
    }
    signIn.isAnswered = false
    return false
  }

  /** The response to an attempt, from its own window. Never rejects. */
  function responseTo(signIn: SignIn, attempt: PendingAttempt, popup: Popup): Promise<string> {
    return new Promise((resolve) => {
      const stop = popup.onMessage((message) => {
        if (message.type !== 'response' || stateOfResponse(message.parameters) !== attempt.state) return
        stop()
        signIn.isAnswered = true
        popup.post({ type: 'received', state: attempt.state })
        resolve(message.parameters)
      })
    })
  }

  function onEnd(signIn: SignIn, error: AuthorizationError | undefined): void {
    // What is too late may still be finished, and `popupClosed` is said of windows that live on out of sight.
    if (error?.code !== 'timedOut' && error?.code !== 'popupClosed') signIn.popup?.close()
    if (error?.code === 'aborted') for (const state of signIn.states) void removeAttempt(state)
    context.emit({ type: 'authorizationEnded', outcome: error?.code ?? 'authorized' })
  }

  async function prepare(): Promise<void> {
    const scopes = wantedScopes([])
    if (isSameScopes(next.prepared?.scopes, scopes)) return
    next.preparing ??= context
      .prepareAttempt(scopes)
      .then((attempt) => {
        next.prepared = attempt
        return storeAttempt(attempt)
      })
      .finally(() => {
        next.preparing = undefined
      })
    return next.preparing
  }

  async function storeAttempt(attempt: PendingAttempt): Promise<void> {
    const now = platform.now()
    await store.commit((entry) => putAttempt(entry, attempt, now))
  }

  async function removeAttempt(state: string): Promise<void> {
    await store.commit((entry) => dropAttempt(entry, state))
  }

  function collectableAttempts(signIn: SignIn): readonly PendingAttempt[] {
    const inProgress = signIns.inProgress()
    return unfinishedAttempts(store.view(), platform.now()).filter(
      (attempt) =>
        (signIn.states.has(attempt.state) || !inProgress.has(attempt.state)) &&
        context.isOurs(attempt) &&
        missingScopes(attempt.scopes, signIn.scopes).length === 0,
    )
  }

  function wantedScopes(more: readonly string[]): readonly string[] {
    return [...new Set([...context.scopes, ...(store.view().record?.scopes ?? []), ...more])]
  }

  function isGranted(scopes: readonly string[]): boolean {
    const grant = liveGrant(store.view(), platform.now())
    return grant !== undefined && missingScopes(grant.scopes, scopes).length === 0
  }

  return { authorize, prepare }
}

/** What the window was opened with, in the click. */
interface OpenedWith {
  collected: Promise<boolean> | undefined
  ready: PendingAttempt | undefined
  response: Promise<string> | undefined
}

function isSameScopes(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && missingScopes(a, b).length === 0
}

function isStale(error: unknown): boolean {
  return error instanceof AuthorizationError && !error.retryable && error.code !== 'accountMismatch'
}

function asAuthorizationError(error: unknown): AuthorizationError {
  return error instanceof AuthorizationError
    ? error
    : new AuthorizationError('exchangeFailed', { cause: error })
}
