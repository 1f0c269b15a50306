import { createRequestQueue, type RequestQueue } from '../api/request-queue'
import { KEEPER_READ_MS, KEPT_GRANT_IDLE_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { KeyValueStore } from '../grant/key-value-store'
import { type EntryStore, openEntryStore } from '../grant/store'
import type { AccountMemory } from '../sign-in/account'
import { createRefresh, type Refresh } from '../token/refresh'
import type { ProcessOwners } from './owners'

/** One grant as all its clients in this process share it: one memory, one refresh, one queue of calls. */
export interface KeptGrant {
  /** The key under which the grant is stored. */
  readonly key: string
  /** The memory of the grant. */
  readonly store: EntryStore
  /** The refresh that all callers share. */
  readonly refresh: Refresh
  /** The queue of the API calls: Trello's rate limit belongs to the token. */
  readonly queue: RequestQueue
  /** The questions whose account the grant belongs to. */
  readonly account: AccountMemory
  /** Keeps the grant open until `work` has ended. */
  during<T>(work: Promise<T>): Promise<T>
  /** `true` while nobody would miss it: no work, no answer that is yet to come or to be stored, unused for a while. */
  isIdle(): boolean
  /** Plans nothing any more. What is under way still comes to its end. */
  close(): void
}

/** Opens the grant of this key. Nothing is read yet. */
export function openKeptGrant(
  platform: Platform,
  storage: KeyValueStore,
  processOwners: ProcessOwners,
  key: string,
): KeptGrant {
  const store = openEntryStore(platform, storage, key, KEEPER_READ_MS)
  const owners = processOwners.ofGrant()
  const refresh = createRefresh({ platform, store }, owners, key)
  let working = 0
  let usedAt = platform.monotonicNow()

  async function during<T>(work: Promise<T>): Promise<T> {
    working++
    try {
      return await work
    } finally {
      working--
      usedAt = platform.monotonicNow()
    }
  }

  return {
    key,
    store,
    refresh,
    queue: createRequestQueue(platform),
    account: {},
    during,
    isIdle: () => {
      const isUnused = working === 0 && platform.monotonicNow() - usedAt >= KEPT_GRANT_IDLE_MS
      return isUnused && !owners.isPresenting() && store.view().persistent
    },
    close: () => {
      refresh.close()
      store.close()
    },
  }
}
