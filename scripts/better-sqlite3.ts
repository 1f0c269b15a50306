import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const folder = resolve('test/server/better-sqlite3')

/**
 * The path of `better-sqlite3`, which has a package of its own: where no ready build can be fetched it is compiled, which
 * takes minutes and a compiler. A machine that cannot have it gets `undefined` and is told why; under `CI=true` that is an
 * error.
 */
export function ensureBetterSqlite(): string | undefined {
  const found = findBetterSqlite()
  if (found !== undefined) return found
  console.log(`$ npm ci --prefix ${folder}`)
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, JOBS: 'max' },
  })
  const installed = status === 0 ? findBetterSqlite() : undefined
  if (installed !== undefined) return installed
  const message = 'better-sqlite3 can neither be fetched nor compiled on this machine.'
  if (process.env.CI === 'true') throw new Error(message)
  console.log(`! ${message}`)
  return undefined
}

/** The path, if it is installed and can be loaded. */
export function findBetterSqlite(): string | undefined {
  const require = createRequire(`${folder}/package.json`)
  try {
    const Database = require('better-sqlite3')
    new Database(':memory:').close()
    return require.resolve('better-sqlite3')
  } catch {
    return undefined
  }
}
