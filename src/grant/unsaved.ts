import { STORAGE_RETRY_MAX_MS, STORAGE_RETRY_MS } from '../base/durations'
import { type Platform, unref } from '../base/platform'
import type { GrantEntry } from './grant'

/** Turns the entry that a transaction found into the one to store; the same object where there is nothing to change. */
export type EntryChange = (entry: GrantEntry) => GrantEntry

/** A change, and the one who waits for it to be stored. */
export interface UnsavedChange {
  change: EntryChange
  /** Told once, when the change is stored or has become pointless. */
  done(): void
}

/** The changes that count in this frame's memory until the storage takes them, in the order in which they were made. */
export interface Unsaved {
  /** The changes that wait at this moment. */
  list(): readonly UnsavedChange[]
  /** Makes a change wait. The next attempt to store it comes soon, also if others have failed often. */
  add(item: UnsavedChange): void
  /** Applies those of `items` that still wait: what was stored since must not be stored again. */
  applyTo(entry: GrantEntry, items: readonly UnsavedChange[]): GrantEntry
  /** Takes out what is stored, and tells who waits for it. */
  settle(items: readonly UnsavedChange[]): void
  /** Gives up everything that waits. */
  clear(): void
}

/** @param save tries to store everything that waits */
export function createUnsaved(platform: Platform, save: () => Promise<unknown>): Unsaved {
  let waiting: readonly UnsavedChange[] = []
  let pauseMs = STORAGE_RETRY_MS
  let timer: unknown

  function settle(items: readonly UnsavedChange[]): void {
    waiting = waiting.filter((item) => !items.includes(item))
    for (const { done } of items) done()
  }

  function tryAgainLater(): void {
    platform.clearTimeout(timer)
    timer = platform.setTimeout(() => {
      pauseMs = Math.min(pauseMs * 2, STORAGE_RETRY_MAX_MS)
      if (waiting.length > 0) save().catch(tryAgainLater)
    }, pauseMs)
    unref(timer)
  }

  return {
    list: () => waiting,
    add: (item) => {
      waiting = [...waiting, item]
      pauseMs = STORAGE_RETRY_MS
      tryAgainLater()
    },
    applyTo: (entry, items) =>
      items.filter((item) => waiting.includes(item)).reduce((changed, { change }) => change(changed), entry),
    settle,
    clear: () => settle(waiting),
  }
}
