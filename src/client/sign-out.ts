import { within } from '../base/async'
import { REVOCATION_MS, STORAGE_READ_MS } from '../base/durations'
import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import type { ExpiredGrant, LiveGrant } from '../grant/grant'
import { isSameExceptWorkspace } from '../grant/key'
import type { KeyValueStore } from '../grant/key-value-store'
import type { GrantStore } from '../grant/store'
import type { SignIns } from '../sign-in/in-progress'

/** The page and the grant that a sign-out is about. */
export interface SignOutContext {
  /** The platform that the page runs on. */
  platform: Platform
  /** The storage in which the grants are kept. */
  storage: KeyValueStore
  /** The key of the grant that the client has. */
  grantKey: string
  /** Gives the grant of this key, as this page shares it. */
  grant(key: string): SignedIn
  /** Lists the keys of the grants that the page has used. */
  grantKeys(): readonly string[]
  /** Gives up a grant at the revocation endpoint, if one is configured. */
  revoke(grant: LiveGrant): Promise<unknown>
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
}

interface SignedIn {
  store: GrantStore
  signIns?: Pick<SignIns, 'callOff'>
  signOuts: number
}

/**
 * Forgets the grant, waiting for no lock, and revokes what was there, also where the storage fails.
 * @param everyWorkspace also the member's grants for other workspaces
 * @throws where the storage may still hold something; it is removed as soon as that works
 */
export async function signOut(context: SignOutContext, everyWorkspace: boolean): Promise<void> {
  const { platform, grantKey, grant, revoke, emit } = context
  const own = forget(grant(grantKey))
  const others = everyWorkspace ? forgetOthers(context) : []
  const all = [await own, ...(await others)]
  const records = all.flatMap((forgotten) => forgotten.records)
  const revocations = records.flatMap((record) => (record.status === 'live' ? [revoke(record)] : []))
  // Not allSettled: a page may have an old Bluebird for window.Promise.
  const settled = Promise.all(revocations.map((revocation) => revocation.catch(() => undefined)))
  await within<unknown>(platform, REVOCATION_MS, settled, () => undefined)
  const failed = all.find((forgotten) => 'failure' in forgotten)
  if (failed) throw failed.failure
  emit({ type: 'signedOut', everyWorkspace })
}

interface Forgotten {
  records: readonly (LiveGrant | ExpiredGrant)[]
  failure?: unknown
}

/** Forgets the other grants. Those that this page knows go in this very task; others have to be looked up. */
async function forgetOthers(context: SignOutContext): Promise<readonly Forgotten[]> {
  const { platform, storage, grantKey, grantKeys, grant } = context
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

async function forget(grant: SignedIn): Promise<Forgotten> {
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
