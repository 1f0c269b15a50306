import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { digestOf } from './digest'
import { type GrantTable, type GrantTableOptions, grantIn, keysIn, MIGRATE, readTable } from './grant-table'
import { withoutValues } from './store-error'
import { storedText } from './stored-text'

/** A `Pool` of `pg`. */
export interface PostgresPool {
  /** Runs one statement. */
  query(text: string, values: string[]): Promise<{ rows: unknown[] }>
}

/** The `sql` function of `postgres`. */
export interface PostgresSql {
  /** Runs one statement. */
  unsafe(text: string, values: string[]): PromiseLike<unknown[]>
}

/**
 * Keeps grants in a table of a Postgres database, for any number of processes and machines. Each operation is one
 * statement, which takes a connection of the pool for itself.
 * @param pool of `pg` or of `postgres`
 * @throws ConfigurationError `invalidStore`
 * @example
 * ```ts
 * import { Pool } from 'pg'
 * import { postgresGrants } from 'powerup-oauth/server/postgres'
 *
 * const store = postgresGrants(new Pool())
 * await store.migrate()
 * ```
 */
export function postgresGrants(
  pool: PostgresPool | PostgresSql,
  options: GrantTableOptions = {},
): GrantTable {
  const runOnce = runnerOf(pool)
  const table = readTable(options)
  async function run(text: string, values: string[]): Promise<readonly unknown[]> {
    const rows: unknown = await whenSerial(() => runOnce(text, values))
    if (Array.isArray(rows)) return rows
    throw anotherClient()
  }
  const isDone = async (text: string, values: string[]) => (await run(text, values)).length === 1

  return {
    async migrate() {
      // Two who make it at the same time would fail, `IF NOT EXISTS` or not, so they queue. A key may be longer than what
      // an index takes, so its digest is the primary key.
      await run(
        `DO $$ BEGIN
          PERFORM pg_advisory_xact_lock(${MIGRATION_LOCK});
          IF to_regclass('${table}') IS NULL THEN
            CREATE TABLE ${table} (
              digest text PRIMARY KEY, key text NOT NULL, value text NOT NULL, version text NOT NULL
            );
          END IF;
        END $$`,
        [],
      )
    },
    async get(key) {
      const [row] = await run(`SELECT value, version FROM ${table} WHERE digest = $1`, [await digestOf(key)])
      return grantIn(row)
    },
    async compareAndSwap(key, version, value) {
      const digest = await digestOf(key)
      if (version === undefined && value === undefined) {
        return (await run(`SELECT 1 FROM ${table} WHERE digest = $1`, [digest])).length === 0
      }
      if (value === undefined) {
        const remove = `DELETE FROM ${table} WHERE digest = $1 AND version = $2 RETURNING 1`
        return isDone(remove, [digest, String(version)])
      }
      const next = crypto.randomUUID()
      if (version === undefined) {
        const insert = `INSERT INTO ${table} (digest, key, value, version) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1`
        return isDone(insert, [digest, storedText(key), storedText(value), next])
      }
      const update = `UPDATE ${table} SET value = $3, version = $4 WHERE digest = $1 AND version = $2 RETURNING 1`
      return isDone(update, [digest, String(version), storedText(value), next])
    },
    async keys() {
      return keysIn(await run(`SELECT key FROM ${table}`, []))
    },
  }
}

type Run = (text: string, values: string[]) => Promise<readonly unknown[]>

/** `postgres` gives a function, which has no `query`. */
function runnerOf(pool: PostgresPool | PostgresSql): Run {
  const { query, unsafe } = fieldsOf(pool)
  if (typeof unsafe === 'function' && 'unsafe' in pool)
    return async (text, values) => pool.unsafe(text, values)
  if (typeof query === 'function' && 'query' in pool) {
    return async (text, values) => (await pool.query(text, values)).rows
  }
  throw anotherClient()
}

/** Some others have a function of the same name, which gives something else. */
function anotherClient(): ConfigurationError {
  return new ConfigurationError(
    'invalidStore',
    'postgresGrants takes a Pool of pg, or the function that postgres() gives.',
  )
}

/** Any number will do, as long as it is the same in all processes. */
const MIGRATION_LOCK = 7_693_287_405

/** The times that a statement is begun again. One of the contenders gets on each time. */
const ROUNDS = 100

/** Runs a statement. Where transactions are stricter than `read committed`, a loser is told to begin it again. */
async function whenSerial<T>(run: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await run()
    } catch (error) {
      const code = String(fieldsOf(error).code)
      if (!MUST_REPEAT.includes(code) || round === ROUNDS)
        throw withoutValues(error, code === NO_TABLE ? MIGRATE : '')
    }
  }
}

const NO_TABLE = '42P01'

/** Serialization failure and deadlock: the statement has done nothing. */
const MUST_REPEAT = ['40001', '40P01']
