import { within } from '../base/async'
import { STORAGE_READ_MS, STORAGE_RETRY_MAX_MS, STORAGE_RETRY_MS, STORAGE_WRITE_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import { openChannel } from './channel'
import { readStoredEntry, toStoredEntry } from './entry-format'
import { createFreshness } from './freshness'
import { type GrantEntry, type GrantView, isSameView, NO_ENTRY } from './grant'
import type { KeyValueStore } from './key-value-store'
import { withoutOlder } from './on-sign-out'

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
  /** The generation that the storage was last seen to hold. */
  storedGeneration(): string | undefined
  subscribe(listener: () => void): () => void
}

/** A change that counts in this frame's memory until it is stored. */
interface PendingChange {
  change: EntryChange
  done(): void
}

export function openGrantStore(platform: Platform, storage: KeyValueStore, key: string): GrantStore {
  let stored = NO_ENTRY
  let storageState: GrantView['storage'] = 'unread'
  let pending: readonly PendingChange[] = []
  let view: GrantView = { ...stored, storage: storageState, persistent: true }
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
  const freshness = createFreshness(platform)
  const listeners = new Set<() => void>()

  // Whatever it says, a message is a hint to read again.
  const channel = openChannel(platform, `powerup-oauth:${key}`, () => {
    void (reading ?? Promise.resolve()).then(read)
  })
  platform.onWake(() => void read())

  function show(): GrantView {
    const entry = pending.reduce((before, { change }) => change(before), stored)
    const next: GrantView = { ...entry, storage: storageState, persistent: pending.length === 0 }
    if (isSameView(view, next)) return view
    view = next
    for (const listener of listeners) listener()
    return view
  }

  function accept(value: unknown): GrantView {
    stored = readStoredEntry(value).entry
    storageState = 'read'
    freshness.renew()
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
  function write(change: EntryChange, done: () => void = noValue): Promise<GrantView> {
    const order = ++begun
    let waiting = pending
    let isHeldBack = false
    let isChanged = false
    const update = storage.update(key, (value) => {
      // What the transaction before has stored must not be stored again.
      waiting = waiting.filter((item) => pending.includes(item))
      const { entry, isNewer } = readStoredEntry(value)
      const before = { ...entry }
      const after = change(waiting.reduce((changed, item) => item.change(changed), before))
      isHeldBack = isNewer && after !== before && after.record?.status !== 'live'
      isChanged = after !== before && !isHeldBack
      return isChanged ? toStoredEntry(after) : value
    })
    const finished = update.then((value) => {
      const isLatest = order > written
      written = Math.max(written, order)
      // A record of a newer library is left alone until there is a new grant to put in its place.
      if (isHeldBack) throw new Error('The stored record is of a newer version.')
      if (isLatest) isUnsure = false
      pending = pending.filter((item) => !waiting.includes(item) && item.change !== change)
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

  async function commit(change: EntryChange): Promise<{ view: GrantView; stored: Promise<void> }> {
    const removalsBefore = removals
    let done: () => void = noValue
    const whenStored = new Promise<void>((resolve) => {
      done = resolve
    })
    try {
      return { view: await write(change, done), stored: whenStored }
    } catch {
      // A sign-out came in between: what was to be stored before it is not tried again.
      if (removals > removalsBefore) return { view, stored: Promise.resolve() }
      pending = [...pending, { change, done }]
      retryMs = STORAGE_RETRY_MS
      tryAgainLater()
      return { view: show(), stored: whenStored }
    }
  }

  function tryAgainLater(): void {
    platform.clearTimeout(retryTimer)
    retryTimer = platform.setTimeout(() => {
      retryMs = Math.min(retryMs * 2, STORAGE_RETRY_MAX_MS)
      if (pending.length > 0) write((entry) => entry).catch(tryAgainLater)
    }, retryMs)
  }

  async function remove(): Promise<GrantEntry['record']> {
    const removedAt = platform.now()
    const isSafe = storageState === 'unreadable' && stored === NO_ENTRY
    const known = view
    let { record } = known
    removals++
    for (const { done } of pending) done()
    pending = []
    stored = NO_ENTRY
    written = begun
    // What is signed out is known, also where nothing was ever read.
    if (storageState === 'unread') storageState = 'read'
    show()
    try {
      await write((entry) => {
        record = entry.record ?? record
        return NO_ENTRY
      })
    } catch (error) {
      await commit((entry) => withoutOlder(entry, known, removedAt))
      if (!isSafe) throw error
    }
    return record
  }

  const storedGeneration = () => stored.record?.generation

  return {
    view: () => view,
    read,
    current: async () => (freshness.isTrusted(channel.isOpen) ? view : read()),
    transact: write,
    commit,
    remove,
    isOnlyHere: (generation) => {
      // A storage that has never answered may hang for good: a sign-in has to do without it then.
      const mayBeStored = isUnsure && freshness.wasRead()
      return view.record?.generation === generation && storedGeneration() !== generation && !mayBeStored
    },
    storedGeneration,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function noValue(): void {}

function unavailable(): never {
  throw new Error('The storage did not answer in time.')
}
