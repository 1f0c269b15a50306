import { GRANTS_OPEN_MAX } from '../base/durations'
import type { Platform } from '../base/platform'
import type { AuthState } from '../grant/auth-state'
import { openIndexedDb } from '../grant/indexed-db'
import type { KeyValueStore } from '../grant/key-value-store'
import type { AutomaticWay } from '../token-endpoint/automatic'
import { createSetupFaults, type SetupFaults } from './setup-fault'
import { openSharedGrant, type SharedGrant } from './shared-grant'
import { createStateMemory } from './state'

/** One page, in which grants are shared by their keys. */
export interface Page {
  /** The platform that the page runs on. */
  platform: Platform
  /** The storage in which the grants are kept. */
  storage: KeyValueStore
  /** Opens a grant at its first use. Those that nobody uses any more are closed where they become many. */
  grant(key: string): SharedGrant
  /** Gives a grant that is open, without opening it. */
  openGrant(key: string): SharedGrant | undefined
  /** The keys of all grants that are open. */
  grantKeys(): readonly string[]
  /** Gives states of equal fields as the same object. */
  sameState(state: AuthState): AuthState
  /** The faults of the set-up, which the console is told once per kind and page. */
  setupFaults: SetupFaults
}

const pages = /* @__PURE__ */ new WeakMap<Platform, Page>()

/** Gives the one page of a platform. */
export function pageOf(platform: Platform): Page {
  const known = pages.get(platform)
  if (known) return known
  const page = createPage(platform, openIndexedDb(platform))
  pages.set(platform, page)
  return page
}

/** Makes a page over this storage. Nothing is opened, and nothing listens, before a grant is used. */
export function createPage(platform: Platform, storage: KeyValueStore): Page {
  /** The grant that was used last comes last. */
  const grants = new Map<string, SharedGrant>()
  const refusedWays = new Set<AutomaticWay>()

  function grant(key: string): SharedGrant {
    const used = grants.get(key) ?? openSharedGrant(platform, storage, key, refusedWays)
    grants.delete(key)
    grants.set(key, used)
    closeUnused(used)
    return used
  }

  function closeUnused(used: SharedGrant): void {
    for (const [key, open] of grants) {
      if (grants.size <= GRANTS_OPEN_MAX) return
      if (open === used || !open.isIdle()) continue
      grants.delete(key)
      open.close()
    }
  }

  return {
    platform,
    storage,
    grant,
    openGrant: (key) => grants.get(key),
    grantKeys: () => [...grants.keys()],
    sameState: createStateMemory(),
    setupFaults: createSetupFaults(platform),
  }
}
