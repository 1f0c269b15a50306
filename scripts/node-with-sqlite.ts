import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve('test/server/node-with-sqlite')

/**
 * The path of a Node that has `node:sqlite`, from 22.13 on: this one, or one that is fetched as a package. A machine that cannot
 * have it gets `undefined` and is told why; under `CI=true` that is an error.
 */
export function ensureNodeWithSqlite(): string | undefined {
  if (hasSqlite(process.versions.node)) return process.execPath
  const program = resolve(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node')
  if (existsSync(program)) return program
  console.log(`$ npm ci --prefix ${folder}`)
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status === 0 && existsSync(program)) return program
  const message = `A Node with node:sqlite can't be fetched for ${process.platform} on ${process.arch}.`
  if (process.env.CI === 'true') throw new Error(message)
  console.log(`! ${message} Run the tests with Node 22.13 or newer.`)
  return undefined
}

function hasSqlite(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}
