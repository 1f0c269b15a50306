import { CLOCK_TOLERANCE_MS, EXPIRY_MARGIN_MS, EXPIRY_MARGIN_SHARE } from '../base/durations'
import type { ExpiryReason, TokenEndpointErrorCode } from '../base/errors'
import { OFFLINE_ACCESS } from '../base/trello'
import type { PendingAttempt } from './attempt'

/** What one token response brought. Times are this machine's, in milliseconds since 1970. */
export interface TokenSet {
  accessToken: string
  /** Missing where the server gave none, or where the token endpoint keeps it. */
  refreshToken?: string | undefined
  /** Taken before the request was sent: the token is at least this old. */
  obtainedAt: number
  expiresAt: number
}

/** The mark "this generation is presented, at this time, by this frame". */
export interface Lease {
  /** The name of the lock that the owner holds from before the mark until its answer is dealt with. */
  owner: string
  presentedAt: number
  /** 1 for the first presentation of this generation. More: an earlier one ended in neither success nor verdict. */
  presentation: number
}

/** The last attempt to get a new access token failed. */
export interface CoolDown {
  /** No frame asks the token endpoint before this time, in milliseconds since 1970. */
  until: number
  /** The reason, as callers get it. */
  code: TokenEndpointErrorCode
  /** How many attempts in a row have failed. */
  failures: number
  /** A new consent is the way out: the server refused in words, or several attempts have failed. */
  offerConsent: boolean
  /** The API had refused the access token, so it is not good any more, whatever the clock says. */
  isTokenRefused: boolean
}

interface GrantIdentity {
  /** When the person consented. Rotation doesn't change it. */
  grantedAt: number
  /** Random, new with each rotation: the identity of the refresh token, which every write is compared with. */
  generation: string
  /** The rotation that this generation came from. */
  parent?: { generation: string; presentation: number } | undefined
  scopes: readonly string[]
  workspace?: string | undefined
}

export interface LiveGrant extends GrantIdentity {
  status: 'live'
  /** The `way` of the token endpoint that the grant was obtained by. Left out where that had no name. */
  way?: string | undefined
  tokenSet: TokenSet
  /** Whether a refresh is possible: there is a refresh token, here or at the token endpoint. */
  renewable: boolean
  /** Whether the account was seen to be the member that the grant is kept for. */
  memberChecked: boolean
  /** The access token came of a refresh that a 401 forced. */
  forced?: boolean | undefined
  lease?: Lease | undefined
  coolDown?: CoolDown | undefined
}

/** A grant that the token endpoint pronounced dead: stored, so that "reconnect" survives a reload. */
export interface ExpiredGrant extends GrantIdentity {
  status: 'expired'
  reason: ExpiryReason
  since: number
}

/** All that is stored for one grant key: one value, so that one transaction covers it. */
export interface GrantEntry {
  record?: LiveGrant | ExpiredGrant
  attempts: readonly PendingAttempt[]
}

export const NO_ENTRY: GrantEntry = { attempts: [] }

/** What a frame knows of an entry. */
export interface GrantView extends GrantEntry {
  storage: 'unread' | 'read' | 'unreadable'
  /** `false` while something of it is in this frame's memory alone. */
  persistent: boolean
}

/** Whether the access token is fit for a call made now. */
export function isGood(tokenSet: TokenSet, now: number): boolean {
  // A clock that was set back would keep a dead token alive.
  return now >= tokenSet.obtainedAt - CLOCK_TOLERANCE_MS && now <= lastGoodAt(tokenSet)
}

/** The grant if it is alive: renewable, or with an access token that still lasts. */
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

/** The view as a client sees it that can't renew every grant: the others end with their access token. */
export function seenBy(view: GrantView, canRenew: (grant: LiveGrant) => boolean): GrantView {
  const { record } = view
  if (record?.status !== 'live' || !record.renewable || canRenew(record)) return view
  return { ...view, record: { ...record, renewable: false } }
}

/** How the grant ended, if it did. */
export function endOf(
  { record }: GrantEntry,
  now: number,
): Pick<ExpiredGrant, 'reason' | 'since' | 'scopes'> | undefined {
  if (record?.status === 'expired') return record
  if (record?.status !== 'live' || record.renewable || isGood(record.tokenSet, now)) return undefined
  return { reason: 'expired', since: Math.floor(lastGoodAt(record.tokenSet)), scopes: record.scopes }
}

/** Compares by content, since each read of the storage makes new objects. */
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

/** Never `offline_access`, which is in no list of what was granted. */
export function missingScopes(granted: readonly string[], required: readonly string[]): readonly string[] {
  return required.filter((scope) => scope !== OFFLINE_ACCESS && !granted.includes(scope))
}

/** The last moment at which the access token is good. */
export function lastGoodAt({ obtainedAt, expiresAt }: TokenSet): number {
  return expiresAt - Math.min(EXPIRY_MARGIN_MS, (expiresAt - obtainedAt) * EXPIRY_MARGIN_SHARE)
}
