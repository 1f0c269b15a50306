import { AuthorizationError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { WindowLike } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import type { Frame } from '../grant/frame'
import { type GrantView, isGranted, liveGrant, missingScopes } from '../grant/grant'
import type { Attempts } from './attempts'
import { isScopeRefused } from './authorization-response'
import type { AskedFor } from './authorize-options'
import { collectingUrl, finishKept } from './collect'
import type { AskedScopes, SignIn, SignIns } from './in-progress'
import { BLANK } from './open-window'
import { openPopup, type Popup, popupOf, responseTo } from './popup'

/** The sign-in of one client. */
export interface Authorize {
  /**
   * Opens the window before it awaits anything, and resolves once the grant is stored.
   * @param opened the blank window that the click opened before this flow was loaded
   * @throws AuthorizationError
   */
  authorize(asked: AskedFor, opened?: WindowLike): Promise<void>
  /** Makes the next request ready, so that a click opens its final URL at once. */
  prepare(): Promise<void>
}

/** The client that signs in. */
export interface SigningInClient {
  /** The address of the callback page. */
  redirectUri: string
  /** The configured scopes. */
  scopes: readonly string[]
  /** Returns the grant as this client sees it. */
  view(): GrantView
  /** The attempts that this client may open, finish or give up. */
  attempts: Attempts
  /** Makes a stored grant of a response. @throws AuthorizationError */
  exchange(attempt: PendingAttempt, parameters: string): Promise<void>
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
}

/** The page that a window shows first. It is decided once, in the click. */
type FirstPage =
  /** The callback page, which may have kept the response to one of these. */
  | { kind: 'collect'; url: string; unfinished: readonly PendingAttempt[] }
  /** The consent page: a request is ready. */
  | { kind: 'consent'; url: string; attempt: PendingAttempt }
  /** Nothing, until a request is ready. */
  | { kind: 'blank'; url: string }

/** Makes the sign-in of one client. `signIns` are shared by all clients of the page with the same grant. */
export function createAuthorize(frame: Frame, client: SigningInClient, signIns: SignIns): Authorize {
  const { platform, store } = frame
  const { redirectUri, view, attempts, exchange, emit } = client
  const callbackOrigin = new URL(redirectUri).origin

  function authorize({ scopes, signal }: AskedFor, opened?: WindowLike): Promise<void> {
    const popup = opened && popupOf(platform, opened, callbackOrigin)
    const needed = union(client.scopes, scopes)
    const wanted = wantedScopes(needed)
    const current = signIns.current()
    const result = isGranted(view(), wanted, platform.now())
      ? Promise.resolve()
      : // One that goes on without what the server refuses of the living grant asks for no less than this call needs.
        current && missingScopes(current.scopes, needed).length === 0
        ? join(current, needed, signal, popup)
        : begin({ scopes: wanted, needed }, signal, popup)
    if (popup && signIns.current()?.popup !== popup) popup.close()
    return result
  }

  function join(
    current: SignIn,
    needed: readonly string[],
    signal: AbortSignal | undefined,
    given: Popup | undefined,
  ): Promise<void> {
    current.need(needed)
    if (current.isAnswered || current.popup?.isClosed() === false) current.popup?.focus()
    else if (!openWindow(current, given)) {
      emit({ type: 'authorizationEnded', outcome: 'popupBlocked' })
      return Promise.reject(new AuthorizationError('popupBlocked'))
    }
    return signIns.follow(current, signal)
  }

  function begin(
    asked: AskedScopes,
    signal: AbortSignal | undefined,
    given: Popup | undefined,
  ): Promise<void> {
    const inherited = signIns.current()?.popup
    const signIn = signIns.begin(asked, onEnd)
    const following = signIns.follow(signIn, signal)
    // Listeners have heard of it, and may have called it off, asked for more, or opened its window by joining it.
    if (signIn.isOver) return following
    const hasOwn = signIn.popup !== undefined && signIn.popup !== inherited
    const isOpen = hasOwn || openWindow(signIn, signIn.popup ?? given)
    if (isOpen) emit({ type: 'authorizationStarted', scopes: asked.scopes })
    else signIn.end(new AuthorizationError('popupBlocked'))
    return following
  }

  /**
   * Opens the window of a sign-in, in the click, and goes on from there. Returns `false` where the browser refused.
   * @param given a window that is open already
   */
  function openWindow(signIn: SignIn, given: Popup | undefined): boolean {
    const first = firstPage(signIn)
    const popup = given ?? openPopup(platform, first.url, callbackOrigin)
    if (!popup) return false
    if (first.kind !== 'blank') given?.navigate(first.url)
    // Chromium loses a navigation that begins in the very moment in which the page of a superseded request appears.
    else given?.stop()
    if (first.kind === 'consent') attempts.spend()
    signIn.show(popup)
    void watch(signIn, popup)
    finish(signIn, popup, first).then(
      () => signIn.end(),
      (error) => signIn.end(asAuthorizationError(error)),
    )
    return true
  }

  function firstPage(signIn: SignIn): FirstPage {
    const unfinished = attemptsToFinish(signIn)
    if (unfinished.length > 0) return { kind: 'collect', url: collectingUrl(redirectUri), unfinished }
    const attempt = attempts.prepared(signIn.scopes)
    return attempt ? { kind: 'consent', url: attempt.url, attempt } : { kind: 'blank', url: BLANK }
  }

  /** Goes from the open window to the stored grant. It listens for the window's messages before it awaits anything. */
  async function finish(signIn: SignIn, popup: Popup, first: FirstPage): Promise<void> {
    const page = store.view().storage === 'unread' ? await pageOnceRead(signIn, first) : first
    if (!page) return
    if (page.kind === 'collect') {
      const collected = finishKept(platform, signIn, popup, page.unfinished, (attempt, parameters) => {
        if (asksForLess(signIn, attempt, parameters)) signIn.ask(signIn.needed)
        return exchange(attempt, parameters)
      })
      if (page !== first) popup.navigate(page.url)
      if (await collected) return
      // Another frame may have collected it first.
      await store.read()
      if (isGranted(view(), signIn.needed, platform.now())) return
    }
    const attempt = page.kind === 'consent' ? page.attempt : await attempts.take(signIn.scopes)
    if (!signIn.isOver) await askForConsent(signIn, popup, attempt, page.kind === 'consent')
  }

  /** Decides once more, now that the storage says what there is. `undefined`: there is nothing left to do. */
  async function pageOnceRead(signIn: SignIn, first: FirstPage): Promise<FirstPage | undefined> {
    await store.read()
    signIn.ask(wantedScopes(signIn.scopes))
    if (signIn.isOver || isGranted(view(), signIn.scopes, platform.now())) return undefined
    const unfinished = attemptsToFinish(signIn)
    return unfinished.length > 0 ? { kind: 'collect', url: collectingUrl(redirectUri), unfinished } : first
  }

  /** Asks for consent in the window, and makes a grant of the response. */
  async function askForConsent(
    signIn: SignIn,
    popup: Popup,
    attempt: PendingAttempt,
    isShown: boolean,
  ): Promise<void> {
    const { response, stop } = responseTo(platform, popup, attempt, (parameters) => {
      if (asksForLess(signIn, attempt, parameters)) return false
      signIn.answered()
      return true
    })
    signIn.expect(attempt.state, stop)
    const owner = await signIn.owner()
    // Called off or superseded while the lock was waited for. After a sign-out nothing of that person is written.
    if (signIn.isOver) return
    const opened = await attempts.open(attempt, owner)
    // The window may be another sign-in's by now.
    if (!isShown && !signIn.isOver) popup.navigate(attempt.url)
    const parameters = await response
    if (asksForLess(signIn, attempt, parameters)) {
      await attempts.drop(attempt.state)
      signIn.ask(signIn.needed)
      const next = await attempts.take(signIn.scopes)
      if (!signIn.isOver) await askForConsent(signIn, popup, next, false)
      return
    }
    // A response that comes after the sign-in has ended still counts, as long as its attempt is there.
    await exchange(opened, parameters)
    if (signIn.isOver) emit({ type: 'authorizationEnded', outcome: 'authorized' })
  }

  /** Ends the sign-in some time after its window was closed, unless an answer is being worked on by then. */
  async function watch(signIn: SignIn, popup: Popup): Promise<void> {
    const isOver = () => signIn.isOver || signIn.popup !== popup
    while (!isOver()) {
      await popup.whenClosed(isOver)
      if (!isOver() && !signIn.isAnswered) signIn.giveUp('popupClosed')
    }
  }

  function onEnd(error: AuthorizationError | undefined, signIn: SignIn): void {
    // The person may still finish in these windows, or another sign-in has taken the window over.
    const isLeftOpen =
      error?.code === 'timedOut' || error?.code === 'popupClosed' || error?.code === 'superseded'
    if (!isLeftOpen) signIn.popup?.close()
    if (signIn.isAborted)
      for (const [state, stop] of signIn.states) {
        stop()
        void attempts.drop(state)
      }
    emit({ type: 'authorizationEnded', outcome: error?.code ?? 'authorized' })
  }

  /** Lists the attempts that nobody in this page waits for, and those of this very sign-in. */
  function attemptsToFinish({ needed, states }: SignIn): readonly PendingAttempt[] {
    const inProgress = signIns.inProgress()
    return attempts.unfinished(needed).filter(({ state }) => states.has(state) || !inProgress.has(state))
  }

  /** Adds the scopes of a living grant. Those that only an ended one held may be refused by now. */
  function wantedScopes(needed: readonly string[]): readonly string[] {
    return union(needed, liveGrant(view(), platform.now())?.scopes ?? [])
  }

  return { authorize, prepare: () => attempts.prepare(wantedScopes(client.scopes)) }
}

/** Decides whether the sign-in goes on with fewer scopes: the server refuses one that it can do without. */
function asksForLess({ needed }: SignIn, attempt: PendingAttempt, parameters: string): boolean {
  return missingScopes(needed, attempt.scopes).length > 0 && isScopeRefused(parameters, attempt)
}

function union(scopes: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...scopes, ...more])]
}

function asAuthorizationError(error: unknown): AuthorizationError {
  return error instanceof AuthorizationError
    ? error
    : new AuthorizationError('exchangeFailed', { cause: error })
}
