import type { Platform } from '../base/platform'
import { openIndexedDb } from '../grant/indexed-db'
import type { KeyValueStore } from '../grant/key-value-store'
import { type GrantStore, openGrantStore } from '../grant/store'
import type { NextRequest } from '../sign-in/attempts'
import type { SignIns } from '../sign-in/in-progress'
import type { Refresh } from '../token/refresh'
import { renewInBackground } from '../token/renewal'
import type { AutomaticWay } from '../token-endpoint/automatic'

/** What all clients of one page with the same grant share: one memory, one refresh, one sign-in at a time. */
export interface SharedGrant {
  readonly key: string
  readonly store: GrantStore
  /** From the first refresh on. */
  refresh?: Refresh
  /** From the first time on that a sign-in was prepared. */
  signIns?: SignIns
  /** By what they are made from; from then on too. */
  nextRequests?: Map<string, NextRequest>
  /** Ways to Trello's token endpoint that this page was refused. */
  readonly refusedWays: Set<AutomaticWay>
  /** How often somebody has signed out in this page. */
  signOuts: number
  /**
   * Renews in the background from now on, in this client's way: the `t` of an older one may be of a board that is shown
   * no more, and Trello refuses what such a `t` asks for.
   */
  renewBy(renew: (instead: string) => Promise<unknown>): void
}

/** One page, in which grants are shared by their keys. */
export interface Page {
  platform: Platform
  storage: KeyValueStore
  /** Opened at the first use; nothing of it exists before. */
  grant(key: string): SharedGrant
  /** The keys of all that were opened. */
  grantKeys(): readonly string[]
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
  const refusedWays = new Set<AutomaticWay>()
  return {
    platform,
    storage,
    grant: (key) => {
      const known = grants.get(key)
      if (known) return known
      const grant = openGrant(platform, storage, key, refusedWays)
      grants.set(key, grant)
      return grant
    },
    grantKeys: () => [...grants.keys()],
  }
}

function openGrant(
  platform: Platform,
  storage: KeyValueStore,
  key: string,
  refusedWays: Set<AutomaticWay>,
): SharedGrant {
  const store = openGrantStore(platform, storage, key)
  let renewNow: ((instead: string) => Promise<unknown>) | undefined
  return {
    key,
    store,
    refusedWays,
    signOuts: 0,
    renewBy: (renew) => {
      const isFirst = !renewNow
      renewNow = renew
      if (!isFirst) return
      renewInBackground({ platform, store }, (instead) => (renewNow ?? renew)(instead))
    },
  }
}
