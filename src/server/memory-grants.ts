import type { GrantStore, StoredGrant } from './grant-store'

/** Makes a store in the memory of this process, for tests. Its grants end with the process. */
export function memoryGrants(): GrantStore {
  const grants = new Map<string, StoredGrant>()
  let count = 0
  return {
    get: async (key) => grants.get(key),
    compareAndSwap: async (key, version, value) => {
      if (grants.get(key)?.version !== version) return false
      if (value === undefined) grants.delete(key)
      else grants.set(key, { value, version: ++count })
      return true
    },
    keys: async () => [...grants.keys()],
  }
}
