import { noValue, within } from '../base/async'
import { OWNERS_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import { isUnfinished, type PendingAttempt } from '../grant/attempt'
import type { Locks } from '../grant/lock'
import type { EntryStore } from '../grant/store'
import type { Owners } from './shared-grant'

// Loaded at start. The locks are looked at on demand, and only where another frame may wait for a sign-in.

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

/** Tells whether another page waits for this attempt. `undefined`: nobody knows yet. */
export function isElsewhere(
  { owners, pageLocks }: Pick<AwaitedGrant, 'owners' | 'pageLocks'>,
  { owner }: PendingAttempt,
): boolean | undefined {
  if (owner === undefined || pageLocks?.isOwn(owner)) return false
  const known = owners.get(owner)
  return known === undefined || known === 'asked' ? undefined : known === 'alive'
}

/** Finds out which of the unfinished sign-ins other pages wait for. Settles soon, also where the browser doesn't tell. */
export async function lookForOwners(platform: Platform, grant: AwaitedGrant): Promise<void> {
  const { owners, store, signIns } = grant
  const { attempts } = store.view()
  // A page may live for days: what no attempt names any more is forgotten.
  for (const owner of owners.keys())
    if (!attempts.some((attempt) => attempt.owner === owner)) owners.delete(owner)
  const inProgress = signIns?.inProgress()
  const unknown = attempts
    .filter((attempt) => isUnfinished(attempt, platform.now()) && !inProgress?.has(attempt.state))
    .flatMap(({ owner }) => (owner === undefined || owners.has(owner) ? [] : owner))
  if (unknown.length === 0) return
  for (const owner of unknown) owners.set(owner, 'asked')
  const looking = Promise.all(unknown.map((owner) => follow(platform, grant, owner)))
  await within<unknown>(platform, OWNERS_MS, looking, noValue)
}

/** Notes whether the owner lives, and when it has gone. Never rejects: what can't be asked counts as gone. */
async function follow(platform: Platform, grant: AwaitedGrant, owner: string): Promise<void> {
  const note = (fact: 'alive' | 'gone') => {
    grant.owners.set(owner, fact)
    grant.changes.tell()
  }
  const locks = await import('./flow-parts').then(({ locksOf }) => locksOf(platform, grant)).catch(noValue)
  if (!(await locks?.isHeld(owner))) return note('gone')
  note('alive')
  locks?.whenFree(owner).then(() => note('gone'), noValue)
}
