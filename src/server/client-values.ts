import { fieldsOf } from '../base/fields'
import type { KeyValueStore } from '../grant/key-value-store'

/**
 * Gives each client its own value under a key, as `{ clients: { [clientId]: value } }`. Two Power-Ups with one store have the
 * same keys, those of `grantKey()`, and a refresh token that is presented with another client id is lost.
 */
export function openClientValues(storage: KeyValueStore, clientId: string): KeyValueStore {
  const ownOf = (stored: unknown): unknown => {
    const { clients } = fieldsOf(stored)
    // A damaged value, and one that can't be opened, is whoever's comes first.
    return clients === undefined ? stored : fieldsOf(clients)[clientId]
  }

  function withOwn(stored: unknown, own: unknown): unknown {
    const { [clientId]: _, ...others } = fieldsOf(fieldsOf(stored).clients)
    if (own !== undefined) return { clients: { ...others, [clientId]: own } }
    return Object.keys(others).length > 0 ? { clients: others } : undefined
  }

  return {
    get: async (key) => ownOf(await storage.get(key)),
    update: async (key, change) => {
      const stored = await storage.update(key, (before) => {
        const own = ownOf(before)
        const next = change(own)
        return next === own ? before : withOwn(before, next)
      })
      return ownOf(stored)
    },
    keys: storage.keys,
  }
}
