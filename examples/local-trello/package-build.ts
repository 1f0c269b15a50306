import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Builds the package where `dist/` is missing or older than the sources. Throws, with what was said, if it can't. */
export function ensurePackageIsBuilt(say: (words: string) => void): void {
  if (oldest(built) >= newest(sources)) return
  say('Building the package…')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsup], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The package does not build:\n${stdout}${stderr}`)
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
const built = ['index.js', 'callback.html', 'powerup-oauth-callback.js'].map((name) =>
  join(root, 'dist', name),
)
const sources = [join(root, 'src'), join(root, 'tsup.config.ts')]

function oldest(files: string[]): number {
  return Math.min(...files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0))
}

function newest(paths: string[]): number {
  return Math.max(
    ...paths.map((path) => (isDirectory(path) ? newest(contentOf(path)) : statSync(path).mtimeMs)),
  )
}

function isDirectory(path: string): boolean {
  return statSync(path).isDirectory()
}

function contentOf(directory: string): string[] {
  return readdirSync(directory).map((name) => join(directory, name))
}
