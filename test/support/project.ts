import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Row } from './row'

/** The packed packages that a project installs, since they are not on the registry under these names yet. */
export interface Packed {
  /** The path of the tarball of powerup-oauth. */
  library: string
  /** The path of the tarball of the local Trello. */
  tool: string
}

/** Lays out a project in an empty folder, with some tools in other versions. */
export function layOut(row: Row, versions: Readonly<Record<string, string>>, folder: string): void {
  for (const [path, content] of Object.entries(row.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), path === 'package.json' ? withVersions(content, versions) : content)
  }
}

function withVersions(manifest: string, versions: Readonly<Record<string, string>>): string {
  const { dependencies, devDependencies, ...others } = JSON.parse(manifest)
  const replaced = (pinned: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(pinned).map(([name, version]) => [name, versions[name] ?? version]))
  return JSON.stringify({
    ...others,
    dependencies: replaced(dependencies),
    devDependencies: replaced(devDependencies),
  })
}

/** Types the commands of a row in its folder. `undefined`: all went well. Otherwise: what the first to fail printed. */
export async function typeCommands(row: Row, packed: Packed, folder: string): Promise<string | undefined> {
  for (const line of row.commands) {
    const { status, output } = await shell(withTarballs(line, packed), folder)
    if (status !== 0) return `$ ${line}\n${output.slice(-6_000)}`
  }
  return undefined
}

/** Puts the tarballs where a line of `npm install` or `npx` has the names of the packages. */
export function withTarballs(line: string, { library, tool }: Packed): string {
  return line
    .replace(/^(npm install .*?)\bpowerup-oauth\b/, `$1${library}`)
    .replace(/^(npm install .*?)\btrello-local\b/, `$1${tool}`)
}

/** Variables of this process that would change what a fresh terminal does. */
const OURS = /^(?:npm_|NODE_ENV$|NODE_OPTIONS$|VITEST|CI$|FORCE_COLOR$|NODE_PATH$|INIT_CWD$)/

/** The environment of a fresh terminal, in which npm asks its cache first. */
export function freshEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  const quiet = { audit: 'false', fund: 'false', update_notifier: 'false', loglevel: 'error' }
  const npm = Object.entries({ ...quiet, prefer_offline: 'true', ignore_scripts: 'true' })
  const path = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'))
  return {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(npm.map(([name, value]) => [`npm_config_${name}`, value])),
    PATH: path.join(':'),
    NEXT_TELEMETRY_DISABLED: '1',
    STORYBOOK_DISABLE_TELEMETRY: '1',
  }
}

/** A command that takes longer than this hangs: the slowest installs a framework over a slow line. */
const COMMAND_LIMIT_MS = 8 * 60_000

function shell(line: string, folder: string): Promise<{ status: number; output: string }> {
  return new Promise((settle) => {
    const child = spawn('sh', ['-c', line], {
      cwd: folder,
      env: freshEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMMAND_LIMIT_MS,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (words) => {
        output += words
      })
    }
    child.once('error', (error) => settle({ status: 1, output: String(error) }))
    child.once('close', (code) => settle({ status: code ?? 1, output }))
  })
}
