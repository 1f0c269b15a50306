import { AuthorizationError, NotAuthorizedError } from './errors'
import { type GrantEntry, type LiveGrant, liveGrant } from './grant/grant'
import type { GrantStore } from './grant/grant-store'
import type { Platform } from './platform'

export interface MemberCheckContext {
  platform: Platform
  store: GrantStore
  /** The member that the grant is kept for, where known. */
  member: string | undefined
  readAccount(accessToken: string): Promise<string | undefined>
  revoke(grant: LiveGrant): void
}

/**
 * Checks a grant whose account could not be asked for when it was stored, at the first call that can tell. A grant of
 * another account is dropped.
 * @returns a function that rejects with NotAuthorizedError then
 */
export function createMemberCheck({
  platform,
  store,
  member,
  readAccount,
  revoke,
}: MemberCheckContext): () => Promise<void> {
  let asked: { generation: string; answer: Promise<string | undefined> } | undefined

  return async () => {
    const grant = liveGrant(store.view(), platform.now())
    if (!grant || grant.memberChecked || member === undefined) return
    // Where the API doesn't tell, it is asked again with the next access token only.
    if (asked?.generation !== grant.generation) {
      asked = { generation: grant.generation, answer: readAccount(grant.tokenSet.accessToken) }
    }
    const account = await asked.answer
    if (account === undefined) return
    if (account === member) {
      await store.commit((entry) => checked(entry, grant.generation))
      return
    }
    await store.commit((entry) =>
      entry.record?.generation === grant.generation ? { attempts: entry.attempts } : entry,
    )
    revoke(grant)
    throw new NotAuthorizedError({ cause: new AuthorizationError('accountMismatch') })
  }
}

function checked(entry: GrantEntry, generation: string): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== generation) return entry
  return { ...entry, record: { ...record, memberChecked: true } }
}
