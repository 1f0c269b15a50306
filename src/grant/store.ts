import { noValue, promised, within } from '../base/async'
import { STORAGE_PATIENCE_MS, STORAGE_READ_MS, STORAGE_WRITE_MS } from '../base/durations'
import type { Platform } from '../base/platform'
import { createAttemptRemoval, dropOldAttempts } from './attempt-removal'
import { openChannel } from './channel'
import { readStoredEntry } from './entry-format'
import { createFreshness } from './freshness'
import { type GrantEntry, type GrantView, holdSameRefreshToken, isGood, isSameView, NO_ENTRY } from './grant'
import type { KeyValueStore } from './key-value-store'
import { withoutOlder } from './on-sign-out'
import { createRetry } from './retry'
import { type Change, changed } from './transaction'
import { createUnsaved, type EntryChange, type UnsavedChange } from './unsaved'

/** The entry of one grant key, as one frame sees it. */
export interface EntryStore {
  /** Gives what is known, without asking the storage. */
  view(): GrantView
  /** Reads the storage. Never rejects; settles within a second. */
  read(): Promise<GrantView>
  /**
   * Gives what is known, and reads it again first where it may be stale. While the storage hangs, a good token does not
   * wait for it.
   */
  current(): Promise<GrantView>
  /** Changes the stored entry in one transaction, and rejects where that can't be done. */
  transact(change: EntryChange): Promise<GrantView>
  /**
   * The same, but never in vain: a change that can't be stored counts in this frame's memory, and is tried again until it
   * is stored or has become pointless. `stored` resolves then with the entry that stands. `undefined`: `remove()` took the
   * change back, and has told of its grant.
   */
  commit(change: EntryChange): Promise<{ view: GrantView; stored: Promise<GrantEntry | undefined> }>
  /**
   * Removes record and attempts in one transaction, and resolves with the records that were there: the one that was
   * stored, and one that was only in this frame's memory. Rejects if the storage may still hold them; it tries again then.
   */
  remove(): Promise<readonly GrantRecord[]>
  /** Tells whether the grant of this generation is only in this frame's memory, for sure, and its refresh token too. */
  isOnlyHere(generation: string): boolean
  /** Gives the generation that the storage was last seen to hold. */
  storedGeneration(): string | undefined
  /** Calls back at each change of the view. Returns its own undo. */
  subscribe(listener: () => void): () => void
  /** Ends the listening to other frames. Reads and writes still work. */
  close(): void
}

type GrantRecord = NonNullable<GrantEntry['record']>

/**
 * Opens the store of one grant key: from here on it listens to the other frames. Nothing is read yet.
 * @param readMs the longest time for a read
 */
