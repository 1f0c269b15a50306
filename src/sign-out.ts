import { within } from './deadline'
import { REVOCATION_MS } from './durations'
import type { ClientEvent } from './events'
import type { GrantEntry, LiveGrant } from './grant/grant'
import { isSameExceptWorkspace } from './grant/grant-key'
import type { GrantStore } from './grant/grant-store'
import type { KeyValueStore } from './grant/key-value-store'
import type { Platform } from './platform'
import type { SignIns } from './sign-ins'

export interface SignOutContext {
  platform: Platform
  storage: KeyValueStore
  grantKey: string
  /** The grants of this page, by key. */
  grant(key: string): SignedIn
  revoke(grant: LiveGrant): Promise<unknown>
  emit(event: ClientEvent): void
}

interface SignedIn {
  store: GrantStore
  signIns?: Pick<SignIns, 'callOff'>
  signOuts: number
}

/**
 * Forgets the grant, waiting for no lock, and revokes what was there.
 * @param everyWorkspace also the member's grants for other workspaces
 * @throws where the storage may still hold something; it is removed as soon as that works
 */
export async function signOut(context: SignOutContext, everyWorkspace: boolean): Promise<void> {
  const { platform, grantKey, grant, revoke, emit } = context
  // This grant goes first, in this very task: the others have to be looked up.
  const own = forget(grant(grantKey))
  const others = everyWorkspace
    ? otherKeys(context).then((keys) => Promise.all(keys.map((key) => forget(grant(key)))))
    : Promise.resolve([])
  const removed = await bothOrFailure(own, others)
  const revocations = removed.flatMap((record) => (record?.status === 'live' ? [revoke(record)] : []))
  await within<unknown>(platform, REVOCATION_MS, Promise.allSettled(revocations), () => undefined)
  emit({ type: 'signedOut', everyWorkspace })
}

/** Waits for both, also when the first has failed. */
async function bothOrFailure<T>(own: Promise<T>, others: Promise<T[]>): Promise<T[]> {
  await Promise.allSettled([own, others])
  return [await own, ...(await others)]
}

async function otherKeys({ storage, grantKey }: SignOutContext): Promise<readonly string[]> {
  const keys = await storage.keys()
  return keys.filter((key) => key !== grantKey && isSameExceptWorkspace(key, grantKey))
}

function forget(grant: SignedIn): Promise<GrantEntry['record']> {
  grant.signOuts++
  grant.signIns?.callOff()
  return grant.store.remove()
}
