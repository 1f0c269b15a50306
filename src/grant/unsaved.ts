import type { Platform } from '../base/platform'
import type { GrantEntry } from './grant'
import { createRetry } from './retry'

/**
 * A function that makes the entry to store out of the one that a transaction found. It returns the same object where
 * there is nothing to change.
 */
export type EntryChange = (entry: GrantEntry) => GrantEntry

/** A change, and the one who waits for it to be stored. */
export interface UnsavedChange {
  /** The change to store. */
  change: EntryChange
  /** Told once, with the entry that stands after the change. `undefined`: a sign-out in this frame took the change back. */
  done(entry: GrantEntry | undefined): void
}

/** The changes that count in this frame's memory until the storage takes them, in the order in which they were made. */
export interface Unsaved {
  /** Lists the changes that wait at this moment. */
  list(): readonly UnsavedChange[]
  /** Makes a change wait. The next attempt to store it comes in a second, also if others have failed often. */
  add(item: UnsavedChange): void
  /** Applies those of `items` that still wait: what was stored since must not be stored again. */
  applyTo(entry: GrantEntry, items: readonly UnsavedChange[]): GrantEntry
  /** Takes out what is stored, and tells those who wait for it which entry stands now. */
  settle(items: readonly UnsavedChange[], entry: GrantEntry | undefined): void
  /** Takes back everything that waits. */
  clear(): void
}

/**
 * Makes an empty list of unsaved changes, which tries again by itself to store them.
 * @param save tries to store everything that waits
 */
export function createUnsaved(platform: Platform, save: () => Promise<unknown>): Unsaved {
  let waiting: readonly UnsavedChange[] = []
  const retry = createRetry(platform, async () => {
    if (waiting.length > 0) await save()
    return true
  })

  function settle(items: readonly UnsavedChange[], entry: GrantEntry | undefined): void {
    waiting = waiting.filter((item) => !items.includes(item))
    for (const { done } of items) done(entry)
  }

  return {
    list: () => waiting,
    add: (item) => {
      waiting = [...waiting, item]
      retry.soon()
    },
    applyTo: (entry, items) =>
      items.filter((item) => waiting.includes(item)).reduce((changed, { change }) => change(changed), entry),
    settle,
    clear: () => settle(waiting, undefined),
  }
}
