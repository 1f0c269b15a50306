import type { PendingAttempt } from '../authorization/pending-attempts'
import { delay, within } from '../deadline'
import {
  ASK_MS,
  MEMORY_TRUST_ALONE_MS,
  MEMORY_TRUST_MS,
  STORAGE_READ_MS,
  STORAGE_RETRY_MAX_MS,
  STORAGE_RETRY_MS,
  STORAGE_WRITE_MS,
} from '../durations'
import type { Platform } from '../platform'
import { openChannel } from './channel'
import { readStoredEntry, toStoredEntry } from './entry-format'
import type { GrantEntry, GrantView } from './grant'
import type { KeyValueStore } from './key-value-store'

/** Turns the entry that a transaction found into the one to store; the same object where there is nothing to change. */
export type EntryChange = (entry: GrantEntry) => GrantEntry

/** One grant key, as one frame sees it. */
export interface GrantStore {
  /** What is known without asking. */
  view(): GrantView
  /** Reads the storage. Never rejects; settles within a second. */
  read(): Promise<GrantView>
  /** What is known, read again where it may be stale. */
  current(): Promise<GrantView>
  /** Changes the stored entry in one transaction, and rejects where that can't be done. */
  transact(change: EntryChange): Promise<GrantView>
  /**
   * The same, but never in vain: a change that can't be stored counts in this frame's memory and is tried again until
   * it is stored or has become pointless. `stored` settles then.
   */
  commit(change: EntryChange): Promise<{ view: GrantView; stored: Promise<void> }>
  /**
   * Removes record and attempts in one transaction, and resolves with the record that was there. Rejects if the storage
   * may still hold them; it tries again then.
   */
  remove(): Promise<GrantEntry['record']>
  /** Whether the grant of this generation is in this frame's memory alone, for sure. */
  isOnlyHere(generation: string): boolean
  /** Asks the sibling frames whether one holds the answer to the presentation of `generation`. */
  isAnsweredElsewhere(generation: string): Promise<boolean>
  subscribe(listener: () => void): () => void
}

const EMPTY: GrantEntry = { attempts: [] }

interface PendingChange {
  change: EntryChange
  done: () => void
}

