import { noValue } from '../base/async'
import type { Platform } from '../base/platform'
import { isUnfinished } from '../grant/attempt'
import type { Locks } from '../grant/lock'
import type { EntryStore } from '../grant/store'
import type { Owners } from './shared-grant'

// Loaded on demand, where another page may wait for a sign-in.

/** The part of a grant, as its page shares it, that says who waits for a sign-in. */
export interface AwaitedGrant {
  /** The memory of the grant, with the attempts. */
  readonly store: EntryStore
  /** The facts found out so far. */
  readonly owners: Owners
  /** The changes that are told of each that is found out. */
  readonly changes: { tell(): void }
  /** The sign-ins of this page. */
  readonly signIns?: { inProgress(): ReadonlySet<string> }
  /** The locks of this page. They are made at the first look. */
  pageLocks?: Locks
}

/** Finds out which of the unfinished sign-ins other pages wait for. May take for ever where the browser doesn't tell. */
export async function searchOwners(platform: Platform, grant: AwaitedGrant, locks: Locks): Promise<void> {
  const { owners, store, signIns } = grant
  const { attempts } = store.view()
  // A page may live for days: what no attempt names any more is forgotten.
  for (const owner of owners.keys())
    if (!attempts.some((attempt) => attempt.owner === owner)) owners.delete(owner)
  const inProgress = signIns?.inProgress()
  const unknown = attempts
    .filter((attempt) => isUnfinished(attempt, platform.now()) && !inProgress?.has(attempt.state))
    .flatMap(({ owner }) => (owner === undefined || owners.has(owner) ? [] : owner))
  for (const owner of unknown) owners.set(owner, 'asked')
  await Promise.all(unknown.map((owner) => follow(grant, locks, owner)))
}

/** Notes whether the owner lives, and when it has gone. Never rejects: what can't be asked counts as gone. */
async function follow(grant: AwaitedGrant, locks: Locks, owner: string): Promise<void> {
  const note = (fact: 'alive' | 'gone') => {
    grant.owners.set(owner, fact)
    grant.changes.tell()
  }
  if (!(await locks.isHeld(owner))) return note('gone')
  note('alive')
  locks.whenFree(owner).then(() => note('gone'), noValue)
}
