// Postgres where DATABASE_URL names one; else SQLite, if this Node has it (22.13 and later); else files.

import { fileGrants } from 'powerup-oauth/server/file'
import { postgresGrants } from 'powerup-oauth/server/postgres'
import { sqliteGrants } from 'powerup-oauth/server/sqlite'

export async function openStore({ DATABASE_URL, GRANTS = 'grants' }) {
  const database = DATABASE_URL ? await postgres(DATABASE_URL) : await sqlite(`${GRANTS}.db`)
  await database?.migrate()
  return database ?? fileGrants(GRANTS)
}

async function postgres(connectionString) {
  const { default: pg } = await import('pg') // npm install pg
  return postgresGrants(new pg.Pool({ connectionString }))
}

async function sqlite(path) {
  const found = await import('node:sqlite').catch(() => undefined)
  return found && sqliteGrants(new found.DatabaseSync(path))
}
