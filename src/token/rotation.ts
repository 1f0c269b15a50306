import { MARK_FRESH_MS } from '../base/durations'
import type { GrantEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import type { GrantEntry, Lease, LiveGrant } from '../grant/grant'
import type { LeaseLocks } from '../grant/lock'
import { claimLease, commitRotation, condemnGrant, releaseLease, rotatedGrant } from '../grant/on-refresh'
import { permissionsOf, tokenSetOf } from '../grant/token-response'
import { answerOf } from '../token-endpoint/answer'
import type { TokenAnswer, TokenEndpoint } from '../token-endpoint/token-endpoint'
import type { TokenWays } from '../token-endpoint/ways'
import { isRefusal } from './cool-down'

/** The client on whose behalf a refresh token is presented. */
export interface RefreshClient {
  /** The client id of the app settings. */
  clientId: string
  /** The ways in which it can ask for tokens. */
  ways: TokenWays
  /** Tells what happened, after the fact. */
  emit(event: GrantEvent): void
  /** Gives up a grant that nobody wants any more. A failure is ignored. */
  revoke(grant: LiveGrant): void
}

/** The outcome of presenting a refresh token: an answer, or the reason why nothing was sent. */
export type PresentationOutcome =
  | TokenAnswer
  /** Another frame was faster. Nothing was sent. */
  | { kind: 'notClaimed' }
  /** The mark could not be written. Nothing was sent. */
  | {
      kind: 'notMarked'
      /** The error of the storage. */
      cause: unknown
    }

/**
 * Presents the refresh token of `grant` once: claims the lease, sends, and deals with the answer before anybody hears
 * of it. Runs to its end whatever the callers do, and holds the owner's lock until the answer is stored, judged or lost.
 * Never rejects.
 * @param by.isForced whether a 401 asks for the new token
 */
export async function presentRefreshToken(
  frame: Frame,
  grant: LiveGrant,
  by: { client: RefreshClient; endpoint: TokenEndpoint; locks: LeaseLocks; isForced: boolean },
): Promise<PresentationOutcome> {
  const { client, endpoint, locks, isForced } = by
  const owner = await locks.holdOwnerLock()
  const presentation = (grant.lease?.presentation ?? 0) + 1
  let dealtWith: Promise<unknown> = Promise.resolve()
  try {
    const claimed = await claim(frame, grant, owner.name, presentation)
    if (claimed) return claimed
    // From the claim to the request nothing is awaited: what is sent is what was claimed.
    const requestedAt = frame.platform.now()
    const answer = await send(endpoint, client.clientId, grant)
    const presented: Presented = {
      grant,
      owner: owner.name,
      presentation,
      requestedAt,
      isForced,
      isKeptByEndpoint: endpoint.holdsRefreshToken,
    }
    dealtWith = (await commitAnswer(frame, client, presented, answer)).stored
    return answer
  } finally {
    void dealtWith.then(owner.release)
  }
}

/** One presentation that was sent. */
interface Presented {
  grant: LiveGrant
  owner: string
  presentation: number
  requestedAt: number
  isForced: boolean
  /** `true`: the token endpoint keeps the refresh token, and gives the tokens of whatever consent came last. */
  isKeptByEndpoint: boolean
}

/** Writes the mark, and once more if the frame was frozen before it could send. Returns the obstacle, if there is one. */
async function claim(
  { platform, store }: Frame,
  grant: LiveGrant,
  owner: string,
  presentation: number,
): Promise<PresentationOutcome | undefined> {
  for (;;) {
    const lease: Lease = { owner, presentedAt: platform.now(), presentation }
    const change = (entry: GrantEntry) => claimLease(entry, grant, lease)
    let record: GrantEntry['record']
    try {
      // No mark, no request; but a grant that only this frame has can't be presented by another.
      const isOnlyHere = store.isOnlyHere(grant.generation)
      record = (isOnlyHere ? (await store.commit(change)).view : await store.transact(change)).record
    } catch (cause) {
      return { kind: 'notMarked', cause }
    }
    const isMine =
      record?.status === 'live' && record.generation === grant.generation && record.lease?.owner === owner
    if (!isMine) return { kind: 'notClaimed' }
    if (Math.abs(platform.now() - lease.presentedAt) <= MARK_FRESH_MS) return undefined
  }
}

/** Sends in the current task. Never rejects. */
function send(endpoint: TokenEndpoint, clientId: string, { tokenSet }: LiveGrant): Promise<TokenAnswer> {
  const { refreshToken, accessToken } = tokenSet
  const request = {
    clientId,
    ...(refreshToken !== undefined && { refreshToken }),
    // The endpoint knows by it that the frame has this one already.
    ...(endpoint.holdsRefreshToken && { accessToken }),
  }
  const ask = () => endpoint.refresh(request)
  return answerOf(ask, [refreshToken, accessToken], endpoint.holdsRefreshToken)
}

/** Stores what the answer makes of the grant. `stored` settles once that is on the disk, or has become pointless. */
async function commitAnswer(
  frame: Frame,
  client: RefreshClient,
  presented: Presented,
  answer: TokenAnswer,
): Promise<{ stored: Promise<unknown> }> {
  if (answer.kind === 'tokens') return commitTokens(frame, client, presented, answer)
  if (answer.kind === 'dead') return commitVerdict(frame, client, presented)
  if (isUnspent(answer)) {
    const { grant, owner } = presented
    return frame.store.commit((entry) => releaseLease(entry, grant, owner))
  }
  return { stored: Promise.resolve() }
}

async function commitTokens(
  { platform, store }: Frame,
  client: RefreshClient,
  { grant, presentation, requestedAt, isForced, isKeptByEndpoint }: Presented,
  answer: Extract<TokenAnswer, { kind: 'tokens' }>,
): Promise<{ stored: Promise<unknown> }> {
  const response = {
    tokenSet: tokenSetOf(answer, requestedAt, platform.now()),
    ...(answer.scopes && { scopes: permissionsOf(answer.scopes) }),
  }
  const rotation = { generation: platform.randomId(), presentation, isForced, isKeptByEndpoint }
  const rotated = rotatedGrant(grant, response, rotation)
  const { view, stored } = await store.commit((entry) =>
    commitRotation(entry, rotated, grant.tokenSet.refreshToken),
  )
  if (view.record?.generation === rotated.generation) {
    const { expiresAt } = rotated.tokenSet
    client.emit({ type: 'tokenRefreshed', expiresAt, persistent: view.persistent })
  }
  // Signed out while the request was on its way, or before its answer could be stored.
  void stored.then((entry) => {
    if (entry && !entry.record) client.revoke(rotated)
  })
  return { stored }
}

/** Tells whether the answer proves that the refresh token was not spent: nothing was sent, or the server refused in words. */
function isUnspent(answer: TokenAnswer): boolean {
  return isRefusal(answer) || (answer.kind === 'unreadable' && answer.blockedByPolicy === true)
}

async function commitVerdict(
  { platform, store }: Frame,
  client: RefreshClient,
  { grant: { generation }, owner, presentation }: Presented,
): Promise<{ stored: Promise<unknown> }> {
  const condemnedAt = platform.now()
  const verdict = { generation, owner, presentation }
  const { view, stored } = await store.commit((entry) => condemnGrant(entry, verdict, condemnedAt))
  const { record } = view
  if (record?.status === 'expired' && record.since === condemnedAt) {
    client.emit({ type: 'grantExpired', reason: record.reason })
  }
  return { stored }
}
