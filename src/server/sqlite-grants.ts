import { SQLITE_BUSY_MS, SQLITE_RETRY_MS } from '../base/durations'
import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { type GrantTable, type GrantTableOptions, grantIn, keysIn, MIGRATE, readTable } from './grant-table'
import { withoutValues } from './store-error'
import { storedText } from './stored-text'

/** A database of `better-sqlite3` or `bun:sqlite`, or a `DatabaseSync` of `node:sqlite`. */
export interface SqliteDatabase {
  /** Runs statements without values. */
  exec(sql: string): unknown
  /** Prepares one statement. */
  prepare(sql: string): {
    /** Runs it and gives all rows. */
    all(...values: string[]): unknown[]
    /** Runs it and gives the number of rows that it changed. */
    run(...values: string[]): { changes: number | bigint }
  }
}

/**
 * Keeps grants in a table of a SQLite database, for many processes of one machine. Give it a connection on which no
 * transaction of yours is open: a write in it would be undone with it.
 *
 * A database that another process is writing to is waited for, up to 5 seconds.
 * @throws ConfigurationError `invalidStore`
 * @example
 * ```ts
 * import Database from 'better-sqlite3' // or: import { DatabaseSync } from 'node:sqlite', or bun:sqlite
 * import { sqliteGrants } from 'powerup-oauth/server/sqlite'
 *
 * const store = sqliteGrants(new Database('grants.db'))
 * await store.migrate()
 * ```
 */
export function sqliteGrants(database: SqliteDatabase, options: GrantTableOptions = {}): GrantTable {
  const { exec, prepare } = fieldsOf(database)
  if (typeof exec !== 'function' || typeof prepare !== 'function') throw anotherDatabase()
  const table = readTable(options)

  async function rows(sql: string, ...values: string[]): Promise<readonly unknown[]> {
    const found: unknown = await whenFree(() => database.prepare(sql).all(...values.map(storedText)))
    if (Array.isArray(found)) return found
    throw anotherDatabase()
  }

  /** One statement is one transaction, so comparing and writing are one step. */
  async function changesOne(sql: string, ...values: string[]): Promise<boolean> {
    const { changes } = await whenFree(() => database.prepare(sql).run(...values.map(storedText)))
    if (changes === undefined) throw anotherDatabase()
    return Number(changes) === 1
  }

  return {
    async migrate() {
      const columns = 'key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, version TEXT NOT NULL'
      await whenFree(() => database.exec(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`))
    },
    async get(key) {
      const [row] = await rows(`SELECT value, version FROM ${table} WHERE key = ?`, key)
      return grantIn(row)
    },
    async compareAndSwap(key, version, value) {
      if (version === undefined && value === undefined) {
        return (await rows(`SELECT 1 FROM ${table} WHERE key = ?`, key)).length === 0
      }
      if (value === undefined) {
        return changesOne(`DELETE FROM ${table} WHERE key = ? AND version = ?`, key, String(version))
      }
      const next = crypto.randomUUID()
      if (version === undefined) {
        const insert = `INSERT INTO ${table} (key, value, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
        return changesOne(insert, key, value, next)
      }
      const update = `UPDATE ${table} SET value = ?, version = ? WHERE key = ? AND version = ?`
      return changesOne(update, value, next, key, String(version))
    },
    async keys() {
      return keysIn(await rows(`SELECT key FROM ${table}`))
    },
  }
}

/** That of `sqlite3` has the same methods and answers by callbacks. */
function anotherDatabase(): ConfigurationError {
  return new ConfigurationError(
    'invalidStore',
    'sqliteGrants takes a database of better-sqlite3 or bun:sqlite, or a DatabaseSync of node:sqlite.',
  )
}

/** Runs a statement, again while another process holds the database. A statement that found it busy has done nothing. */
async function whenFree<T>(run: () => T): Promise<T> {
  const end = Date.now() + SQLITE_BUSY_MS
  for (;;) {
    try {
      return run()
    } catch (error) {
      if (/no such table/.test(String(error))) throw withoutValues(error, MIGRATE)
      if (!isBusy(error) || Date.now() > end) throw error
    }
    // At random, so that processes that met once don't meet again each time.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * SQLITE_RETRY_MS))
  }
}

/** `better-sqlite3` and `bun:sqlite` name the code, `node:sqlite` gives its number, of which the lowest byte is the kind. */
function isBusy(error: unknown): boolean {
  const { code, errcode } = fieldsOf(error)
  const kind = typeof errcode === 'number' ? errcode & 0xff : undefined
  return /^SQLITE_(?:BUSY|LOCKED)/.test(String(code)) || kind === 5 || kind === 6
}
