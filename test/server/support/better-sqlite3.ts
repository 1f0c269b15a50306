import { createRequire } from 'node:module'
import { resolve } from 'node:path'

/** The path of `better-sqlite3`, if it is installed and can be loaded. `npm run better-sqlite3` installs it. */
export function findBetterSqlite(): string | undefined {
  const require = createRequire(resolve('test/server/better-sqlite3/package.json'))
  try {
    const Database = require('better-sqlite3')
    new Database(':memory:').close()
    return require.resolve('better-sqlite3')
  } catch {
    return undefined
  }
}
