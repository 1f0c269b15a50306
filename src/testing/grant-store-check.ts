import type { GrantStore, StoredGrant } from '../server/grant-store'

/** One rule that a grant store has to keep, as a test. */
export interface GrantStoreCheck {
  /** The rule, as the title of a test. */
  readonly rule: string
  /**
   * Tries the rule on a store.
   * @throws GrantStoreError when the store breaks it. An error of the store itself passes through.
   */
  run(): Promise<void>
}

/** A store broke a rule of {@link GrantStore}. The message says which, and what the store did. */
export class GrantStoreError extends Error {
  override name = 'GrantStoreError' as const
  /** The rule that it broke, as the check has it. */
  readonly rule: string

  constructor(rule: string, found: string) {
    super(`${rule}: ${found}`)
    this.rule = rule
  }
}

/** A store under test. */
export interface Subject {
  /** The store. */
  readonly store: GrantStore
  /** Ends the check with what the store did wrong. */
  fail(found: string): never
  /** Makes a key that no other check has. */
  newKey(name?: string): string
  /** Reads what has to be there. */
  read(key: string): Promise<StoredGrant>
  /** Writes over whatever is there, with nobody in the way, and reads it again. */
  put(key: string, value: string): Promise<StoredGrant>
  /** Swaps, and compares what the writer was told with what is right. */
  swap(
    key: string,
    version: StoredGrant['version'] | undefined,
    value: string | undefined,
    isRight: boolean,
  ): Promise<void>
  /** Lists the keys. */
  keys(): Promise<readonly string[]>
  /** Removes whatever is there. */
  clear(key: string): Promise<void>
}

/** The rules of one kind: the title of each, and the function that tries it. */
export type GrantStoreRules = Readonly<Record<string, (subject: Subject) => Promise<void>>>

/** Puts a store under test. */
export function subjectOf(rule: string, store: GrantStore): Subject {
  const subject: Subject = {
    store,
    fail(found) {
      throw new GrantStoreError(rule, found)
    },
    newKey: (name = 'key') => `test-grant-store ${crypto.randomUUID()} ${name}`,
    async read(key) {
      const stored = await store.get(key)
      if (stored === undefined || stored === null) return subject.fail(`${shown(key)} has been lost.`)
      const { value, version } = stored
      if (typeof value !== 'string') subject.fail(`The value of ${shown(key)} is no text.`)
      if (typeof version !== 'string' && typeof version !== 'number') {
        subject.fail(`The version of ${shown(key)} is neither a text nor a number.`)
      }
      return stored
    },
    async put(key, value) {
      const before = await store.get(key)
      await subject.swap(key, before?.version, value, true)
      return subject.read(key)
    },
    async swap(key, version, value, isRight) {
      const told: unknown = await store.compareAndSwap(key, version, value)
      if (told === isRight) return
      const way = version === undefined ? 'without a version' : 'with a version'
      const what = value === undefined ? 'remove' : 'write'
      subject.fail(`Who tried to ${what} ${shown(key)} ${way} was told ${shown(told)} instead of ${isRight}.`)
    },
    async keys() {
      const listed: unknown = await store.keys()
      if (!Array.isArray(listed)) subject.fail(`keys() gave ${shown(listed)} instead of an array.`)
      return listed
    },
    async clear(key) {
      const before = await store.get(key)
      if (before) await subject.swap(key, before.version, undefined, true)
    },
  }
  return subject
}

/** Shows a value in a message, cut off where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 60)}… (${text.length} characters)` : text
}
