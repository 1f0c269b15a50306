import { CLOCK_TOLERANCE_MS, OWNER_SILENCE_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { Lease } from '../grant/grant'
import type { LeaseLocks } from '../grant/lock'

/** The presentations of one process. They stand in for the locks of a browser: no lock dies with a machine. */
export interface ProcessOwners {
  /** Gives the part that is about one grant. */
  ofGrant(): GrantOwners
}

/** The presentations of one grant. */
export interface GrantOwners extends LeaseLocks {
  /** Tells whether this process waits for an answer, or has one that is not stored yet. */
  isPresenting(): boolean
}

/**
 * Makes the presentations of a process. Of its own it knows exactly whether they are on their way. Of others it sees only
 * the marks: a mark counts as left once it has been seen to stand for {@link OWNER_SILENCE_MS}, or is older than that by more
 * than the clocks of two machines may differ.
 */
export function createProcessOwners(platform: Platform): ProcessOwners {
  const prefix = `process:${platform.randomId()}:`
  const held = new Set<string>()
  let count = 0

  function ofGrant(): GrantOwners {
    let presenting = 0
    let seen: { mark: string; at: number } | undefined

    function isSilent({ owner, presentedAt }: Lease): boolean {
      const now = platform.monotonicNow()
      const mark = `${owner} ${presentedAt}`
      if (seen?.mark !== mark) seen = { mark, at: now }
      const isOld = platform.now() - presentedAt >= OWNER_SILENCE_MS + CLOCK_TOLERANCE_MS
      return isOld || now - seen.at >= OWNER_SILENCE_MS
    }

    return {
      // Callers of one process share an episode. Processes have no queue: the compare-and-swap decides.
      inQueue: (_name, work) => work(),
      holdOwnerLock: async () => {
        const name = `${prefix}${++count}`
        held.add(name)
        presenting++
        return {
          name,
          release: () => {
            if (held.delete(name)) presenting--
          },
        }
      },
      isGone: async (lease) => (lease.owner.startsWith(prefix) ? !held.has(lease.owner) : isSilent(lease)),
      isPresenting: () => presenting > 0,
    }
  }

  return { ofGrant }
}
