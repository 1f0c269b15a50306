import type { GrantEntry } from '../../../../src/grant/grant'
import { grantKey } from '../../../../src/grant/key'
import { AUTHORIZATION_ENDPOINT } from '../servers/network'
import { type Channels, createChannels } from './channels'
import type { Clock, Life } from './clock'
import { createLockManager, type LockManager } from './lock-manager'
import { createStorage, type Storage } from './storage'

export const MEMBER = 'member-1'
export const WORKSPACE = 'workspace-1'
export const CLIENT_ID = 'client-1'

/** What the frames under one top-level page share, and share with nobody else. */
export interface Partition {
  storage: Storage
  /** `undefined`: this browser has no Web Locks. */
  locks: LockManager | undefined
  /** `undefined`: this browser has no BroadcastChannel. */
  channels: Channels | undefined
  /** The stored entry of the one grant key of the simulation. */
  entry(): GrantEntry
  /** How often another grant was stored, one removed, or a part spoiled. */
  changes(): number
  /** Stores a value under that key, past all rules. `undefined`: removes it. */
  put(value: unknown): void
  /** The value as it is stored. */
  value(): unknown
}

export interface PartitionOptions {
  hasLocks: boolean
  hasChannel: boolean
  /** The key of a browser, or of a keeper. */
  key: string
  onTransaction(life: Life, before: GrantEntry, after: GrantEntry): void
  onStorageFault(): void
}

export const PAGE_KEY = grantKey({
  authorizationEndpoint: AUTHORIZATION_ENDPOINT,
  clientId: CLIENT_ID,
  member: MEMBER,
  workspace: WORKSPACE,
})

export function createPartition(clock: Clock, options: PartitionOptions): Partition {
  let changes = 0

  function watch(life: Life, before: unknown, after: unknown): void {
    const [was, is] = [entryOf(before).record, entryOf(after).record]
    if (was?.generation !== is?.generation || was?.status !== is?.status) changes++
    options.onTransaction(life, entryOf(before), entryOf(after))
  }

  const storage = createStorage(clock, watch, options.onStorageFault)
  return {
    storage,
    locks: options.hasLocks ? createLockManager(clock) : undefined,
    channels: options.hasChannel ? createChannels(clock) : undefined,
    entry: () => entryOf(storage.peek(options.key)),
    changes: () => changes,
    put: (value) => {
      changes++
      storage.put(options.key, value)
    },
    value: () => storage.peek(options.key),
  }
}

/** Reads what is sound of a stored value, damaged or not. */
function entryOf(value: unknown): GrantEntry {
  const { record, attempts } = (value ?? {}) as Partial<GrantEntry>
  const sound = Array.isArray(attempts)
    ? attempts.filter((attempt) => typeof attempt?.state === 'string')
    : []
  return record && isSound(record) ? { record: soundPartOf(record), attempts: sound } : { attempts: sound }
}

/** A spoiled mark is no mark: nobody can tell whose it was. */
function soundPartOf(record: NonNullable<GrantEntry['record']>): NonNullable<GrantEntry['record']> {
  if (record.status !== 'live' || typeof record.lease !== 'string') return record
  const { lease: _lease, ...rest } = record
  return rest
}

function isSound(record: NonNullable<GrantEntry['record']>): boolean {
  if (record.status === 'live') return typeof record.tokenSet?.accessToken === 'string'
  return record.status === 'expired'
}
