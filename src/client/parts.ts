import { type BearerFetch, createBearerFetch } from '../api/bearer-fetch'
import { onDemand } from '../base/async'
import { TokenEndpointError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import { isBegunWith, type PendingAttempt } from '../grant/attempt'
import { type AuthState, stateOf } from '../grant/auth-state'
import type { Frame } from '../grant/frame'
import { type GrantView, type LiveGrant, seenBy } from '../grant/grant'
import { type Click, createClick } from '../sign-in/click'
import { accessToken, type TokenFlow, type TokenNeed } from '../token/access-token'
import { canRenew } from '../token-endpoint/obtained-grant'
import type { ClientInUse } from './flow-parts'
import type { Configuration } from './options'
import { isElsewhere } from './owners'
import type { Page } from './page'
import type { SharedGrant } from './shared-grant'
import { signInSettings } from './sign-in-settings'
import { signOut } from './sign-out'

// Loaded at start: what is loaded on demand comes through the loaders below only.

/** The parts of a client that is in use. */
export interface Parts {
  /** The grant, shared with the other clients of the page that have the same one. */
  shared: SharedGrant
  /** The button of this client. */
  click: Click
  /** The platform's `fetch` with the Bearer header. */
  fetch: BearerFetch
  /** Resolves with an access token that is good now. Refreshes if necessary. */
  accessToken(need?: TokenNeed): Promise<string>
  /** Loads what the next refresh needs. */
  loadRefresh(): Promise<TokenFlow>
  /** Forgets the grant and revokes it; with `everyWorkspace` also the member's grants for other workspaces. */
  signOut(everyWorkspace: boolean): Promise<void>
}

/** Connects a client with the grant that it shares with the others of its page. */
export function connect(
  page: Page,
  configuration: Configuration,
  shared: SharedGrant,
  emit: (event: ClientEvent) => void,
): Parts {
  const { platform } = page
  const { scopes, member, blockedBy, apiOrigins, revocationEndpoint } = configuration
  const { key, store } = shared
  const frame: Frame = { platform, store }
  const client: ClientInUse = { frame, configuration, shared, view, emit }
  const loadRefresh = onDemand(async () => (await import('./refresh-flow')).refreshFlowOf(client))
  const loadSignIn = onDemand(async () => (await import('./sign-in-flow')).signInFlowOf(client))

  function view(): GrantView {
    return viewOf(configuration, shared)
  }

  function token(need?: TokenNeed): Promise<string> {
    return telling(page, accessToken(frame, { member, loadFlow: loadRefresh, emit }, need))
  }

  async function revoke(grant: LiveGrant): Promise<void> {
    if (revocationEndpoint === undefined) return
    const { serversOf } = await import('./flow-parts')
    await serversOf(client).revoke(grant)
  }

  shared.renewBy((renews) => token({ renews }))
  return {
    shared,
    click: createClick(platform, { scopes, blockedBy, view, loadFlow: loadSignIn, emit, shared }),
    fetch: createBearerFetch(frame, { apiOrigins, view, accessToken: token, emit }),
    accessToken: token,
    loadRefresh,
    signOut: async (everyWorkspace) => {
      try {
        await signOut(page, { grantKey: key, revoke, emit }, everyWorkspace)
      } catch (cause) {
        throw new TokenEndpointError('storageUnavailable', { cause })
      }
    },
  }
}

/** Follows work whose failure may be a fault of the set-up. A rejection that nobody handles is still told as one. */
export async function telling<T>({ setupFaults }: Page, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    setupFaults.tell(error)
    throw error
  }
}

/** Makes the state of a client out of what its page knows now. */
export function currentState(
  platform: Platform,
  configuration: Configuration,
  shared: SharedGrant,
): AuthState {
  const { scopes, blockedBy } = configuration
  const { signIns } = shared
  const context = {
    scopes,
    isOurs: (attempt: PendingAttempt) => isBegunWith(attempt, signInSettings(configuration)),
    blockedBy,
    isSigningIn: shared.clicks > 0 || signIns?.current() !== undefined,
    inProgress: signIns?.inProgress() ?? NONE,
    isElsewhere: (attempt: PendingAttempt) => isElsewhere(shared, attempt),
  }
  return stateOf(viewOf(configuration, shared), context, platform.now())
}

const NONE: ReadonlySet<string> = /* @__PURE__ */ new Set()

/** Returns the grant as a client with this configuration sees it: it can't renew each grant. */
function viewOf(configuration: Configuration, { store }: SharedGrant): GrantView {
  return seenBy(store.view(), (grant) => canRenew(configuration, grant))
}
