/** The values that were used last, by their keys. */
export interface Recent<Value> {
  /** Gives a value that is kept, or makes it. */
  get(key: string, make: () => Value): Value
}

/**
 * Keeps values, so that they are not made again at each use.
 * @param max the values that are kept at most, so that nothing grows on a page that lives for days
 */
export function createRecent<Value>(max: number): Recent<Value> {
  const values = new Map<string, Value>()
  return {
    get: (key, make) => {
      const value = values.has(key) ? (values.get(key) as Value) : make()
      values.delete(key)
      values.set(key, value)
      for (const oldest of values.keys()) {
        if (values.size <= max) break
        values.delete(oldest)
      }
      return value
    },
  }
}
