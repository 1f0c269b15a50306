import { spawnSync } from 'node:child_process'
import { findBetterSqlite } from '../test/server/support/better-sqlite3'

// `npm run better-sqlite3`: the tests of the stores with `better-sqlite3`, which is installed for them, and compiled where no
// ready build can be fetched. That takes minutes and a compiler, so `npm test` has it only where it is installed already.

const folder = 'test/server/better-sqlite3'

if (findBetterSqlite() === undefined) run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'])
if (findBetterSqlite() === undefined) throw new Error('better-sqlite3 is installed, and cannot be loaded.')
run('vitest', ['run', '--project', 'server', 'test/server/stores.test.ts', '-t', 'better-sqlite3'])

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, JOBS: 'max' } })
  if (status !== 0) throw new Error(`${program} ended with ${status}.`)
}
