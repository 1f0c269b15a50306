import { createRequire } from 'node:module'
import { fileGrants } from '../../../src/server/file-grants'
import type { GrantStore } from '../../../src/server/grant-store'
import { postgresGrants } from '../../../src/server/postgres-grants'
import { redisGrants } from '../../../src/server/redis-grants'
import { type SqliteDatabase, sqliteGrants } from '../../../src/server/sqlite-grants'
import { borrowStore } from './lent-store'

/** A store that a worker process can open as well: its client, and the place of its data. */
export type Place =
  | { client: 'files'; folder: string }
  | { client: 'pg' | 'postgres'; port: number; table: string; level?: Level }
  | { client: 'redis' | 'ioredis'; port: number; prefix: string }
  | { client: 'better-sqlite3'; file: string; module: string }
  | { client: 'node:sqlite'; file: string; node: string; lender: string }

/** An open store, with what closes its connection. */
export interface OpenStore {
  store: GrantStore & { migrate?(): Promise<void> }
  close(): Promise<unknown>
}

/** Opens a store over a new connection. */
export async function openStore(place: Place): Promise<OpenStore> {
  switch (place.client) {
    case 'files':
      return { store: fileGrants(place.folder), close: async () => undefined }
    // Each worker process loads one client only.
    case 'pg': {
      const { Pool } = await import('pg')
      const options = isolation(place, (level) => ({
        options: `-c ${ISOLATION}=${level.replace(' ', '\\ ')}`,
      }))
      const pool = new Pool({ ...loopback(place.port), max: 4, ...options })
      return { store: postgresGrants(pool, { table: place.table }), close: () => pool.end() }
    }
    case 'postgres': {
      const { default: postgres } = await import('postgres')
      const options = isolation(place, (level) => ({ connection: { [ISOLATION]: level } }))
      const sql = postgres({ ...loopback(place.port), max: 4, ...options })
      return { store: postgresGrants(sql, { table: place.table }), close: () => sql.end() }
    }
    case 'redis': {
      const { createClient } = await import('redis')
      const client = createClient({ socket: { host: '127.0.0.1', port: place.port } })
      await client.connect()
      return { store: redisGrants(client, { prefix: place.prefix }), close: () => client.close() }
    }
    case 'ioredis': {
      const { Redis } = await import('ioredis')
      const client = new Redis(place.port, '127.0.0.1')
      return { store: redisGrants(client, { prefix: place.prefix }), close: () => client.quit() }
    }
    case 'better-sqlite3': {
      const database = openBetterSqlite(place.module, place.file)
      return { store: sqliteGrants(database), close: async () => database.close() }
    }
    case 'node:sqlite': {
      if (process.execPath !== place.node) return borrowStore(place, place.node, place.lender)
      const database = await openNodeSqlite(place.file)
      return { store: sqliteGrants(database), close: async () => database.close() }
    }
  }
}

/** The Node that processes with this store run on. */
export function nodeFor(place: Place): string {
  return place.client === 'node:sqlite' ? place.node : process.execPath
}

type ClosableDatabase = SqliteDatabase & { close(): unknown }

/** The types are those of the package, so that the compiler compares them with what the store takes. */
function openBetterSqlite(module: string, file: string): ClosableDatabase {
  const Database: typeof import('better-sqlite3') = createRequire(import.meta.url)(module)
  // The store's own waiting is what is tested here: the database's own blocks the process.
  return new Database(file, { timeout: 0 })
}

async function openNodeSqlite(file: string): Promise<ClosableDatabase> {
  // Node 20 has no such module, and its types neither.
  const name = 'node:sqlite'
  const { DatabaseSync } = await import(name)
  return new DatabaseSync(file)
}

function loopback(port: number) {
  return { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
}

const ISOLATION = 'default_transaction_isolation'

type Level = 'repeatable read' | 'serializable'

function isolation<T>({ level }: { level?: Level }, options: (level: Level) => T): T | undefined {
  return level && options(level)
}
