import { AuthorizationError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { WindowLike } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import { type GrantView, isGranted, missingScopes } from '../grant/grant'
import { type AttemptsContext, createAttempts } from './attempts'
import { type CodeExchangeContext, exchangeCode } from './code-exchange'
import { collectingUrl, finishKept } from './collect'
import type { SignIn, SignIns } from './in-progress'
import { BLANK } from './open-window'
import { openPopup, type Popup, popupOf, responseTo } from './popup'

export interface AuthorizeContext extends AttemptsContext, CodeExchangeContext {
  signIns: SignIns
  /** The view of the grant, as this client sees it. */
  view(): GrantView
  redirectUri: string
  /** The scopes that the client was configured with. */
  scopes: readonly string[]
  emit(event: ClientEvent): void
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
  const { platform, store, signIns, redirectUri } = context
  const callbackOrigin = new URL(redirectUri).origin
  const attempts = createAttempts(context)

  function authorize(
    { scopes = [], signal }: AuthorizeOptions = {},
    opened?: WindowLike | null,
  ): Promise<void> {
    const popup = opened && popupOf(platform, opened, callbackOrigin)
    const wanted = wantedScopes(scopes)
    const current = signIns.current()
    const result = isGranted(context.view(), wanted, platform.now())
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
    const unfinished = attemptsToFinish(signIn)
    const ready = unfinished.length === 0 ? attempts.prepared(signIn.scopes) : undefined
    const url = unfinished.length > 0 ? collectingUrl(redirectUri) : (ready?.url ?? BLANK)
    const popup = given === undefined ? openPopup(platform, url, callbackOrigin) : given
    if (!popup) return false
    if (given && url !== BLANK) given.navigate(url)
    signIn.popup = popup
    if (ready) attempts.spend()
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
      if (signIn.isOver()) return
      signIn.scopes = wantedScopes(signIn.scopes)
      if (isGranted(context.view(), signIn.scopes, platform.now())) return signIn.end()
      const unfinished = attemptsToFinish(signIn)
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
    await attempts.open(ready)
    // The window may be another sign-in's by now.
    if (!opened.ready && !signIn.isOver()) popup.navigate(ready.url)

    // A response that comes after the sign-in has ended still counts, as long as its attempt is there.
    await exchange(ready, await response)
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

  function collect(signIn: SignIn, popup: Popup, unfinished: readonly PendingAttempt[]): Promise<boolean> {
    return finishKept(platform, signIn, popup, unfinished, exchange)
  }

  function exchange(attempt: PendingAttempt, parameters: string): Promise<void> {
    return exchangeCode(context, attempt, parameters)
  }

  function onEnd(signIn: SignIn, error: AuthorizationError | undefined): void {
    // What is too late may still be finished, and `popupClosed` is said of windows that live on out of sight.
    if (error?.code !== 'timedOut' && error?.code !== 'popupClosed') signIn.popup?.close()
    if (error?.code === 'aborted') for (const state of signIn.states) void attempts.drop(state)
    context.emit({ type: 'authorizationEnded', outcome: error?.code ?? 'authorized' })
  }

  function attemptsToFinish(signIn: SignIn): readonly PendingAttempt[] {
    const inProgress = signIns.inProgress()
    return attempts
      .unfinished(signIn.scopes)
      .filter(({ state }) => signIn.states.has(state) || !inProgress.has(state))
  }

  function wantedScopes(more: readonly string[]): readonly string[] {
    return [...new Set([...context.scopes, ...(store.view().record?.scopes ?? []), ...more])]
  }

  return { authorize, prepare: () => attempts.prepare(wantedScopes([])) }
}

/** What the window was opened with, in the click. */
interface OpenedWith {
  collected: Promise<boolean> | undefined
  ready: PendingAttempt | undefined
  response: Promise<string> | undefined
}

function asAuthorizationError(error: unknown): AuthorizationError {
  return error instanceof AuthorizationError
    ? error
    : new AuthorizationError('exchangeFailed', { cause: error })
}
