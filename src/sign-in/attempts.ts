import type { PendingAttempt } from '../grant/attempt'
import type { Frame } from '../grant/frame'
import { missingScopes } from '../grant/grant'
import { dropAttempt, putAttempt, unfinishedAttempts } from '../grant/on-sign-in'

/** The request that the next click opens. Shared by all clients of the page that ask alike. */
export interface NextRequest {
  /** The request that is ready. `undefined`: no request is. */
  prepared?: PendingAttempt | undefined
  /** The work of making one ready. `undefined`: nobody is at work on it. */
  preparing?: Promise<void> | undefined
}

/** The client whose attempts these are. */
export interface AttemptMaker {
  /** Makes an authorization request. */
  prepareAttempt(scopes: readonly string[]): Promise<PendingAttempt>
  /** Tells attempts that this client may finish, also for another frame: the same endpoints and redirect URI. */
  isOurs(attempt: PendingAttempt): boolean
}

/** The attempts that one client may open, finish or give up. */
export interface Attempts {
  /**
   * Makes the request for these scopes ready, so that a click opens its final URL at once. It is kept in memory: nothing of a
   * person is stored before they click.
   */
  prepare(scopes: readonly string[]): Promise<void>
  /** Returns the request that is ready for exactly these scopes. */
  prepared(scopes: readonly string[]): PendingAttempt | undefined
  /** Leaves the prepared request to the window that was just opened with it: no other click gets it. */
  spend(): void
  /** Resolves with the request for these scopes: the prepared one, or one that is made now. */
  take(scopes: readonly string[]): Promise<PendingAttempt>
  /** Stores an attempt as opened at this moment, by the page that holds the lock `owner`. Resolves with it as it is now. */
  open(attempt: PendingAttempt, owner: string): Promise<PendingAttempt>
  /** Removes the attempt of this state from the storage. */
  drop(state: string): Promise<void>
  /** Lists those whose responses the callback page may have kept, and that asked for all of `scopes`, the latest first. */
  unfinished(scopes: readonly string[]): readonly PendingAttempt[]
}

/** Makes the attempts of one client. */
export function createAttempts({ platform, store }: Frame, maker: AttemptMaker, next: NextRequest): Attempts {
  function prepared(scopes: readonly string[]): PendingAttempt | undefined {
    const attempt = next.prepared
    const isSame =
      attempt?.scopes.length === scopes.length && missingScopes(attempt.scopes, scopes).length === 0
    return isSame ? attempt : undefined
  }

  function spend(): void {
    next.prepared = undefined
  }

  return {
    prepare: async (scopes) => {
      if (prepared(scopes)) return
      next.preparing ??= maker
        .prepareAttempt(scopes)
        .then((attempt) => {
          next.prepared = attempt
        })
        .finally(() => {
          next.preparing = undefined
        })
      await next.preparing
    },
    prepared,
    spend,
    take: async (scopes) => {
      const ready = prepared(scopes)
      if (!ready) return maker.prepareAttempt(scopes)
      spend()
      return ready
    },
    open: async (attempt, owner) => {
      const now = platform.now()
      const opened = { ...attempt, openedAt: now, owner }
      await store.commit((entry) => putAttempt(entry, opened, now))
      return opened
    },
    drop: async (state) => {
      await store.commit((entry) => dropAttempt(entry, state))
    },
    unfinished: (scopes) =>
      unfinishedAttempts(store.view(), platform.now()).filter(
        (attempt) => maker.isOurs(attempt) && missingScopes(attempt.scopes, scopes).length === 0,
      ),
  }
}
