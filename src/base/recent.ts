/** The values that were used last, by their keys. One that was not used for long is made again when it is asked for. */
export interface Recent<Value> {
  get(key: string, make: () => Value): Value
}

/** @param max the values that are kept at most, so that nothing grows on a page that lives for days */
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