export function openGrantStore(platform: Platform, storage: KeyValueStore, key: string): GrantStore {
  let stored: GrantEntry = EMPTY
  let storageState: GrantView['storage'] = 'unread'
  let pending: readonly PendingChange[] = []
  let view: GrantView = { ...EMPTY, storage: 'unread', persistent: true }
  let readAt: { wall: number; monotonic: number } | undefined
  let reading: Promise<GrantView> | undefined
  /** Whether a write that was given up may be done all the same. */
  let isUnsure = false
  /** How often somebody signed out in this frame. */
  let removals = 0
  let retryTimer: unknown
  let retryMs = STORAGE_RETRY_MS
  // Operations are numbered in the order of their transactions: a read never overwrites what a later write brought.
  let begun = 0
  let written = 0
  const listeners = new Set<() => void>()
  const answered = new Set<string>()

  const channel = openChannel(platform, `powerup-oauth:${key}`, (message) => {
    if (message.type === 'changed') void (reading ?? Promise.resolve()).then(read)
    else if (message.type === 'iHaveAnswer') answered.add(message.generation)
    else if (holdsAnswerTo(message.generation))
      channel.post({ type: 'iHaveAnswer', generation: message.generation })
  })
  platform.onWake(() => void read())

  function show(): GrantView {
    const entry = pending.reduce((before, { change }) => change(before), stored)
    const persistent = pending.length === 0
    if (
      entry.record !== view.record ||
      entry.attempts !== view.attempts ||
      storageState !== view.storage ||
      persistent !== view.persistent
    ) {
      view = { ...entry, storage: storageState, persistent }
      for (const listener of listeners) listener()
    }
    return view
  }

  function accept(value: unknown): GrantView {
    const found = readStoredEntry(value)
    stored = found.kind === 'entry' ? found.entry : EMPTY
    storageState = 'read'
    readAt = { wall: platform.now(), monotonic: platform.monotonicNow() }
    return show()
  }

  function read(): Promise<GrantView> {
    const order = ++begun
    reading ??= within(platform, STORAGE_READ_MS, storage.get(key), unavailable)
      .then(
        (value) => (order > written ? accept(value) : view),
        () => {
          storageState = 'unreadable'
          return show()
        },
      )
      .finally(() => {
        reading = undefined
      })
    return reading
  }

  /** Applies what is pending and `change` in one transaction. What it does counts too if that takes too long. */
  function write({ change, done }: PendingChange): Promise<GrantView> {
    const order = ++begun
    let waiting = pending
    let isHeldBack = false
    let isChanged = false
    const update = storage.update(key, (value) => {
      // What the transaction before has stored must not be stored again.
      waiting = waiting.filter((item) => pending.includes(item))
      const found = readStoredEntry(value)
      const before = found.kind === 'entry' ? found.entry : { ...EMPTY }
      const after = change(waiting.reduce((entry, item) => item.change(entry), before))
      isHeldBack = found.kind === 'newer' && after !== before && after.record?.status !== 'live'
      isChanged = after !== before && !isHeldBack
      return isChanged ? toStoredEntry(after) : value
    })
    const finished = update.then((value) => {
      const isLatest = order > written
      written = Math.max(written, order)
      // A record of a newer library is left alone until there is a new grant to put in its place.
      if (isHeldBack) throw new Error('The stored record is of a newer version.')
      pending = pending.filter((item) => !waiting.includes(item) && item.change !== change)
      if (isLatest) isUnsure = false
      const now = isLatest ? accept(value) : show()
      if (isChanged) channel.post({ type: 'changed' })
      for (const item of waiting) item.done()
      done()
      return now
    })
    return within(platform, STORAGE_WRITE_MS, finished, () => {
      isUnsure = true
      return unavailable()
    })
  }

  function tryAgainLater(): void {
    platform.clearTimeout(retryTimer)
    retryTimer = platform.setTimeout(() => {
      retryMs = Math.min(retryMs * 2, STORAGE_RETRY_MAX_MS)
      if (pending.length > 0) write({ change: (entry) => entry, done: noValue }).catch(tryAgainLater)
    }, retryMs)
  }

  function holdsAnswerTo(generation: string): boolean {
    const { record } = view
    if (record?.status !== 'live' || record.generation === generation || isStored(record.generation))
      return false
    // Also after several rotations of which none could be stored.
    return record.parent?.generation === generation || isStored(generation)
  }

  function isOnlyHere(generation: string): boolean {
    // A storage that has never answered may hang for good: a sign-in has to do without it then.
    const mayBeStored = isUnsure && readAt !== undefined
    return view.record?.generation === generation && !isStored(generation) && !mayBeStored
  }

  function isStored(generation: string): boolean {
    return stored.record?.generation === generation
  }

  async function commit(change: EntryChange): Promise<{ view: GrantView; stored: Promise<void> }> {
    const removalsBefore = removals
    let done: () => void = noValue
    const whenStored = new Promise<void>((resolve) => {
      done = resolve
    })
    try {
      return { view: await write({ change, done }), stored: whenStored }
    } catch {
      // A sign-out came in between: what was to be stored before it is not tried again.
      if (removals > removalsBefore) return { view: show(), stored: Promise.resolve() }
      pending = [...pending, { change, done }]
      retryMs = STORAGE_RETRY_MS
      tryAgainLater()
      return { view: show(), stored: whenStored }
    }
  }

  return {
    view: () => view,
    read,
    current: async () => (isTrusted() ? view : read()),
    transact: (change) => write({ change, done: noValue }),
    commit,
    remove: async () => {
      const removedAt = platform.now()
      const isSafe = storageState === 'unreadable' && stored === EMPTY
      const known = view
      removals++
      let { record } = known
      for (const { done } of pending) done()
      pending = []
      stored = EMPTY
      written = begun
      // What is signed out is known, also where nothing was ever read.
      if (storageState === 'unread') storageState = 'read'
      show()
      try {
        const change = (entry: GrantEntry) => {
          record = entry.record ?? record
          return EMPTY
        }
        await write({ change, done: noValue })
      } catch (error) {
        await commit((entry) => withoutOlder(entry, known, removedAt))
        if (!isSafe) throw error
      }
      return record
    },
    isOnlyHere,
    isAnsweredElsewhere: async (generation) => {
      answered.delete(generation)
      channel.post({ type: 'whoHasAnswer', generation })
      const until = platform.monotonicNow() + ASK_MS
      while (!answered.has(generation) && platform.monotonicNow() < until) {
        await delay(platform, ASK_MS / 5)
      }
      return answered.delete(generation)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  function isTrusted(): boolean {
    if (!readAt) return false
    const elapsedMs = platform.monotonicNow() - readAt.monotonic
    const jumpMs = Math.abs(platform.now() - readAt.wall - elapsedMs)
    const trustMs = channel.isOpen ? MEMORY_TRUST_MS : MEMORY_TRUST_ALONE_MS
    return elapsedMs < trustMs && jumpMs < MEMORY_TRUST_ALONE_MS
  }
}

/**
 * What a sign-out that could not be stored at its time still has to remove: all that it knew, and all that is older.
 * The clock alone doesn't tell: it may have been set back since the grant was given.
 */
function withoutOlder(entry: GrantEntry, known: GrantEntry, removedAt: number): GrantEntry {
  const { record, attempts } = entry
  const isKnown = ({ state, openedAt }: PendingAttempt) =>
    known.attempts.some((attempt) => attempt.state === state && attempt.openedAt === openedAt)
  const left = attempts.filter(
    (attempt) => (attempt.openedAt ?? attempt.preparedAt) > removedAt && !isKnown(attempt),
  )
  const isNewer = record && record.grantedAt > removedAt && record.grantedAt !== known.record?.grantedAt
  if (isNewer) return { record, attempts: left }
  return record || left.length < attempts.length ? { attempts: left } : entry
}

function noValue(): void {}

function unavailable(): never {
  throw new Error('The storage did not answer in time.')
}
