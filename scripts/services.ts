import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, isExecutable } from './system-packages'

export type ServiceName = 'postgres' | 'redis'

export const serviceNames: readonly ServiceName[] = ['postgres', 'redis']

/** A server of its own on the loopback, with an empty data folder. */
export interface Service {
  port: number
  pid: number
  /** Ends it, by its process id, and removes its data. */
  stop(): Promise<void>
}

/**
 * The folder with the programs of a service; where there is none, it is installed from the system's packages. A machine
 * that cannot have it gets `undefined` and is told why; under `CI=true` that is an error.
 */
export function ensureService(name: ServiceName): string | undefined {
  const found = findService(name)
  if (found !== undefined) return found
  const { variable, packages } = services[name]
  const reason = process.env[variable]
    ? `${variable} names ${process.env[variable]}, where it isn't`
    : install(packages)
  const installed = reason === undefined ? findService(name) : undefined
  if (installed !== undefined) return installed
  const message = `${name} is not on this machine: ${reason ?? 'its packages were installed, but its files are not where they should be'}.`
  if (process.env.CI === 'true') throw new Error(message)
  console.log(`! ${message} Install ${packages.join(' ')}, or name its folder in ${variable}.`)
  return undefined
}

/** The folder with the programs of a service. Installs nothing. */
export function findService(name: ServiceName): string | undefined {
  const { variable, programs, places } = services[name]
  const named = process.env[variable]
  const folders = named ? [named] : places()
  return folders.find((folder) => programs.every((program) => isExecutable(join(folder, program))))
}

/** Starts a service, and waits until it answers. */
export async function startService(name: ServiceName, folder: string): Promise<Service> {
  const data = mkdtempSync(join(tmpdir(), `powerup-oauth-${name}-`))
  const user = name === 'postgres' ? plainUser() : undefined
  if (user) chownSync(data, user.uid, user.gid)
  const port = await freePort()
  const { prepare, start, isReady } = services[name]
  // The words that it prints are waited for.
  const options = { ...user, cwd: data, env: { ...process.env, LC_ALL: 'C' } }
  const [first, ...rest] = prepare(data)
  if (first !== undefined) {
    const { status, stdout, stderr } = spawnSync(join(folder, first), rest, { ...options, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${first} ended with ${status}: ${stdout}${stderr}`)
  }
  const [program = '', ...args] = start(data, port)
  const child = spawn(join(folder, program), args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const pid = await answering(name, child, isReady)
  // A test run that ends in an error ends its services too.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    port,
    pid,
    async stop() {
      process.off('exit', kill)
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        // To Postgres: without waiting for clients.
        child.kill('SIGINT')
        await ended
      }
      rmSync(data, { recursive: true, force: true })
    },
  }
}

interface Kind {
  /** Names the folder of its programs. */
  variable: string
  packages: readonly string[]
  programs: readonly string[]
  places(): readonly string[]
  prepare(data: string): readonly string[]
  start(data: string, port: number): readonly string[]
  isReady: RegExp
}

const services: Record<ServiceName, Kind> = {
  postgres: {
    variable: 'POSTGRES_FOLDER',
    packages: ['postgresql'],
    programs: ['postgres', 'initdb'],
    places: () => [...postgresFolders(), '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'],
    prepare: (data) => [
      'initdb',
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    start: (data, port) => [
      'postgres',
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      '',
      '-c',
      'fsync=off',
    ],
    isReady: /database system is ready to accept connections/,
  },
  redis: {
    variable: 'REDIS_FOLDER',
    packages: ['redis-server'],
    programs: ['redis-server'],
    places: () => ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'],
    prepare: () => [],
    start: (data, port) => [
      'redis-server',
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      data,
      '--save',
      '',
    ],
    isReady: /Ready to accept connections/i,
  },
}

/** Debian keeps each version in a folder of its own. The newest comes first. */
function postgresFolders(): readonly string[] {
  const above = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(above).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(above, version, 'bin'))
  } catch {
    return []
  }
}

/** Postgres refuses to run as root. */
function plainUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const found = ['postgres', 'nobody'].flatMap((name) => users.filter(([each]) => each === name))[0]
  if (found === undefined) throw new Error('There is no user postgres and no user nobody to run Postgres as.')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('This machine gives no port.')
  return address.port
}

function answering(name: ServiceName, child: ChildProcess, isReady: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = ''
    const read = (chunk: Buffer) => {
      log += chunk
      if (isReady.test(log) && child.pid !== undefined) resolve(child.pid)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${log}`)))
  })
}
