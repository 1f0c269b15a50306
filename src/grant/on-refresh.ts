import {
  CLOCK_TOLERANCE_MS,
  GRANT_LIFETIME_MS,
  LEASE_MS,
  PUT_OFF_MAX_MS,
  REFRESH_TOKEN_LIFETIME_MS,
} from '../base/durations'
import type { CoolDown, GrantEntry, Lease, LiveGrant, TokenSet } from './grant'

/**
 * The changes of a stored entry in the course of a refresh. Each function takes the entry that a transaction found
 * and returns the one to store: the same object where the comparison with the presented generation says no.
 */

/** Writes the mark, if the entry still shows the generation and the mark that were judged. */
export function claimLease(entry: GrantEntry, judged: LiveGrant, lease: Lease): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== judged.generation) return entry
  // An owner that was frozen before it could send renews its mark: owner and presentation are the same then.
  const isAsJudged =
    record.lease?.owner === judged.lease?.owner &&
    record.lease?.presentation === judged.lease?.presentation &&
    record.lease?.presentedAt === judged.lease?.presentedAt
  if (!isAsJudged && record.lease?.owner !== lease.owner) return entry
  return { ...entry, record: { ...record, lease: withRefusals(lease, record) } }
}

/** Keeps what is known of earlier presentations, whoever holds the lease now. */
function withRefusals(lease: Lease, { lease: known }: LiveGrant): Lease {
  return known?.refusedUpTo === undefined ? lease : { ...lease, refusedUpTo: known.refusedUpTo }
}

/**
 * Makes the record to store out of the presented one and a token response.
 * @param rotation.isKeptByEndpoint whether the token endpoint keeps the refresh token. It may be another account's by now.
 */
export function rotatedGrant(
  presented: LiveGrant,
  response: { tokenSet: TokenSet; scopes?: readonly string[] },
  rotation: { generation: string; presentation: number; isForced: boolean; isKeptByEndpoint: boolean },
): LiveGrant {
  const { lease: _lease, coolDown: _coolDown, forced: _forced, ...rest } = presented
  const refreshToken = response.tokenSet.refreshToken ?? presented.tokenSet.refreshToken
  return {
    ...rest,
    generation: rotation.generation,
    parent: { generation: presented.generation, presentation: rotation.presentation },
    // A response without a refresh token leaves the old one valid (RFC 6749, section 6).
    tokenSet: { ...response.tokenSet, ...(refreshToken !== undefined && { refreshToken }) },
    scopes: response.scopes ?? presented.scopes,
    memberChecked: presented.memberChecked && !rotation.isKeptByEndpoint,
    ...(rotation.isForced && { forced: true }),
  }
}

/**
 * Stores a rotated grant over the generation that it came from, whether that is live or was condemned meanwhile.
 * @param presented the refresh token that was sent for it
 */
export function commitRotation(entry: GrantEntry, rotated: LiveGrant, presented?: string): GrantEntry {
  const { record } = entry
  const { parent } = rotated
  if (!record || !parent) return entry
  if (record.generation === parent.generation) return { ...entry, record: rotated }
  if (record.status === 'expired') return entry
  // Two successes for one generation: the answer to the later presentation is the one that the server stands by.
  const isLater =
    record.lease === undefined &&
    record.parent?.generation === parent.generation &&
    record.parent.presentation < parent.presentation
  // An answer without a refresh token was stored first, and this one tells that the kept token is spent by now.
  const isSpent =
    presented !== undefined &&
    record.tokenSet.refreshToken === presented &&
    rotated.tokenSet.refreshToken !== presented
  return isLater || isSpent ? { ...entry, record: rotated } : entry
}

/** Stores the verdict on the presented generation. While another frame is presenting it, the verdict is only noted. */
export function condemnGrant(
  entry: GrantEntry,
  verdict: { generation: string; owner: string; presentation: number },
  now: number,
): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== verdict.generation) return entry
  const { lease } = record
  // An earlier presentation that ended in no verdict has lost an answer.
  const isFirstUnclear = verdict.presentation === (lease?.refusedUpTo ?? 0) + 1
  if (lease && lease.owner !== verdict.owner) {
    if (!isFirstUnclear || lease.presentation <= verdict.presentation) return entry
    return { ...entry, record: { ...record, lease: { ...lease, refusedUpTo: verdict.presentation } } }
  }
  const { grantedAt, consent, generation, parent, scopes, workspace, tokenSet } = record
  const isTimeOver =
    now - tokenSet.obtainedAt >= REFRESH_TOKEN_LIFETIME_MS || now - grantedAt >= GRANT_LIFETIME_MS
  const reason = isTimeOver ? 'expired' : isFirstUnclear ? 'revoked' : 'rotationLost'
  return {
    ...entry,
    record: {
      status: 'expired',
      grantedAt,
      ...(consent !== undefined && { consent }),
      generation,
      ...(parent && { parent }),
      scopes,
      ...(workspace !== undefined && { workspace }),
      reason,
      since: now,
    },
  }
}

/**
 * Takes a mark back where the refresh token was surely not spent: nothing was sent, or the server refused in words.
 * @param judged the grant as it was before the mark
 */
export function releaseLease(entry: GrantEntry, judged: LiveGrant, owner: string): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== judged.generation) return entry
  if (record.lease?.owner !== owner) return entry
  const { lease: _lease, ...rest } = record
  return { ...entry, record: judged.lease ? { ...rest, lease: withRefusals(judged.lease, record) } : rest }
}

/** Ends a grant that can't be renewed and whose access token the API refuses: a 401 overrules the clock. */
export function overruleClock(entry: GrantEntry, generation: string, now: number): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== generation) return entry
  return { ...entry, record: { ...record, tokenSet: { ...record.tokenSet, expiresAt: now } } }
}

/** Notes that an attempt to get a new access token failed, and keeps every frame away from the token endpoint for a while. */
export function beginCoolDown(entry: GrantEntry, generation: string, coolDown: CoolDown): GrantEntry {
  const { record } = entry
  if (record?.status !== 'live' || record.generation !== generation) return entry
  return { ...entry, record: { ...record, coolDown } }
}

/** Tells whether the lease has run out. A clock that was set back far makes its time unbelievable, which counts as out. */
export function isPastLease({ presentedAt }: Lease, now: number): boolean {
  return now - presentedAt > LEASE_MS || now - presentedAt < -LEASE_MS - CLOCK_TOLERANCE_MS
}

/** Tells whether a frame that says it has the answer may still be waited for. */
export function mayPutOff({ presentedAt }: Lease, now: number): boolean {
  return Math.abs(now - presentedAt) <= PUT_OFF_MAX_MS
}
