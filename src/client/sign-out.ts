import { within } from '../base/async'
import { STORAGE_READ_MS, STORAGE_WRITE_MS } from '../base/durations'
import type { ClientEvent } from '../base/events'
import { type Forgotten, forget, giveUp } from '../grant/forgotten'
import { type LiveGrant, NO_ENTRY } from '../grant/grant'
import { isSameExceptWorkspace } from '../grant/key'
import { withoutOlder } from '../grant/on-sign-out'
import { createRetry } from '../grant/retry'
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
  const own = forgetIn(page.grant(grantKey))
  const others = everyWorkspace ? forgetOthers(page, grantKey) : []
  const all = [await own, ...(await others)]
  await giveUp(page.platform, all, revoke)
  const failed = all.find((forgotten) => 'failure' in forgotten)
  if (failed) throw failed.failure
  emit({ type: 'signedOut', everyWorkspace })
}

/** Forgets the other grants. Those that this page knows go in this very task; others have to be looked up. */
async function forgetOthers(page: Page, grantKey: string): Promise<readonly Forgotten[]> {
  const { platform, grantKeys, grant } = page
  const at = platform.now()
  const isOther = (key: string) => key !== grantKey && isSameExceptWorkspace(key, grantKey)
  const known = grantKeys().filter(isOther)
  const isUnknown = (key: string) => isOther(key) && !known.includes(key)
  const forgetting = known.map((key) => forgetIn(grant(key)))
  try {
    const stored = await storedKeys(page, STORAGE_READ_MS)
    forgetting.push(...stored.filter(isUnknown).map((key) => forgetIn(grant(key))))
  } catch (failure) {
    forgetting.push(Promise.resolve({ records: [], failure }))
    forgetLater(page, isUnknown, at)
  }
  return Promise.all(forgetting)
}

/** Looks them up again until that works, and removes what is no younger than the sign-out. */
function forgetLater(page: Page, isUnknown: (key: string) => boolean, at: number): void {
  const { platform, grant } = page
  const lookUp = createRetry(platform, async () => {
    const stored = await storedKeys(page, STORAGE_WRITE_MS)
    for (const key of stored.filter(isUnknown))
      void grant(key).store.commit((entry) => withoutOlder(entry, { known: NO_ENTRY, at }, platform.now()))
    return true
  })
  lookUp.soon()
}

function forgetIn(grant: SharedGrant): Promise<Forgotten> {
  grant.signOuts++
  grant.signIns?.callOff()
  return forget(grant.store)
}

function storedKeys({ platform, storage }: Page, limitMs: number): Promise<readonly string[]> {
  return within(platform, limitMs, storage.keys(), noAnswer)
}

function noAnswer(): never {
  throw new Error('The storage did not say in time what it holds.')
}
