import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileGrants } from 'powerup-oauth/server/file'
import { sqliteGrants } from 'powerup-oauth/server/sqlite'
import { testGrantStore } from 'powerup-oauth/testing'

/** Proves the stores of one machine: in files, and in a database that `open` opens in a file. */
export async function proveStores(open) {
  const folder = mkdtempSync(join(tmpdir(), 'grants-'))
  let count = 0
  const next = () => join(folder, `${count++}`)
  async function migrated(store) {
    await store.migrate()
    return store
  }
  const checks = [
    ...testGrantStore(() => fileGrants(next())),
    ...testGrantStore(() => migrated(sqliteGrants(open(next())))),
  ]
  try {
    for (const { run } of checks) await run()
  } finally {
    rmSync(folder, { recursive: true })
  }
}
