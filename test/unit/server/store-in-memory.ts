import type { GrantStore, StoredGrant } from '../../../src/server/grant-store'

/** A sound store over a Map, with gaps in which others get on. The tests break it in one way at a time. */
export function storeInMemory(
  records: Map<string, StoredGrant> = new Map(),
  changes: (sound: GrantStore, records: Map<string, StoredGrant>) => Partial<GrantStore> = () => ({}),
): GrantStore {
  let count = 0
  const sound: GrantStore = {
    async get(key) {
      await turn()
      return records.get(key)
    },
    async compareAndSwap(key, version, value) {
      await turn()
      if (records.get(key)?.version !== version) return false
      count += 1
      if (value === undefined) records.delete(key)
      else records.set(key, { value, version: `v${count}` })
      return true
    },
    async keys() {
      await turn()
      return [...records.keys()]
    },
  }
  return { ...sound, ...changes(sound, records) }
}

/** Lets everything else that is ready run first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
