import { within } from '../base/async'
import { MEMBER_CHECK_MS } from '../base/durations'
import { AuthorizationError, NotAuthorizedError } from '../base/errors'
import type { Platform } from '../base/platform'
import type { Frame } from '../grant/frame'
import { type GrantEntry, type LiveGrant, liveGrant } from '../grant/grant'

/** The client that checks the account of its grant. */
export interface CheckingClient {
  /** The id of the member that the grant is kept for, where it is known. */
  member: string | undefined
  /** Resolves with the id of the member whose token this is; `undefined` where the API doesn't tell. */
  readAccount(accessToken: string): Promise<string | undefined>
  /** Gives up a grant that must not be kept; best effort. */
  revoke(grant: LiveGrant): void
}

/**
 * Resolves with the id of the member whose token this is. `undefined`: the API doesn't say, because a scope is missing or
 * because no answer came.
 * @see https://developer.atlassian.com/cloud/trello/rest/api-group-members/#api-members-id-get
 */
export function readAccount(
  platform: Platform,
  apiOrigin: string,
  accessToken: string,
): Promise<string | undefined> {
  return within(platform, MEMBER_CHECK_MS, askForAccount(platform, apiOrigin, accessToken), () => undefined)
}

/**
 * Checks a grant whose account could not be asked for when it was stored, at the first call that can tell. A grant of
 * another account is dropped.
 * @returns a function that rejects with NotAuthorizedError then
 */
export function createMemberCheck(
  { platform, store }: Frame,
  { member, readAccount, revoke }: CheckingClient,
): () => Promise<void> {
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

async function askForAccount(
  platform: Platform,
  apiOrigin: string,
  accessToken: string,
): Promise<string | undefined> {
  try {
    const response = await platform.fetch(`${apiOrigin}/1/members/me?fields=id`, {
      headers: { Authorization: `Bearer ${accessToken}`, Accept: 'application/json' },
      credentials: 'omit',
      redirect: 'error',
    })
    const body: unknown = response.ok ? await response.json() : undefined
    const id = (body as { id?: unknown } | undefined)?.id
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined // offline, or no JSON: the first call that can tell will
  }
}

function checked(entry: GrantEntry, generation: string): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== generation) return entry
  return { ...entry, record: { ...record, memberChecked: true } }
}
