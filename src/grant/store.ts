import { noValue, within } from '../base/async'
import { STORAGE_READ_MS, STORAGE_WRITE_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import { openChannel } from './channel'
import { readStoredEntry, type StoredEntry, toStoredEntry } from './entry-format'
import { createFreshness } from './freshness'
import { type GrantEntry, type GrantView, isSameView, NO_ENTRY } from './grant'
import type { KeyValueStore } from './key-value-store'
import { withoutOlder } from './on-sign-out'
import { createUnsaved, type EntryChange, type UnsavedChange } from './unsaved'

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
  /** Calls back at each change of the view. Returns its own undo. */
  subscribe(listener: () => void): () => void
  /** Ends the listening to other frames. Reads and writes still work. */
  close(): void
}

export function openGrantStore(platform: Platform, storage: KeyValueStore, key: string): GrantStore {
  let stored = NO_ENTRY
  let storageState: GrantView['storage'] = 'unread'
  let view: GrantView = { ...stored, storage: storageState, persistent: true }
  let reading: Promise<GrantView> | undefined
  /** Whether a write that was given up may be done all the same. */
  let isUnsure = false
  /** How often somebody signed out in this frame. */
  let removals = 0
  // Operations are numbered in the order of their transactions: a read never overwrites what a later write brought.
  let begun = 0
  let written = 0
  const unsaved = createUnsaved(platform, () => write(NO_CHANGE))
  const freshness = createFreshness(platform)
  const listeners = new Set<() => void>()

  // Whatever it says, a message is a hint to read again.
  const channel = openChannel(platform, `powerup-oauth:${key}`, () => {
    void (reading ?? Promise.resolve()).then(read)
  })
  const stopWaking = platform.onWake(() => void read())

  function show(): GrantView {
    const waiting = unsaved.list()
    const entry = unsaved.applyTo(stored, waiting)
    const next: GrantView = { ...entry, storage: storageState, persistent: waiting.length === 0 }
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

  /** Stores what is unsaved and `own` in one transaction. What it does counts too if that takes too long. */
  function write(own: UnsavedChange): Promise<GrantView> {
    const order = ++begun
    // A change that comes to wait later may belong after a sign-out that is on its way: this transaction is before it.
    const waiting = unsaved.list()
    let outcome: Outcome = 'same'
    const update = storage.update(key, (value) => {
      const found = readStoredEntry(value)
      const before = { ...found.entry }
      const after = own.change(unsaved.applyTo(before, waiting))
      outcome = outcomeOf(found, before, after)
      return outcome === 'changed' ? toStoredEntry(after) : value
    })
    const finished = update.then((value) => {
      const isLatest = order > written
      written = Math.max(written, order)
      if (outcome === 'heldBack') throw new Error('The stored record is of a newer version.')
      if (isLatest) isUnsure = false
      unsaved.settle([...waiting, own])
      const now = isLatest ? accept(value) : show()
      if (outcome === 'changed') channel.post({ type: 'changed' })
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
    const item = { change, done }
    try {
      return { view: await write(item), stored: whenStored }
    } catch {
      // A sign-out came in between: what was to be stored before it is not tried again.
      if (removals > removalsBefore) return { view, stored: Promise.resolve() }
      unsaved.add(item)
      return { view: show(), stored: whenStored }
    }
  }

  async function remove(): Promise<GrantEntry['record']> {
    const removedAt = platform.now()
    const isSafe = storageState === 'unreadable' && stored === NO_ENTRY
    const known = view
    let { record } = known
    removals++
    unsaved.clear()
    stored = NO_ENTRY
    written = begun
    // What is signed out is known, also where nothing was ever read.
    if (storageState === 'unread') storageState = 'read'
    show()
    try {
      await transact((entry) => {
        record = entry.record ?? record
        return NO_ENTRY
      })
    } catch (error) {
      await commit((entry) => withoutOlder(entry, { known, at: removedAt }, platform.now()))
      if (!isSafe) throw error
    }
    return record
  }

  function transact(change: EntryChange): Promise<GrantView> {
    return write({ change, done: noValue })
  }

  const storedGeneration = () => stored.record?.generation

  return {
    view: () => view,
    read,
    current: async () => (freshness.isTrusted(channel.isOpen) ? view : read()),
    transact,
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
    close: () => {
      stopWaking()
      channel.close()
    },
  }
}

const NO_CHANGE: UnsavedChange = { change: (entry) => entry, done: noValue }

/** The result of a transaction. A record of a newer library holds back all but a new grant to replace it. */
type Outcome = 'same' | 'changed' | 'heldBack'

function outcomeOf({ isNewer, isDamaged }: StoredEntry, before: GrantEntry, after: GrantEntry): Outcome {
  if (after === before) return isDamaged ? 'changed' : 'same'
  return isNewer && after.record?.status !== 'live' ? 'heldBack' : 'changed'
}

function unavailable(): never {
  throw new Error('The storage did not answer in time.')
}
