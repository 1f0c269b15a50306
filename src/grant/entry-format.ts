import type { PendingAttempt } from '../authorization/pending-attempts'
import type { ExpiredGrant, GrantEntry, LiveGrant } from './grant'

/** The version of what is stored. A frame with an older library leaves a newer version alone. */
const VERSION = 1

/** What stands in the store under a key. */
export type StoredEntry = { kind: 'absent' | 'damaged' | 'newer' } | { kind: 'entry'; entry: GrantEntry }

/** Never throws: what cannot be understood is `damaged`, and counts as absent. */
export function readStoredEntry(value: unknown): StoredEntry {
  if (value === undefined) return { kind: 'absent' }
  if (!isObject(value) || typeof value.version !== 'number') return { kind: 'damaged' }
  if (value.version > VERSION) return { kind: 'newer' }
  const { record, attempts } = value
  if (!Array.isArray(attempts) || !attempts.every(isAttempt)) return { kind: 'damaged' }
  if (record === undefined) return { kind: 'entry', entry: { attempts } }
  return isGrant(record) ? { kind: 'entry', entry: { record, attempts } } : { kind: 'damaged' }
}

/** `undefined`: nothing is left to store. */
export function toStoredEntry({ record, attempts }: GrantEntry): unknown {
  if (!record && attempts.length === 0) return undefined
  return { version: VERSION, attempts, ...(record && { record }) }
}

function isGrant(value: unknown): value is LiveGrant | ExpiredGrant {
  if (!isObject(value) || !hasStrings(value, 'generation') || !hasNumbers(value, 'grantedAt')) return false
  if (!isStrings(value.scopes)) return false
  if (value.status === 'expired') return hasNumbers(value, 'since') && hasStrings(value, 'cause')
  const { tokenSet, lease } = value
  return (
    value.status === 'live' &&
    isObject(tokenSet) &&
    hasStrings(tokenSet, 'accessToken') &&
    hasNumbers(tokenSet, 'obtainedAt', 'expiresAt') &&
    (lease === undefined ||
      (isObject(lease) && hasStrings(lease, 'owner') && hasNumbers(lease, 'presentedAt', 'presentation')))
  )
}

function isAttempt(value: unknown): value is PendingAttempt {
  return (
    isObject(value) &&
    hasStrings(value, 'state', 'codeVerifier', 'url', 'clientId', 'redirectUri', 'authorizationEndpoint') &&
    hasNumbers(value, 'preparedAt') &&
    isStrings(value.scopes)
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function hasStrings(value: Record<string, unknown>, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'string')
}

function hasNumbers(value: Record<string, unknown>, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'number')
}
