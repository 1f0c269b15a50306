import type { Platform } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import { missingScopes } from '../grant/grant'
import { dropAttempt, putAttempt, unfinishedAttempts } from '../grant/on-sign-in'
import type { GrantStore } from '../grant/store'

/** The request that the next click opens. */
export interface NextRequest {
  prepared?: PendingAttempt | undefined
  preparing?: Promise<void> | undefined
}

export interface AttemptsContext {
  platform: Platform
  store: GrantStore
  /** Shared by all clients of the page that ask alike. */
  readonly next: NextRequest
  /** Makes an authorization request. */
  prepareAttempt(scopes: readonly string[]): Promise<PendingAttempt>
  /** Whether this client may finish an attempt that another frame began: the same endpoints and redirect URI. */
  isOurs(attempt: PendingAttempt): boolean
}

/** The attempts that one client may open, finish or give up. */
export interface Attempts {
  /** Makes the request for these scopes ready, and stores it: a click opens its final URL at once. */
  prepare(scopes: readonly string[]): Promise<void>
  /** The request that is ready for exactly these scopes. */
  prepared(scopes: readonly string[]): PendingAttempt | undefined
  /** Leaves the prepared request to the window that was just opened with it: no other click gets it. */
  spend(): void
  /** Stores an attempt as opened at this moment. */
  open(attempt: PendingAttempt): Promise<void>
  drop(state: string): Promise<void>
  /** Those whose responses the callback page may have kept, and that asked for all of `scopes`; the latest first. */
  unfinished(scopes: readonly string[]): readonly PendingAttempt[]
}

export function createAttempts(context: AttemptsContext): Attempts {
  const { platform, store, next } = context

  async function put(attempt: PendingAttempt): Promise<void> {
    const now = platform.now()
    await store.commit((entry) => putAttempt(entry, attempt, now))
  }

  function prepared(scopes: readonly string[]): PendingAttempt | undefined {
    const attempt = next.prepared
    const isSame =
      attempt?.scopes.length === scopes.length && missingScopes(attempt.scopes, scopes).length === 0
    return isSame ? attempt : undefined
  }

  return {
    prepare: async (scopes) => {
      if (prepared(scopes)) return
      next.preparing ??= context
        .prepareAttempt(scopes)
        .then((attempt) => {
          next.prepared = attempt
          return put(attempt)
        })
        .finally(() => {
          next.preparing = undefined
        })
      await next.preparing
    },
    prepared,
    spend: () => {
      next.prepared = undefined
    },
    open: (attempt) => put({ ...attempt, openedAt: platform.now() }),
    drop: async (state) => {
      await store.commit((entry) => dropAttempt(entry, state))
    },
    unfinished: (scopes) =>
      unfinishedAttempts(store.view(), platform.now()).filter(
        (attempt) => context.isOurs(attempt) && missingScopes(attempt.scopes, scopes).length === 0,
      ),
  }
}
