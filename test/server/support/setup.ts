import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'
import { ensureBetterSqlite } from '../../../scripts/better-sqlite3'
import { ensureService, type Service, serviceNames, startService } from '../../../scripts/services'

/** The parts that this machine has. A part that is missing has been spoken of, and its tests are skipped. */
export interface Parts {
  postgresPort: number | undefined
  redisPort: number | undefined
  redisPid: number | undefined
  betterSqlite: string | undefined
  /** The script that worker processes run. */
  worker: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    parts: Parts
  }
}

/** In the project, so that it finds the clients of the databases. */
const BUILT = resolve('node_modules/.cache/powerup-oauth-workers', String(process.pid))

/** Starts what there is, once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const worker = `${BUILT}/worker.mjs`
  await build({
    entryPoints: ['test/server/support/worker.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  const running = new Map<string, Service>()
  for (const name of serviceNames) {
    const folder = ensureService(name)
    if (folder !== undefined) running.set(name, await startService(name, folder))
  }
  project.provide('parts', {
    postgresPort: running.get('postgres')?.port,
    redisPort: running.get('redis')?.port,
    redisPid: running.get('redis')?.pid,
    betterSqlite: ensureBetterSqlite(),
    worker,
  })
  return async () => {
    for (const service of running.values()) await service.stop()
    rmSync(BUILT, { recursive: true, force: true })
  }
}
