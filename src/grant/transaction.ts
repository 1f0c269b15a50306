import { readStoredEntry, type StoredEntry, toStoredEntry } from './entry-format'
import type { GrantEntry } from './grant'
import type { EntryChange } from './unsaved'

/** The result of a change inside a transaction. */
export interface Change {
  /**
   * `changed`: another value is to be stored. `same`: nothing is. `heldBack`: a record of a newer library stands there, and
   * only a new grant may replace it.
   */
  outcome: 'same' | 'changed' | 'heldBack'
  /** The value to leave in the storage. */
  value: unknown
}

/** Applies a change to the value that a transaction found. */
export function changed(value: unknown, change: EntryChange): Change {
  const found = readStoredEntry(value)
  const before = { ...found.entry }
  const after = change(before)
  const outcome = outcomeOf(found, before, after)
  return { outcome, value: outcome === 'changed' ? toStoredEntry(after) : value }
}

function outcomeOf(
  { isNewer, isDamaged }: StoredEntry,
  before: GrantEntry,
  after: GrantEntry,
): Change['outcome'] {
  if (after === before) return isDamaged ? 'changed' : 'same'
  return isNewer && after.record?.status !== 'live' ? 'heldBack' : 'changed'
}
