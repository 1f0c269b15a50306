import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

let listsAreFresh = false

/** Installs packages of the system. Gives the reason why they could not be installed, or undefined when they were. */
export function install(names: readonly string[]): string | undefined {
  const asRoot = rootPrefix()
  if (asRoot === undefined) return 'this machine has no apt-get, or needs a password to use it'
  if (!listsAreFresh && !run([...asRoot, 'apt-get', 'update'])) return 'apt-get update failed'
  listsAreFresh = true
  const command = [...asRoot, 'apt-get', 'install', '--yes', '--no-install-recommends', ...names]
  return run(command) ? undefined : `${command.join(' ')} failed`
}

function rootPrefix(): readonly string[] | undefined {
  if (!succeeds('apt-get', ['--version'])) return undefined
  if (process.getuid?.() === 0) return []
  return succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined
}

function run([command, ...rest]: readonly string[]): boolean {
  if (command === undefined) return false
  console.log(`$ ${[command, ...rest].join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, rest, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
}

function succeeds(command: string, rest: readonly string[]): boolean {
  return spawnSync(command, rest, { stdio: 'ignore' }).status === 0
}
