/**
 * The place where a keeper keeps its grants. Each value is a text: only the keeper makes and reads it. Methods reject
 * when the store can't be asked.
 */
export interface GrantStore {
  /** Reads one value. `undefined`: there is nothing under that key. */
  get(key: string): Promise<StoredGrant | undefined>
  /**
   * Writes a value if the stored one still has this version. Comparing and writing are one step: of two writers who
   * read the same version, one is told `false`.
   * @param version the version that was read. `undefined`: there must be nothing under that key.
   * @param value the new text. `undefined` removes the key.
   * @returns `true` if it was written
   */
  compareAndSwap(key: string, version: GrantVersion | undefined, value: string | undefined): Promise<boolean>
  /** Lists all keys, in any order. */
  keys(): Promise<readonly string[]>
}

/** A value as it was read from a store. */
export interface StoredGrant {
  /** The text. */
  value: string
  /** The version of this text. Each write of the key brings one that the key never had before. */
  version: GrantVersion
}

/** The name of one version of a value. It is compared for equality only. */
export type GrantVersion = string | number
