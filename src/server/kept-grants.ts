import { KEPT_GRANTS_OPEN_MAX } from '../base/durations'
import type { Platform } from '../base/platform'
import type { KeyValueStore } from '../grant/key-value-store'
import { type KeptGrant, openKeptGrant } from './kept-grant'
import { createProcessOwners, type ProcessOwners } from './owners'

/** The grants that are in use in this process. */
export interface KeptGrants {
  /** Opens a grant at its first use. Those that nobody uses any more are closed where they become many. */
  open(key: string): KeptGrant
  /** Gives a grant that is open, without opening it. */
  opened(key: string): KeptGrant | undefined
}

/** Makes a collection without any grant. */
export function createKeptGrants(platform: Platform, storage: KeyValueStore): KeptGrants {
  /** Made at the first use: Workers give no random number while a module is loaded. */
  let owners: ProcessOwners | undefined
  /** The grant that was used last, or looked at last, comes last. */
  const grants = new Map<string, KeptGrant>()

  function closeUnused(used: KeptGrant): void {
    if (grants.size <= KEPT_GRANTS_OPEN_MAX) return
    for (const [key, grant] of grants) {
      if (grant === used) return
      grants.delete(key)
      if (!grant.isIdle()) {
        // Those behind it were used later. Its store may hang for good, so the next one is looked at next time.
        grants.set(key, grant)
        return
      }
      grant.close()
      if (grants.size <= KEPT_GRANTS_OPEN_MAX) return
    }
  }

  return {
    opened: (key) => grants.get(key),
    open: (key) => {
      owners ??= createProcessOwners(platform)
      const used = grants.get(key) ?? openKeptGrant(platform, storage, owners, key)
      grants.delete(key)
      grants.set(key, used)
      closeUnused(used)
      return used
    },
  }
}
