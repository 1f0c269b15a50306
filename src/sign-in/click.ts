import { detachable, within } from '../base/async'
import { SIGN_IN_LOAD_MS } from '../base/durations'
import { AuthorizationError } from '../base/errors'
import { readScopes } from '../base/option-check'
import type { Platform, WindowLike } from '../base/platform'
import type { BlockedBy } from '../grant/auth-state'
import { type GrantView, isGranted } from '../grant/grant'
import type { Authorize, AuthorizeOptions } from './authorize'
import { BLANK, openSignInWindow } from './open-window'

/** The client whose button is pressed. */
export interface ClickedClient {
  /** The configured scopes. */
  scopes: readonly string[]
  blockedBy: BlockedBy | undefined
  /** Returns the grant as this client sees it. */
  view(): GrantView
  /** Loads the flow that goes on from the click. */
  loadFlows(): Promise<{ authorize: Authorize }>
  /** Counts how often somebody has signed out in this page. */
  signOuts(): number
}

/**
 * The sign-in before its code is loaded: a click can't wait for that, so it opens a blank window, which the flow takes
 * over. A state without a grant is prepared for, so that most clicks find the flow there.
 */
export function createClick(platform: Platform, client: ClickedClient): Authorize {
  const { scopes: configured, blockedBy, view, signOuts } = client
  let flow: Authorize | undefined
  /** The blank window, or `null` where the browser refused it, until somebody takes it over. */
  let opened: WindowLike | null | undefined
  /** The clicks that wait for the flow, and share the window. */
  let waiting = 0

  async function load(): Promise<Authorize> {
    flow = (await client.loadFlows()).authorize
    return flow
  }

  return {
    authorize: async (asked = {}) => {
      const options = readAuthorizeOptions(asked)
      const { scopes = [], signal } = options
      if (blockedBy) throw new AuthorizationError(blockedBy)
      if (signal?.aborted) throw new AuthorizationError('aborted')
      if (isGranted(view(), [...configured, ...scopes], platform.now())) return
      return flow ? flow.authorize(options) : begin(options)
    },
    prepare: async () => {
      if (!blockedBy) await (await load()).prepare()
    },
  }

  async function begin(options: AuthorizeOptions): Promise<void> {
    if (opened?.closed === false) opened.focus()
    else opened = openSignInWindow(platform, BLANK)
    const signOutsBefore = signOuts()
    waiting++
    try {
      const loading = within(platform, SIGN_IN_LOAD_MS, load(), unavailable)
      const whenAborted = () => new AuthorizationError('aborted')
      const loaded = await detachable(loading, options.signal, whenAborted).finally(() => waiting--)
      if (signOuts() > signOutsBefore) throw new AuthorizationError('aborted')
      // Whoever comes first takes the window over; to the flow, the others are second clicks.
      const own = opened
      opened = undefined
      return loaded.authorize(options, own)
    } catch (cause) {
      if (waiting === 0) opened?.close()
      if (cause instanceof AuthorizationError) throw cause
      throw new AuthorizationError('notLoaded', { cause })
    }
  }
}

/** `authorize()` rejects with AuthorizationError alone, also for what it can't ask the server for. */
function readAuthorizeOptions({ scopes = [], signal }: AuthorizeOptions): AuthorizeOptions {
  try {
    // What is no signal, the controller instead of it for one, throws here.
    signal?.removeEventListener('abort', unavailable)
    return { scopes: readScopes(scopes), ...(signal && { signal }) }
  } catch (cause) {
    throw new AuthorizationError('invalidRequest', { cause })
  }
}

function unavailable(): never {
  throw new Error('The code of the sign-in could not be loaded in time.')
}
