import { MARK_FRESH_MS } from '../base/durations'
import type { ClientEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import type { GrantEntry, Lease, LiveGrant } from '../grant/grant'
import type { Locks } from '../grant/lock'
import { claimLease, commitRotation, condemnGrant, rotatedGrant } from '../grant/on-refresh'
import { permissionsOf, tokenSetOf } from '../grant/token-response'
import { answerOf } from '../token-endpoint/answer'
import type { TokenAnswer, TokenEndpoint } from '../token-endpoint/token-endpoint'
import type { TokenWays } from '../token-endpoint/ways'

/** The client on whose behalf a refresh token is presented. */
export interface RefreshClient {
  clientId: string
  ways: TokenWays
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
  /** Gives up a grant that nobody wants any more; best effort. */
  revoke(grant: LiveGrant): void
}

/** What the presentation of a refresh token came to. `notClaimed`: another frame was faster, and nothing was sent. */
export type PresentationOutcome = TokenAnswer | { kind: 'notClaimed' }

/**
 * Presents the refresh token of `grant` once: claims the lease, sends, and deals with the answer before anybody hears
 * of it. Runs to its end whatever the callers do, and holds the owner's lock until the answer is stored, judged or lost.
 * Rejects where the mark could not be written.
 * @param by.isForced whether a 401 asks for the new token
 */
export async function presentRefreshToken(
  frame: Frame,
  grant: LiveGrant,
  by: { client: RefreshClient; endpoint: TokenEndpoint; locks: Locks; isForced: boolean },
): Promise<PresentationOutcome> {
  const { client, endpoint, locks, isForced } = by
  const owner = await locks.holdOwnerLock()
  const presentation = (grant.lease?.presentation ?? 0) + 1
  let dealtWith: Promise<void> = Promise.resolve()
  try {
    if (!(await claim(frame, grant, owner.name, presentation))) return { kind: 'notClaimed' }
    // From the claim to the request nothing is awaited: what is sent is what was claimed.
    const requestedAt = frame.platform.now()
    const answer = await send(endpoint, client.clientId, grant)
    const presented: Presented = { grant, owner: owner.name, presentation, requestedAt, isForced }
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
}

/** Writes the mark, and once more if the frame was frozen before it could send. */
async function claim(
  { platform, store }: Frame,
  grant: LiveGrant,
  owner: string,
  presentation: number,
): Promise<boolean> {
  for (;;) {
    const lease: Lease = { owner, presentedAt: platform.now(), presentation }
    const change = (entry: GrantEntry) => claimLease(entry, grant, lease)
    // No mark, no request; but a grant that only this frame has can't be presented by another.
    const { record } = store.isOnlyHere(grant.generation)
      ? (await store.commit(change)).view
      : await store.transact(change)
    const isMine =
      record?.status === 'live' && record.generation === grant.generation && record.lease?.owner === owner
    if (!isMine) return false
    if (Math.abs(platform.now() - lease.presentedAt) <= MARK_FRESH_MS) return true
  }
}

/** Sends in the current task. Never rejects. */
function send(endpoint: TokenEndpoint, clientId: string, { tokenSet }: LiveGrant): Promise<TokenAnswer> {
  const { refreshToken, accessToken } = tokenSet
  const request = { clientId, ...(refreshToken !== undefined && { refreshToken }) }
  return answerOf(() => endpoint.refresh(request), [refreshToken, accessToken])
}

/** Stores what the answer makes of the grant. `stored` settles once that is on the disk, or has become pointless. */
async function commitAnswer(
  frame: Frame,
  client: RefreshClient,
  presented: Presented,
  answer: TokenAnswer,
): Promise<{ stored: Promise<void> }> {
  if (answer.kind === 'tokens') return commitTokens(frame, client, presented, answer)
  if (answer.kind === 'dead') return commitVerdict(frame, client, presented)
  return { stored: Promise.resolve() }
}

async function commitTokens(
  { platform, store }: Frame,
  client: RefreshClient,
  { grant, presentation, requestedAt, isForced }: Presented,
  answer: Extract<TokenAnswer, { kind: 'tokens' }>,
): Promise<{ stored: Promise<void> }> {
  const response = {
    tokenSet: tokenSetOf(answer, requestedAt),
    ...(answer.scopes && { scopes: permissionsOf(answer.scopes) }),
  }
  const rotation = { generation: platform.randomId(), presentation, isForced }
  const rotated = rotatedGrant(grant, response, rotation)
  const { view, stored } = await store.commit((entry) =>
    commitRotation(entry, rotated, grant.tokenSet.refreshToken),
  )
  if (view.record?.generation === rotated.generation) {
    const { expiresAt } = rotated.tokenSet
    client.emit({ type: 'tokenRefreshed', expiresAt, persistent: view.persistent })
  } else if (!view.record) {
    client.revoke(rotated) // signed out while the request was on its way
  }
  return { stored }
}

async function commitVerdict(
  { platform, store }: Frame,
  client: RefreshClient,
  { grant: { generation }, owner, presentation }: Presented,
): Promise<{ stored: Promise<void> }> {
  const condemnedAt = platform.now()
  const verdict = { generation, owner, presentation }
  const { view, stored } = await store.commit((entry) => condemnGrant(entry, verdict, condemnedAt))
  const { record } = view
  if (record?.status === 'expired' && record.since === condemnedAt) {
    client.emit({ type: 'grantExpired', reason: record.reason })
  }
  return { stored }
}
