import { ATTEMPTS_MAX } from '../base/durations'
import type { ExpiryReason } from '../base/errors'
import { fieldsOf } from '../base/fields'
import type { PendingAttempt } from './attempt'
import {
  type ExpiredGrant,
  type GrantEntry,
  isSameValue,
  type Lease,
  type LiveGrant,
  NO_ENTRY,
  type TokenSet,
} from './grant'

/** The version of what is stored. A frame with an older library leaves a newer version alone. */
const VERSION = 1
/** The generation of a record whose own was damaged. All frames read the same one, so they can still compare. */
const DAMAGED_GENERATION = 'damaged'

type Fields = ReturnType<typeof fieldsOf>

/** The value that stands in the storage under a key, as far as it can be read. */
export interface StoredEntry {
  /** The part that can be read. Empty where nothing was stored, and where nothing of it can be read. */
  entry: GrantEntry
  /** `true`: a newer library wrote it. Only a new grant may replace it. */
  isNewer: boolean
  /** `true`: something of it could not be read. The next write leaves that out. */
  isDamaged: boolean
}

/**
 * Reads a stored value. Each part is judged on its own: a damaged one takes no sound one along. What a newer version of
 * the same format has added to a part is kept. Never throws.
 */
export function readStoredEntry(value: unknown): StoredEntry {
  const { version, record, attempts } = fieldsOf(value)
  const isNewer = typeof version === 'number' && version > VERSION
  if (value === undefined || isNewer) return { entry: NO_ENTRY, isNewer, isDamaged: false }
  const entry = entryOf(readRecord(record), readAttempts(attempts))
  return { entry, isNewer, isDamaged: !isSameValue(value, toStoredEntry(entry)) }
}

/** Makes the value to store. `undefined`: nothing is left to store. */
export function toStoredEntry({ record, attempts }: GrantEntry): unknown {
  if (!record && attempts.length === 0) return undefined
  return { version: VERSION, attempts, ...(record && { record: withoutUndefined(record) }) }
}

/** Leaves out what is `undefined`, which IndexedDB would store. */
function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function entryOf(record: GrantEntry['record'], attempts: readonly PendingAttempt[]): GrantEntry {
  return record ? { record, attempts } : { attempts }
}

function readRecord(value: unknown): GrantEntry['record'] {
  const fields = fieldsOf(value)
  if (fields.status === 'live') return readLiveGrant(fields)
  return fields.status === 'expired' ? readExpiredGrant(fields) : undefined
}

function readLiveGrant(fields: Fields): LiveGrant | undefined {
  const { tokenSet, renewable, memberChecked, way, forced, lease, coolDown } = fields
  if (typeof tokenSet !== 'object' || tokenSet === null) return undefined
  const { refreshToken } = fieldsOf(tokenSet)
  const isRefreshTokenKept = isText(refreshToken)
  return {
    ...fields,
    ...readIdentity(fields),
    status: 'live',
    way: isText(way) ? way : undefined,
    tokenSet: readTokenSet(tokenSet),
    // A grant without a refresh token here may have one at the token endpoint, but not where ours was damaged.
    renewable: isRefreshTokenKept ? renewable !== false : renewable === true && refreshToken === undefined,
    // A check that nobody is sure of is made again.
    memberChecked: memberChecked === true,
    forced: forced === true ? true : undefined,
    lease: isLease(lease) ? lease : undefined,
    coolDown: isCoolDown(coolDown) ? coolDown : undefined,
  }
}

/** Gives a token whose times were damaged as one that has ended: a refresh brings a new one. */
function readTokenSet(value: object): TokenSet {
  const fields = fieldsOf(value)
  const { accessToken, obtainedAt, expiresAt } = fields
  const refreshToken = isText(fields.refreshToken) ? fields.refreshToken : undefined
  return isText(accessToken) && isTime(obtainedAt) && isTime(expiresAt)
    ? { ...fields, accessToken, refreshToken, obtainedAt, expiresAt }
    : { ...fields, accessToken: '', refreshToken, obtainedAt: 0, expiresAt: 0 }
}

function readExpiredGrant(fields: Fields): ExpiredGrant {
  const { reason, since } = fields
  return {
    ...fields,
    ...readIdentity(fields),
    status: 'expired',
    reason: REASONS.find((known) => known === reason) ?? 'expired',
    since: isTime(since) ? since : 0,
  }
}

const REASONS: readonly ExpiryReason[] = ['expired', 'revoked', 'rotationLost']

function readIdentity({ grantedAt, consent, generation, parent, scopes, workspace }: Fields) {
  return {
    grantedAt: isTime(grantedAt) ? grantedAt : 0,
    consent: isText(consent) ? consent : undefined,
    generation: isText(generation) ? generation : DAMAGED_GENERATION,
    parent: isParent(parent) ? parent : undefined,
    scopes: Array.isArray(scopes) ? scopes.filter(isText) : [],
    workspace: isText(workspace) ? workspace : undefined,
  }
}

function readAttempts(value: unknown): readonly PendingAttempt[] {
  return Array.isArray(value) ? value.filter(isAttempt).slice(0, ATTEMPTS_MAX) : []
}

/** Tells an attempt that is whole. It pins what the exchange needs, so a part that is missing can't be made up. */
function isAttempt(value: unknown): value is PendingAttempt {
  const fields = fieldsOf(value)
  const { preparedAt, openedAt, scopes } = fields
  return (
    PINNED.every((name) => isText(fields[name])) &&
    PINNED_IF_GIVEN.every((name) => fields[name] === undefined || isText(fields[name])) &&
    isTime(preparedAt) &&
    (openedAt === undefined || isTime(openedAt)) &&
    Array.isArray(scopes) &&
    scopes.every(isText)
  )
}

const PINNED = ['state', 'codeVerifier', 'url', 'clientId', 'redirectUri', 'authorizationEndpoint'] as const
const PINNED_IF_GIVEN = ['tokenEndpoint', 'issuer', 'owner', 'claimedBy'] as const

function isLease(value: unknown): value is Lease {
  const { owner, presentedAt, presentation, refusedUpTo } = fieldsOf(value)
  const isCounted = isTime(presentation) && (refusedUpTo === undefined || isTime(refusedUpTo))
  return isText(owner) && isTime(presentedAt) && isCounted
}

function isCoolDown(value: unknown): value is NonNullable<LiveGrant['coolDown']> {
  const { until, code, failures, offerConsent, isTokenRefused } = fieldsOf(value)
  const isDecided = typeof offerConsent === 'boolean' && typeof isTokenRefused === 'boolean'
  return isTime(until) && isText(code) && isTime(failures) && isDecided
}

function isParent(value: unknown): value is NonNullable<LiveGrant['parent']> {
  const { generation, presentation } = fieldsOf(value)
  return isText(generation) && isTime(presentation)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Tells a number that one can count with. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
