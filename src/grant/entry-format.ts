import { fieldsOf } from '../base/fields'
import type { PendingAttempt } from './attempt'
import { type ExpiredGrant, type GrantEntry, type LiveGrant, NO_ENTRY } from './grant'

/** The version of what is stored. A frame with an older library leaves a newer version alone. */
const VERSION = 1

/** What stands in the store under a key. Nothing there, a damaged and a newer one are an entry with nothing in it. */
export interface StoredEntry {
  entry: GrantEntry
  isNewer: boolean
}

/** Never throws. */
export function readStoredEntry(value: unknown): StoredEntry {
  const { version, record, attempts } = fieldsOf(value)
  const isSound = version === VERSION && isListOf(attempts, isAttempt)
  if (isSound && record === undefined) return { entry: { attempts }, isNewer: false }
  if (isSound && isGrant(record)) return { entry: { record, attempts }, isNewer: false }
  return { entry: NO_ENTRY, isNewer: typeof version === 'number' && version > VERSION }
}

/** `undefined`: nothing is left to store. */
export function toStoredEntry({ record, attempts }: GrantEntry): unknown {
  if (!record && attempts.length === 0) return undefined
  return { version: VERSION, attempts, ...(record && { record }) }
}

function isGrant(value: unknown): value is LiveGrant | ExpiredGrant {
  const { status, scopes, tokenSet, lease } = fieldsOf(value)
  if (
    !has('string', value, 'generation') ||
    !has('number', value, 'grantedAt') ||
    !isListOf(scopes, isString)
  )
    return false
  if (status === 'expired') return has('number', value, 'since') && has('string', value, 'reason')
  return (
    status === 'live' &&
    has('string', tokenSet, 'accessToken') &&
    has('number', tokenSet, 'obtainedAt', 'expiresAt') &&
    (lease === undefined ||
      (has('string', lease, 'owner') && has('number', lease, 'presentedAt', 'presentation')))
  )
}

function isAttempt(value: unknown): value is PendingAttempt {
  return (
    has(
      'string',
      value,
      'state',
      'codeVerifier',
      'url',
      'clientId',
      'redirectUri',
      'authorizationEndpoint',
    ) &&
    has('number', value, 'preparedAt') &&
    isListOf(fieldsOf(value).scopes, isString)
  )
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem)
}

function has(type: 'string' | 'number', value: unknown, ...names: string[]): boolean {
  const fields = fieldsOf(value)
  return names.every((name) => typeof fields[name] === type)
}
