import { COOL_DOWN_MS } from '../base/durations'
import { AuthorizationError, NotAuthorizedError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import type { Platform } from '../base/platform'
import type { Frame } from '../grant/frame'
import { type GrantEntry, type LiveGrant, liveGrant } from '../grant/grant'
import { askWithToken } from './token-question'

/** The answer of the API to the question whose token this is. */
export type AccountAnswer =
  /** The token is this member's. */
  | {
      kind: 'account'
      /** The id of the member. */
      id: string
    }
  /** The API does not tell, because a scope is missing for instance. It won't tell the next time either. */
  | { kind: 'closed' }
  /** The API does not take this token. */
  | { kind: 'refused' }
  /** No answer came, or one that says nothing about the question. */
  | { kind: 'noAnswer' }

/** The client that checks the account of its grant. */
export interface CheckingClient {
  /** The id of the member that the grant is kept for, where it is known. */
  member: string | undefined
  /** Asks the API whose token this is. Never rejects. */
  readAccount(accessToken: string): Promise<AccountAnswer>
  /** Gives up a grant that must not be kept; best effort. */
  revoke(grant: LiveGrant): void
}

/** The questions of one page about one grant. All its clients share them. */
export interface AccountMemory {
  /** The last question: it is not repeated for the same token before that time of the monotonic clock. */
  asked?: { generation: string; until: number; answer: Promise<AccountAnswer> }
  /** The generation that was seen to be the member's. The storage may hear of it later. */
  checked?: string
  /** The consent for whose tokens the API does not tell, by the time at which it was given. */
  closedFor?: number
}

/**
 * Asks the API whose token this is. It waits five seconds at most, and never rejects.
 * @see https://developer.atlassian.com/cloud/trello/rest/api-group-members/#api-members-id-get
 */
export function readAccount(
  platform: Platform,
  apiOrigin: string,
  accessToken: string,
): Promise<AccountAnswer> {
  const path = '/1/members/me?fields=id'
  return askWithToken(platform, { apiOrigin, path, accessToken, read: accountIn, noAnswer: NO_ANSWER })
}

/**
 * Checks a grant whose account could not be asked for when it was stored, before its first token is given out. A grant of
 * another account is dropped. Where no answer comes the token is given out, and the next one that is given out after a
 * pause asks again.
 * @returns a function that rejects with NotAuthorizedError for a grant of another account
 */
export function createMemberCheck(
  { platform, store }: Frame,
  { member, readAccount, revoke }: CheckingClient,
  memory: AccountMemory,
): () => Promise<void> {
  function ask({ generation, tokenSet }: LiveGrant): Promise<AccountAnswer> {
    const now = platform.monotonicNow()
    const { asked } = memory
    if (asked?.generation === generation && now < asked.until) return asked.answer
    const answer = readAccount(tokenSet.accessToken)
    memory.asked = { generation, until: now + COOL_DOWN_MS, answer }
    return answer
  }

  return async () => {
    const grant = liveGrant(store.view(), platform.now())
    if (!grant || grant.memberChecked || member === undefined) return
    if (memory.closedFor === grant.grantedAt || memory.checked === grant.generation) return
    const answer = await ask(grant)
    if (answer.kind === 'closed') memory.closedFor = grant.grantedAt
    if (answer.kind === 'refused' && memory.asked) memory.asked.until = Infinity
    if (answer.kind !== 'account') return
    if (answer.id === member) {
      memory.checked = grant.generation
      // No call waits for a storage that hangs.
      void store.commit((entry) => checked(entry, grant.generation))
      return
    }
    await store.commit((entry) =>
      entry.record?.generation === grant.generation ? { attempts: entry.attempts } : entry,
    )
    revoke(grant)
    throw new NotAuthorizedError({ cause: new AuthorizationError('accountMismatch') })
  }
}

const NO_ANSWER: AccountAnswer = { kind: 'noAnswer' }

async function accountIn(response: Response): Promise<AccountAnswer> {
  if (response.status === 401) return { kind: 'refused' }
  if (!response.ok) return CLOSED_STATUSES.includes(response.status) ? { kind: 'closed' } : NO_ANSWER
  const { id } = fieldsOf(await response.json())
  return typeof id === 'string' ? { kind: 'account', id } : NO_ANSWER
}

/** Answers that stay as they are for this grant. */
const CLOSED_STATUSES = [400, 403, 404, 410]

function checked(entry: GrantEntry, generation: string): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== generation) return entry
  return { ...entry, record: { ...record, memberChecked: true } }
}
