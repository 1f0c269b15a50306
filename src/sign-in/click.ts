import { delay, detachable, within } from '../base/async'
import { POPUP_POLL_MS, SIGN_IN_LOAD_MS } from '../base/durations'
import { AuthorizationError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { Platform, WindowLike } from '../base/platform'
import type { BlockedBy } from '../grant/auth-state'
import { type GrantView, isGranted } from '../grant/grant'
import type { Authorize } from './authorize'
import { type AskedFor, readAuthorizeOptions } from './authorize-options'
import { BLANK, openSignInWindow } from './open-window'

// Loaded at start: a click can't wait for the rest of the sign-in, which is loaded on demand.

/** The client whose button is pressed. */
export interface ClickedClient {
  /** The configured scopes. */
  scopes: readonly string[]
  /** The reason why nobody can sign in here. `undefined`: there is no such reason. */
  blockedBy: BlockedBy | undefined
  /** Returns the grant as this client sees it. */
  view(): GrantView
  /** Loads the flow that goes on from the click. */
  loadFlow(): Promise<Authorize>
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
  /** The clicks and sign-outs of the page that concern the same grant. */
  shared: Clicks
}

/** The clicks of a page for one grant, shared by all clients that have it. */
export interface Clicks {
  /** The number of clicks whose window is open while the code of the sign-in is still loaded. */
  clicks: number
  /** The number of sign-outs in this page. */
  readonly signOuts: number
  /** The changes that are told of sign-ins that begin and end in this page. */
  readonly changes: { tell(): void }
}

/** The button of one client. */
export interface Click {
  /** Opens the window before it awaits anything, and resolves once the grant is stored. @throws AuthorizationError */
  authorize(options?: unknown): Promise<void>
  /** Loads the flow and makes its next request ready, so that a click opens the final URL at once. */
  prepare(): Promise<void>
}

/**
 * Makes the button of one client. A click that finds the flow not loaded opens a blank window, which the flow takes over.
 */
export function createClick(platform: Platform, client: ClickedClient): Click {
  const { blockedBy, shared } = client
  let flow: Authorize | undefined
  /** The blank window, until the flow takes it over. */
  let blank: WindowLike | undefined
  /** Counts the clicks that wait for the flow, and share the window. */
  let waiting = 0

  async function load(): Promise<Authorize> {
    flow = await client.loadFlow()
    return flow
  }

  /** Checks what needs no window. `undefined`: everything is granted already. */
  function admit(options: unknown): AskedFor | undefined {
    const asked = readAuthorizeOptions(options)
    if (blockedBy) throw new AuthorizationError(blockedBy)
    if (asked.signal?.aborted) throw new AuthorizationError('aborted')
    const wanted = [...client.scopes, ...asked.scopes]
    return isGranted(client.view(), wanted, platform.now()) ? undefined : asked
  }

  async function waitForFlow(asked: AskedFor): Promise<void> {
    if (blank?.closed === false) blank.focus()
    else blank = openSignInWindow(platform, BLANK) ?? undefined
    if (!blank) throw ended(new AuthorizationError('popupBlocked'))
    const { signOuts } = shared
    waiting++
    shared.clicks++
    shared.changes.tell()
    try {
      const loading = within(platform, SIGN_IN_LOAD_MS, load(), late)
      const loaded = await detachable(Promise.race([loading, interruption(signOuts)]), asked.signal, aborted)
      if (shared.signOuts !== signOuts) throw new AuthorizationError('aborted')
      const window = blank
      blank = undefined
      // Whoever comes first takes the window over. To the flow, the others are second clicks.
      return loaded.authorize(asked, window)
    } catch (error) {
      if (waiting === 1) blank?.close()
      throw ended(error)
    } finally {
      waiting--
      shared.clicks--
      shared.changes.tell()
    }
  }

  /** Rejects when the window was closed, or somebody signs out, before the flow is there. */
  async function interruption(signOuts: number): Promise<never> {
    while (waiting > 0 && blank?.closed === false && shared.signOuts === signOuts)
      await delay(platform, POPUP_POLL_MS)
    throw new AuthorizationError(shared.signOuts === signOuts ? 'popupClosed' : 'aborted')
  }

  /** Tells of an ending that the flow doesn't know of. */
  function ended(error: unknown): AuthorizationError {
    const ending =
      error instanceof AuthorizationError ? error : new AuthorizationError('notLoaded', { cause: error })
    client.emit({ type: 'authorizationEnded', outcome: ending.code })
    return ending
  }

  return {
    authorize: async (options) => {
      let asked: AskedFor | undefined
      try {
        asked = admit(options)
      } catch (error) {
        throw ended(error)
      }
      if (asked) return flow ? flow.authorize(asked) : waitForFlow(asked)
    },
    prepare: async () => {
      if (!blockedBy) await (await load()).prepare()
    },
  }
}

function aborted(): AuthorizationError {
  return new AuthorizationError('aborted')
}

function late(): never {
  throw new Error('The code of the sign-in could not be loaded in time.')
}
