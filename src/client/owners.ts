import { noValue, within } from '../base/async'
import { OWNERS_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import type { AwaitedGrant } from './owner-search'

// Loaded at start. The search itself is loaded only where there is a sign-in that another page may wait for.

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
  if (grant.store.view().attempts.length === 0 && grant.owners.size === 0) return
  const search = import('./flow-parts')
    .then(({ locksOf, searchOwners }) => searchOwners(platform, grant, locksOf(platform, grant)))
    .catch(noValue)
  await within(platform, OWNERS_MS, search, noValue)
}
