import { MARK_FRESH_MS } from '../base/durations'
import type { ClientEvent } from '../base/events'
import type { Platform } from '../base/platform'
import type { GrantEntry, Lease, LiveGrant } from '../grant/grant'
import type { Locks } from '../grant/lock'
import { claimLease, commitRotation, condemnGrant, rotatedGrant } from '../grant/on-refresh'
import type { GrantStore } from '../grant/store'
import { answerOf } from '../token-endpoint/redact'
import type { TokenAnswer, TokenEndpoint } from '../token-endpoint/token-endpoint'

/** What presenting a refresh token needs of the page. */
export interface PresentationContext {
  platform: Platform
  store: GrantStore
  locks: Locks
}

/** The client on whose behalf a refresh token is presented. */
export interface PresentingClient {
  clientId: string
  emit(event: ClientEvent): void
  /** Gives up a grant that nobody wants any more; best effort. */
  revoke(grant: LiveGrant): void
}

/**
 * Presents the refresh token of `grant` once: claims the lease, sends, and deals with the answer before anybody hears
 * of it. Runs to its end whatever the callers do, and holds the owner's lock until the answer is stored, judged or lost.
 * Resolves with `'notClaimed'` where another frame was faster; rejects where the mark could not be written.
 */
export async function presentRefreshToken(
  context: PresentationContext,
  client: PresentingClient,
  endpoint: TokenEndpoint,
  grant: LiveGrant,
  isForced: boolean,
): Promise<TokenAnswer | 'notClaimed'> {
  const { platform, store, locks } = context
  const owner = await locks.holdOwnerLock()
  const presentation = (grant.lease?.presentation ?? 0) + 1
  let dealtWith: Promise<void> = Promise.resolve()
  try {
    if (!(await claim(context, grant, owner.name, presentation))) return 'notClaimed'
    // From the claim to the request nothing is awaited: what is sent is what was claimed.
    const requestedAt = platform.now()
    const { refreshToken, accessToken } = grant.tokenSet
    const request = { clientId: client.clientId, ...(refreshToken !== undefined && { refreshToken }) }
    const answer = await answerOf(() => endpoint.refresh(request), [refreshToken, accessToken])
    if (answer.kind === 'tokens') {
      const rotated = rotatedGrant(grant, tokensOf(answer, requestedAt), {
        generation: platform.randomId(),
        presentation,
        isForced,
      })
      const { view, stored } = await store.commit((entry) => commitRotation(entry, rotated, refreshToken))
      dealtWith = stored
      if (view.record?.generation === rotated.generation) {
        client.emit({
          type: 'tokenRefreshed',
          expiresAt: rotated.tokenSet.expiresAt,
          persistent: view.persistent,
        })
      } else if (!view.record) {
        client.revoke(rotated) // signed out while the request was on its way
      }
    }
    if (answer.kind === 'dead') {
      const verdict = { generation: grant.generation, owner: owner.name, presentation }
      const condemnedAt = platform.now()
      const { view, stored } = await store.commit((entry) => condemnGrant(entry, verdict, condemnedAt))
      dealtWith = stored
      const { record } = view
      if (record?.status === 'expired' && record.since === condemnedAt) {
        client.emit({ type: 'grantExpired', cause: record.cause })
      }
    }
    return answer
  } finally {
    void dealtWith.then(owner.release)
  }
}

/** Writes the mark, anew if the frame was frozen before it could send. */
async function claim(
  { platform, store }: PresentationContext,
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

function tokensOf(answer: Extract<TokenAnswer, { kind: 'tokens' }>, requestedAt: number) {
  const { accessToken, refreshToken, expiresInMs, scopes } = answer
  return {
    tokenSet: {
      accessToken,
      ...(refreshToken !== undefined && { refreshToken }),
      obtainedAt: requestedAt,
      expiresAt: requestedAt + expiresInMs,
    },
    ...(scopes && { scopes: scopes.filter((scope) => scope !== 'offline_access') }),
  }
}