export function openEntryStore(
  platform: Platform,
  storage: KeyValueStore,
  key: string,
  readMs = STORAGE_READ_MS,
): EntryStore {
  let stored = NO_ENTRY
  let storageState: GrantView['storage'] = 'unread'
  /** The error of the last read that failed. */
  let failure: unknown
  let view: GrantView = { ...stored, storage: storageState, persistent: true }
  let reading: Promise<GrantView> | undefined
  /** `true` while the storage has not answered a read in time. */
  let isSlow = false
  /** `true` while a write that was given up may be done all the same. */
  let isUnsure = false
  /** The number of sign-outs in this frame. */
  let removals = 0
  /** The write that began last. It never rejects. */
  let lastWrite: Promise<unknown> = Promise.resolve()
  // Operations are numbered in the order of their transactions: a read never overwrites what a later write brought.
  let begun = 0
  let written = 0
  const unsaved = createUnsaved(platform, () => write(NO_CHANGE))
  const reread = createRetry(platform, async () => (await read()).storage === 'read')
  const removal = createAttemptRemoval(
    platform,
    () => stored.attempts,
    (at) => transact((entry) => dropOldAttempts(entry, at)),
  )
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
    const next: GrantView = { ...entry, storage: storageState, persistent: waiting.length === 0, failure }
    if (isSameView(view, next)) return view
    view = next
    for (const listener of listeners) listener()
    return view
  }

  function accept(value: unknown): void {
    stored = readStoredEntry(value).entry
    storageState = 'read'
    isSlow = false
    freshness.renew()
  }

  function read(): Promise<GrantView> {
    reading ??= readOnce().finally(() => {
      reading = undefined
    })
    return reading
  }

  async function readOnce(): Promise<GrantView> {
    const order = ++begun
    const asked = promised(() => storage.get(key))
    try {
      const value = await within(platform, readMs, asked, unavailable)
      if (order <= written) return view
      accept(value)
      removal.look()
    } catch (error) {
      if (storageState !== 'unreadable') reread.soon()
      storageState = 'unreadable'
      failure = error
    }
    return show()
  }

  async function current(): Promise<GrantView> {
    if (freshness.isTrusted(channel.isOpen)) return view
    const { record } = view
    const isServed = record?.status === 'live' && isGood(record.tokenSet, platform.now())
    const fresh = read()
    if (!isServed) return fresh
    if (isSlow) return view
    return within(platform, STORAGE_PATIENCE_MS, fresh, () => {
      isSlow = true
      return view
    })
  }

  /** Stores what is unsaved and `own` in one transaction. What it does counts too if that takes too long. */
  function write(own: UnsavedChange): Promise<GrantView> {
    const order = ++begun
    // A change that comes to wait later may belong after a sign-out that is on its way: this transaction is before it.
    const waiting = unsaved.list()
    const removalsBefore = removals
    let outcome: Change['outcome'] = 'same'

    function change(value: unknown): unknown {
      // A sign-out came before the storage got to it: nothing of that person is written again.
      if (removals > removalsBefore) return value
      const done = changed(value, (entry) => own.change(unsaved.applyTo(entry, waiting)))
      outcome = done.outcome
      return done.value
    }

    async function finish(): Promise<GrantView> {
      const value = await promised(() => storage.update(key, change))
      const isLatest = order > written
      written = Math.max(written, order)
      if (outcome === 'heldBack') throw new Error('The stored record is of a newer version.')
      if (isLatest) {
        isUnsure = false
        accept(value)
      }
      unsaved.settle([...waiting, own], stored)
      const now = show()
      if (outcome === 'changed') {
        removal.plan()
        channel.post({ type: 'changed' })
      }
      return now
    }

    const done = within(platform, STORAGE_WRITE_MS, finish(), () => {
      isUnsure = true
      return unavailable()
    })
    lastWrite = done.catch(noValue)
    return done
  }

  function transact(change: EntryChange): Promise<GrantView> {
    return write({ change, done: noValue })
  }

  async function commit(change: EntryChange): ReturnType<EntryStore['commit']> {
    const removalsBefore = removals
    let done: UnsavedChange['done'] = noValue
    const whenStored = new Promise<GrantEntry | undefined>((resolve) => {
      done = resolve
    })
    const item = { change, done }
    try {
      return { view: await write(item), stored: whenStored }
    } catch {
      // A sign-out came in between: what was to be stored before it is not tried again.
      if (removals > removalsBefore) return { view, stored: Promise.resolve(stored) }
      unsaved.add(item)
      return { view: show(), stored: whenStored }
    }
  }

  async function remove(): Promise<readonly GrantRecord[]> {
    const at = platform.now()
    const isSafe = storageState === 'unreadable' && !freshness.wasRead()
    const known = view
    const isKnownStored = known.record?.generation === storedGeneration()
    let found: GrantRecord | undefined
    removals++
    unsaved.clear()
    stored = NO_ENTRY
    written = begun
    // What is signed out is known, also where nothing was ever read.
    if (storageState === 'unread') storageState = 'read'
    show()
    try {
      await transact((entry) => {
        found = entry.record
        return NO_ENTRY
      })
    } catch (error) {
      await commit((entry) => withoutOlder(entry, { known, at }, platform.now()))
      if (!isSafe) throw error
    }
    const isOne = isKnownStored || found?.generation === known.record?.generation
    const removed = isOne ? [found ?? known.record] : [found, known.record]
    return removed.filter((record) => record !== undefined)
  }

  function storedGeneration(): string | undefined {
    return stored.record?.generation
  }

  return {
    view: () => view,
    read,
    current,
    transact,
    commit,
    remove,
    isOnlyHere: (generation) => {
      // A storage that has never answered may hang for good: a sign-in has to do without it then.
      const mayBeStored = isUnsure && freshness.wasRead()
      if (view.record?.generation !== generation || storedGeneration() === generation) return false
      return !mayBeStored && !holdSameRefreshToken(view.record, stored.record)
    },
    storedGeneration,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      stopWaking()
      reread.stop()
      removal.stop()
      // The other frames have to hear of what is being written.
      void lastWrite.then(channel.close)
    },
  }
}

const NO_CHANGE: UnsavedChange = { change: (entry) => entry, done: noValue }

function unavailable(): never {
  throw new Error('The storage did not answer in time.')
}
