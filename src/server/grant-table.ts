import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import type { GrantStore, StoredGrant } from './grant-store'
import { checkStoreOptions } from './store-options'
import { textOf } from './stored-text'

/** A grant store that is a table of a database. */
export interface GrantTable extends GrantStore {
  /** Makes the table if it isn't there. Many processes may call it at once, at each start. */
  migrate(): Promise<void>
}

/** Options of a store that is a table. */
export interface GrantTableOptions {
  /**
   * The name of the table: lower-case letters, digits and `_`, 48 at most, and no digit first. A schema may stand before it:
   * `oauth.grants`.
   * @default 'powerup_oauth_grants'
   */
  table?: string
}

/** Ends the message of an error about a table that isn't there. */
export const MIGRATE = '. Call migrate() of the store first, at each start.'

/** Reads the name of the table. It becomes a part of statements, so only plain names are taken. */
export function readTable(options: GrantTableOptions): string {
  checkStoreOptions(options)
  const { table = 'powerup_oauth_grants' } = options
  if (typeof table !== 'string' || !/^(?:[a-z_][a-z0-9_]{0,47}\.)?[a-z_][a-z0-9_]{0,47}$/.test(table)) {
    throw new ConfigurationError(
      'invalidStore',
      'The option `table` of a grant store is a name of lower-case letters, digits and "_", no digit first, with a schema and "." before it or not.',
    )
  }
  return table
}

/** Reads the row of a grant. One that was damaged gets an empty value: the keeper sees that it is no grant. */
export function grantIn(row: unknown): StoredGrant | undefined {
  if (row === undefined) return undefined
  const { value, version } = fieldsOf(row)
  return { value: typeof value === 'string' ? textOf(value) : '', version: String(version) }
}

/** Reads the keys of rows. */
export function keysIn(rows: readonly unknown[]): readonly string[] {
  return rows.map((row) => textOf(String(fieldsOf(row).key)))
}
