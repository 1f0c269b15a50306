import type { KeyValueStore } from '../../../src/grant/key-value-store'

/** A store in memory whose reads and writes work, fail or hang, as the test says. */
export interface FakeStorage extends KeyValueStore {
  values: Map<string, unknown>
  reads: 'work' | 'fail' | 'hang'
  writes: 'work' | 'fail' | 'hang'
  /** How often it was read and written so far. */
  counts: { get: number; update: number }
  /** Lets what hung go on. */
  goOn(): void
}

export function createStorage(): FakeStorage {
  let hanging: (() => void)[] = []
  const values = new Map<string, unknown>()

  async function pass(mode: 'work' | 'fail' | 'hang'): Promise<void> {
    if (mode === 'fail') throw new DOMException('The disk is full.', 'QuotaExceededError')
    if (mode === 'hang') await new Promise<void>((resolve) => hanging.push(resolve))
  }

  const storage: FakeStorage = {
    values,
    reads: 'work',
    writes: 'work',
    counts: { get: 0, update: 0 },
    goOn: () => {
      const waiting = hanging
      hanging = []
      for (const resolve of waiting) resolve()
    },
    get: async (key) => {
      storage.counts.get++
      await pass(storage.reads)
      return structuredClone(values.get(key))
    },
    update: async (key, change) => {
      storage.counts.update++
      await pass(storage.writes)
      const before = structuredClone(values.get(key))
      const after = change(before)
      if (after === undefined) values.delete(key)
      else if (after !== before) values.set(key, structuredClone(after))
      return after
    },
    keys: async () => {
      await pass(storage.reads)
      return [...values.keys()]
    },
  }
  return storage
}
