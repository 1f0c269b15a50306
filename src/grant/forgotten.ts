import { within } from '../base/async'
import { REVOCATION_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import type { ExpiredGrant, LiveGrant } from './grant'
import type { EntryStore } from './store'

/** The contents of one store that a sign-out took out. */
export interface Forgotten {
  /** The grants that were there. */
  records: readonly (LiveGrant | ExpiredGrant)[]
  /** The error of a storage that may still hold them. */
  failure?: unknown
}

/** Removes record and attempts of one grant. Never rejects. */
export async function forget(store: EntryStore): Promise<Forgotten> {
  // Where the storage doesn't say what was there, this frame may know.
  const { record } = store.view()
  return store.remove().then(
    (records) => ({ records }),
    (failure: unknown) => ({ records: record ? [record] : [], failure }),
  )
}

/** Gives up the living ones of what was forgotten. It waits a bounded time, and never rejects. */
export async function giveUp(
  platform: Platform,
  forgotten: readonly Forgotten[],
  revoke: (grant: LiveGrant) => Promise<unknown>,
): Promise<void> {
  const records = forgotten.flatMap((each) => each.records)
  const revocations = records.flatMap((record) => (record.status === 'live' ? [revoke(record)] : []))
  // Not allSettled: a page may have an old Bluebird for window.Promise.
  const settled = Promise.all(revocations.map((revocation) => revocation.catch(() => undefined)))
  await within<unknown>(platform, REVOCATION_MS, settled, () => undefined)
}
