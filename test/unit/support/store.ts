import type { Platform } from '../../../src/base/platform'
import { type EntryStore, openEntryStore } from '../../../src/grant/store'
import { createBrowser, type FakeBrowser, type FakeFrame } from './browser'
import { createStorage, type FakeStorage } from './key-value-store'

export const KEY = 'key-1'

export interface Partition extends FakeBrowser {
  storage: FakeStorage
  /** Puts a value into the storage, past everybody. */
  plant(value: unknown): void
  stored(): unknown
  /** A frame with the store of the key. */
  open(differences?: Partial<Platform>): { frame: FakeFrame; platform: Platform; store: EntryStore }
}

/** A partition whose storage is in memory and fails as the test says. */
export function createPartition(): Partition {
  const browser = createBrowser()
  const storage = createStorage()
  return {
    ...browser,
    storage,
    plant: (value) => storage.values.set(KEY, structuredClone(value)),
    stored: () => storage.values.get(KEY),
    open: (differences) => {
      const frame = browser.frame(differences)
      return { frame, platform: frame.platform, store: openEntryStore(frame.platform, storage, KEY) }
    },
  }
}
