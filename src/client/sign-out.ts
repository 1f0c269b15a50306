import { within } from '../base/async'
import { REVOCATION_MS, STORAGE_READ_MS } from '../base/durations'
import type { ClientEvent } from '../base/events'
import type { ExpiredGrant, LiveGrant } from '../grant/grant'
import { isSameExceptWorkspace } from '../grant/key'
import type { Page } from './page'
import type { SharedGrant } from './shared-grant'

/** The client that signs out. */
export interface SignedInClient {
  /** The key of its grant. */
  grantKey: string
  /** Gives up a grant at the revocation endpoint, if one is configured. */
  revoke(grant: LiveGrant): Promise<unknown>
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
}

/**
 * Forgets the grant, waiting for no lock, and revokes what was there, also where the storage fails.
 * @param everyWorkspace also the member's grants for other workspaces
 * @throws where the storage may still hold something; it is removed as soon as that works
 */
export async function signOut(
  page: Page,
  { grantKey, revoke, emit }: SignedInClient,
  everyWorkspace: boolean,
): Promise<void> {
  const own = forget(page.grant(grantKey))
  const others = everyWorkspace ? forgetOthers(page, grantKey) : []
  const all = [await own, ...(await others)]
  const records = all.flatMap((forgotten) => forgotten.records)
  const revocations = records.flatMap((record) => (record.status === 'live' ? [revoke(record)] : []))
  // Not allSettled: a page may have an old Bluebird for window.Promise.
  const settled = Promise.all(revocations.map((revocation) => revocation.catch(() => undefined)))
  await within<unknown>(page.platform, REVOCATION_MS, settled, () => undefined)
  const failed = all.find((forgotten) => 'failure' in forgotten)
  if (failed) throw failed.failure
  emit({ type: 'signedOut', everyWorkspace })
}

interface Forgotten {
  records: readonly (LiveGrant | ExpiredGrant)[]
  failure?: unknown
}

/** Forgets the other grants. Those that this page knows go in this very task; others have to be looked up. */
async function forgetOthers(page: Page, grantKey: string): Promise<readonly Forgotten[]> {
  const { platform, storage, grantKeys, grant } = page
  const isOther = (key: string) => key !== grantKey && isSameExceptWorkspace(key, grantKey)
  const known = grantKeys().filter(isOther)
  const forgetting = known.map((key) => forget(grant(key)))
  try {
    const stored = await within<readonly string[]>(platform, STORAGE_READ_MS, storage.keys(), noAnswer)
    const unknown = stored.filter((key) => isOther(key) && !known.includes(key))
    forgetting.push(...unknown.map((key) => forget(grant(key))))
  } catch (failure) {
    forgetting.push(Promise.resolve({ records: [], failure }))
  }
  return Promise.all(forgetting)
}

async function forget(grant: SharedGrant): Promise<Forgotten> {
  // Where the storage doesn't say what was there, this frame may know.
  const { record } = grant.store.view()
  grant.signOuts++
  grant.signIns?.callOff()
  return grant.store.remove().then(
    (records) => ({ records }),
    (failure: unknown) => ({ records: record ? [record] : [], failure }),
  )
}

function noAnswer(): never {
  throw new Error('The storage did not say in time what it holds.')
}
