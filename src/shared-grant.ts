import { type GrantStore, openGrantStore } from './grant/grant-store'
import { openIndexedDb } from './grant/indexed-db'
import type { KeyValueStore } from './grant/key-value-store'
import { createLocks } from './grant/lock'
import type { Platform } from './platform'
import { createRefresh, type Refresh, type RefreshClient } from './refresh'
import { renewInBackground } from './renewal'
import { createSignIns, type SignIns } from './sign-ins'

/** What all clients of one page with the same grant share: one memory, one refresh, one sign-in at a time. */
export interface SharedGrant {
  store: GrantStore
  refresh: Refresh
  signIns: SignIns
  /**
   * Renews in the background from now on, on behalf of this client: the `t` of an older one may be of a board that is
   * shown no more, and Trello refuses what such a `t` asks for.
   */
  renewFor(client: RefreshClient): void
}

/** One page, in which grants are shared by their keys. */
export interface Page {
  platform: Platform
  storage: KeyValueStore
  /** Opened at the first use; nothing of it exists before. */
  grant(key: string): SharedGrant
}

const pages = /* @__PURE__ */ new WeakMap<Platform, Page>()

export function pageOf(platform: Platform): Page {
  const known = pages.get(platform)
  if (known) return known
  const page = createPage(platform, openIndexedDb(platform))
  pages.set(platform, page)
  return page
}

export function createPage(platform: Platform, storage: KeyValueStore): Page {
  const grants = new Map<string, SharedGrant>()
  return {
    platform,
    storage,
    grant: (key) => {
      const known = grants.get(key)
      if (known) return known
      const grant = openGrant(platform, storage, key)
      grants.set(key, grant)
      return grant
    },
  }
}

function openGrant(platform: Platform, storage: KeyValueStore, key: string): SharedGrant {
  const store = openGrantStore(platform, storage, key)
  const refresh = createRefresh({ platform, store, locks: createLocks(platform) }, key)
  let renewing: RefreshClient | undefined
  return {
    store,
    refresh,
    signIns: createSignIns(platform),
    renewFor: (client) => {
      const isFirst = !renewing
      renewing = client
      if (!isFirst) return
      const renew = (instead: string) => refresh.accessToken(renewing ?? client, { instead, isRenewal: true })
      renewInBackground({ platform, store, renew })
    },
  }
}
