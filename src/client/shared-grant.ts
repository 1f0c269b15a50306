import { createRequestQueue, type RequestQueue } from '../api/request-queue'
import type { Platform } from '../base/platform'
import { liveGrant } from '../grant/grant'
import type { KeyValueStore } from '../grant/key-value-store'
import type { Locks } from '../grant/lock'
import { type EntryStore, openEntryStore } from '../grant/store'
import type { AccountMemory } from '../sign-in/account'
import type { NextRequest } from '../sign-in/attempts'
import type { SignIns } from '../sign-in/in-progress'
import type { Refresh } from '../token/refresh'
import { renewInBackground } from '../token/renewal'
import type { AutomaticWay } from '../token-endpoint/automatic'
import { type Changes, createGrantChanges } from './changes'

/** The facts about the pages that wait for sign-ins, by the names of their locks. `asked`: it is being found out. */
export type Owners = Map<string, 'asked' | 'alive' | 'gone'>

/** One grant as all clients of a page share it: one memory, one refresh, one sign-in at a time. */
export interface SharedGrant {
  /** The key under which the grant is stored. */
  readonly key: string
  /** The memory of the grant, which the other frames share through the storage. */
  readonly store: EntryStore
  /** The moments at which the state of the grant may have changed. */
  readonly changes: Changes
  /** The queue of the API calls: Trello's rate limit belongs to the token. */
  readonly queue: RequestQueue
  /** The refresh that all clients share. It is there from the first one on. */
  refresh?: Refresh
  /** The locks of this page. They are made with the refresh, or when another page may wait for a sign-in. */
  pageLocks?: Locks
  /** The pages that wait for the sign-ins of this grant, by the names of their locks. */
  readonly owners: Owners
  /** The sign-ins that all clients share. They are there once a sign-in was prepared. */
  signIns?: SignIns
  /** The prepared requests by what they are made from, from the first time on that a sign-in was prepared. */
  nextRequests?: Map<string, NextRequest>
  /** The questions whose account the grant belongs to. */
  readonly account: AccountMemory
  /** Ways to Trello's token endpoint that this page was refused. */
  readonly refusedWays: Set<AutomaticWay>
  /** The number of sign-outs in this page. */
  signOuts: number
  /** The number of clicks whose window is open while the code of the sign-in is still loaded. */
  clicks: number
  /**
   * Renews in the background from now on, in this client's way: the `t` of an older one may be of a board that is shown
   * no more, and Trello refuses what such a `t` asks for.
   */
  renewBy(renew: (generation: string) => Promise<unknown>): void
  /** `true` while nobody would miss it: no listener, no living grant, no sign-in, nothing that is yet to be stored. */
  isIdle(): boolean
  /** Ends all listening. Calls that are under way still come to their end. */
  close(): void
}

/** Opens the grant of this key: from here on it listens to the other frames. */
export function openSharedGrant(
  platform: Platform,
  storage: KeyValueStore,
  key: string,
  refusedWays: Set<AutomaticWay>,
): SharedGrant {
  const store = openEntryStore(platform, storage, key)
  const frame = { platform, store }
  const changes = createGrantChanges(frame)
  let renewNow: ((generation: string) => Promise<unknown>) | undefined
  let stopRenewing: (() => void) | undefined

  const shared: SharedGrant = {
    key,
    store,
    changes,
    queue: createRequestQueue(platform),
    account: {},
    owners: new Map(),
    refusedWays,
    signOuts: 0,
    clicks: 0,
    renewBy: (renew) => {
      renewNow = renew
      stopRenewing ??= renewInBackground(frame, (generation) => (renewNow ?? renew)(generation))
    },
    isIdle: () => {
      const view = store.view()
      const isNeeded = liveGrant(view, platform.now()) !== undefined || !view.persistent
      const isSigningIn = shared.clicks > 0 || shared.signIns?.current() !== undefined
      return changes.listeners() === 0 && !isNeeded && !isSigningIn
    },
    close: () => {
      stopRenewing?.()
      shared.refresh?.close()
      store.close()
    },
  }
  return shared
}
