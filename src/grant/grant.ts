import { CLOCK_TOLERANCE_MS, EXPIRY_MARGIN_MS, EXPIRY_MARGIN_SHARE } from '../base/durations'
import type { ExpiryReason, TokenEndpointErrorCode } from '../base/errors'
import { OFFLINE_ACCESS } from '../base/trello'
import type { PendingAttempt } from './attempt'

/** The tokens that one token response brought. Times are this machine's, in milliseconds since 1970. */
export interface TokenSet {
  /** The access token. Empty where the stored one was damaged. */
  accessToken: string
  /** The refresh token. Missing where the server gave none, or where the token endpoint keeps it. */
  refreshToken?: string | undefined
  /** The time just before the request was sent: the token is at least this old. */
  obtainedAt: number
  /** The time at which the access token runs out. */
  expiresAt: number
}

/** The mark "this generation is presented, at this time, by this frame". */
export interface Lease {
  /** The name of the lock that the owner holds from before the mark until its answer is dealt with. */
  owner: string
  /** The time of the presentation, in milliseconds since 1970. */
  presentedAt: number
  /**
   * The number of the presentation: 1 for the first of this generation. More: an earlier one ended in neither success nor
   * verdict.
   */
  presentation: number
  /** The number of the last earlier presentation that ended in a verdict after all, as all before it did. */
  refusedUpTo?: number
}

/** The pause after an attempt to get a new access token that failed. */
export interface CoolDown {
  /** The time before which no frame asks the token endpoint, in milliseconds since 1970. */
  until: number
  /** The reason, as callers get it. */
  code: TokenEndpointErrorCode
  /** The number of attempts in a row that have failed. */
  failures: number
  /** `true`: a new consent is the way out. Either the server refused in words, or several attempts have failed. */
  offerConsent: boolean
  /** `true`: the API had refused the access token, so it is not good any more, whatever the clock says. */
  isTokenRefused: boolean
}

interface GrantIdentity {
  /** The time at which the person consented. Rotation doesn't change it. */
  grantedAt: number
  /** The name of the exchange that brought it. Rotation doesn't change it. */
  consent?: string | undefined
  /** The identity of the refresh token, which every write is compared with. Random, and new with each rotation. */
  generation: string
  /** The generation that this one came from, and the number of the presentation that brought it. */
  parent?: { generation: string; presentation: number } | undefined
  /** The granted scopes. */
  scopes: readonly string[]
  /** The id of the workspace that the grant is for. */
  workspace?: string | undefined
}

/** A grant that has not been pronounced dead. Its access token may have run out. */
export interface LiveGrant extends GrantIdentity {
  /** The mark of a live grant. */
  status: 'live'
  /** The `way` of the token endpoint that the grant was obtained by. Left out where that had no name. */
  way?: string | undefined
  /** The tokens of the last response. */
  tokenSet: TokenSet
  /** `true`: a refresh is possible. There is a refresh token, here or at the token endpoint. */
  renewable: boolean
  /** `true`: the account was seen to be the member that the grant is kept for. */
  memberChecked: boolean
  /** `true`: the access token came from a refresh that a 401 forced. */
  forced?: boolean | undefined
  /** The mark of the frame that presents the refresh token now. */
  lease?: Lease | undefined
  /** The pause after a failed attempt to get a new access token. */
  coolDown?: CoolDown | undefined
}

/** A grant that the token endpoint pronounced dead: stored, so that "reconnect" survives a reload. */
export interface ExpiredGrant extends GrantIdentity {
  /** The mark of an ended grant. */
  status: 'expired'
  /** The reason why the grant ended. */
  reason: ExpiryReason
  /** The time of its end, in milliseconds since 1970. */
  since: number
}

/** The value that is stored for one grant key. It is one value, so that one transaction covers it. */
export interface GrantEntry {
  /** The grant, alive or ended. Left out where nobody has connected. */
  record?: LiveGrant | ExpiredGrant
  /** The sign-ins on their way. */
  attempts: readonly PendingAttempt[]
}

/** The entry of a key that nothing is stored for. */
export const NO_ENTRY: GrantEntry = { attempts: [] }

