import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Builds `dist` for the browser tests, unless it is newer than all that it is made of. */
export default function build(): void {
  if (!existsSync('src') || isFresh()) return
  const { status } = spawnSync('npx', ['tsup', '--silent'], { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error('The build failed')
}

const sources = ['src', 'tools', 'package.json', 'tsup.config.ts', 'tsconfig.json']

function isFresh(): boolean {
  const built = ages('dist')
  return built.length > 0 && Math.min(...built) > Math.max(...sources.flatMap(ages))
}

function ages(path: string): number[] {
  if (!existsSync(path)) return []
  const stats = statSync(path)
  return stats.isDirectory() ? readdirSync(path).flatMap((name) => ages(join(path, name))) : [stats.mtimeMs]
}
