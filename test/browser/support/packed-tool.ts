import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The package `trello-local`, made as `npm publish` would make it. Gives the path of its file. */
export function packTool(destination: string): string {
  const args = ['pack', '--json', '--silent', '--pack-destination', destination]
  const cwd = resolve('examples/local-trello')
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd, encoding: 'utf8' }))
  return join(destination, packed.filename)
}

/** Installs a package into an empty folder, with nothing of this repository around it. */
export function installTool(tarball: string, folder: string): void {
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent']
  execFileSync('npm', ['install', '--prefix', folder, ...quietly, tarball], { cwd: folder })
}

/** A started tool, and the address of the board that it printed. */
export interface StartedTool {
  boardUrl: URL
  stop(): Promise<void>
}

/** Starts a command that prints where its board is. Rejects with what it printed, where it ends without. */
export function startTool(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<StartedTool> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let printed = ''
  return new Promise((started, failed) => {
    const hear = (words: Buffer) => {
      printed += words
      const [, address] = /Local Trello is at (\S+)/.exec(printed) ?? []
      if (address !== undefined) started({ boardUrl: new URL(address), stop: () => stop(child) })
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('error', failed)
    child.once('close', (code) => failed(new Error(`It ended with ${code}: ${printed}`)))
  })
}

/** Adds up the bytes of all files of a folder. */
export function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return bytesIn(path)
      return entry.isFile() ? statSync(path).size : 0
    })
    .reduce((sum, bytes) => sum + bytes, 0)
}

/** Ends the command with all that it started, as `npx` starts a shell and that the tool. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-child.pid, 'SIGINT')
  await ended
}
