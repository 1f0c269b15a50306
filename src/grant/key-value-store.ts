/** A store of one value per key. Every method rejects when the storage cannot be used. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>
  /**
   * Reads, changes and writes in one transaction, and resolves with what stands then, once it is safe on the disk.
   * `change` is synchronous; it returns the same value to leave it, or `undefined` to delete it.
   */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>
  keys(): Promise<readonly string[]>
}
