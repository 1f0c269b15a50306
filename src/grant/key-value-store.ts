/** A store of one value per key. Every method rejects when the storage cannot be used. */
export interface KeyValueStore {
  /** Reads the value of a key. `undefined`: there is no value. */
  get(key: string): Promise<unknown>
  /**
   * Reads, changes and writes in one transaction, and resolves with what stands then, once it is safe on the disk.
   * `change` is synchronous; it returns the same value to leave it, or `undefined` to delete it.
   */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>
  /** Lists the keys that have a value. */
  keys(): Promise<readonly string[]>
}