/** The entry as a frame knows it. */
export interface GrantView extends GrantEntry {
  /** The outcome of reading the storage: not read yet, read, or not readable. */
  storage: 'unread' | 'read' | 'unreadable'
  /** `false` while something of it is only in this frame's memory. */
  persistent: boolean
  /** The error of the last read, where the storage is not readable. */
  failure?: unknown
}

/** Tells whether the access token is fit for a call made now. */
export function isGood(tokenSet: TokenSet, now: number): boolean {
  // A clock that was set back would keep a dead token alive.
  return now >= tokenSet.obtainedAt - CLOCK_TOLERANCE_MS && now <= lastGoodAt(tokenSet)
}

/** Gives the grant if it is alive: renewable, or with an access token that still lasts. */
export function liveGrant({ record }: GrantEntry, now: number): LiveGrant | undefined {
  return record?.status === 'live' && (record.renewable || isGood(record.tokenSet, now)) ? record : undefined
}

/** Tells whether there is a living grant that holds all of `scopes`, and works. */
export function isGranted(entry: GrantEntry, scopes: readonly string[], now: number): boolean {
  const grant = liveGrant(entry, now)
  return grant !== undefined && missingScopes(grant.scopes, scopes).length === 0 && !needsConsent(grant, now)
}

/**
 * Tells whether a click must be able to open the consent window although the grant is alive: no good access token is left,
 * and the last attempt to get one failed.
 */
export function needsConsent({ coolDown, tokenSet }: LiveGrant, now: number): boolean {
  return coolDown?.code !== undefined && (coolDown.isTokenRefused || !isGood(tokenSet, now))
}

/** Gives the view of a client that can't renew every grant. One that it can't renew ends with its access token. */
export function seenBy(view: GrantView, canRenew: (grant: LiveGrant) => boolean): GrantView {
  const { record } = view
  if (record?.status !== 'live' || !record.renewable || canRenew(record)) return view
  return { ...view, record: { ...record, renewable: false } }
}

/** Gives the end of the grant, if it has ended. */
export function endOf(
  { record }: GrantEntry,
  now: number,
): Pick<ExpiredGrant, 'reason' | 'since' | 'scopes'> | undefined {
  if (record?.status === 'expired') return record
  if (record?.status !== 'live' || record.renewable || isGood(record.tokenSet, now)) return undefined
  return { reason: 'expired', since: Math.floor(lastGoodAt(record.tokenSet)), scopes: record.scopes }
}

/** Compares two views by their content, since each read of the storage makes new objects. */
export function isSameView(a: GrantView, b: GrantView): boolean {
  return (
    a.storage === b.storage &&
    a.persistent === b.persistent &&
    isSameValue(a.record, b.record) &&
    isSameValue(a.attempts, b.attempts)
  )
}

/** Compares two values of the storage by their content. What can't be compared counts as different. */
export function isSameValue(a: unknown, b: unknown): boolean {
  try {
    return a === b || JSON.stringify(a) === JSON.stringify(b)
  } catch {
    return false // a big integer, or a value that holds itself
  }
}

/** Lists the required scopes that were not granted. Leaves out `offline_access`, which no list of granted scopes has. */
export function missingScopes(granted: readonly string[], required: readonly string[]): readonly string[] {
  return required.filter((scope) => scope !== OFFLINE_ACCESS && !granted.includes(scope))
}

/** Gives the last moment at which the access token is good. */
export function lastGoodAt({ obtainedAt, expiresAt }: TokenSet): number {
  return expiresAt - Math.min(EXPIRY_MARGIN_MS, (expiresAt - obtainedAt) * EXPIRY_MARGIN_SHARE)
}

/** Tells whether both hold the same refresh token: an answer without a new one leaves the old one in use. */
export function holdSameRefreshToken(a: GrantEntry['record'], b: GrantEntry['record']): boolean {
  if (a?.status !== 'live' || b?.status !== 'live') return false
  const { refreshToken } = a.tokenSet
  return refreshToken !== undefined && refreshToken === b.tokenSet.refreshToken
}
