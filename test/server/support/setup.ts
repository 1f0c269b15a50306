import type { TestProject } from 'vitest/node'
import { ensureNodeWithSqlite } from '../../../scripts/node-with-sqlite'
import { ensureService, type Service, serviceNames, startService } from '../../../scripts/services'
import { findBetterSqlite } from './better-sqlite3'
import { buildPrograms, type Programs } from './programs'

/** The parts that this machine has. A part that is missing has been spoken of, and its tests are skipped. */
export interface Parts {
  postgresPort: number | undefined
  redisPort: number | undefined
  redisPid: number | undefined
  betterSqlite: string | undefined
  nodeWithSqlite: string | undefined
  programs: Programs
}

declare module 'vitest' {
  export interface ProvidedContext {
    parts: Parts
  }
}

/** Starts what there is, once for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { programs, remove } = await buildPrograms()
  const running = new Map<string, Service>()
  for (const name of serviceNames) {
    const folder = ensureService(name)
    if (folder !== undefined) running.set(name, await startService(name, folder))
  }
  project.provide('parts', {
    postgresPort: running.get('postgres')?.port,
    redisPort: running.get('redis')?.port,
    redisPid: running.get('redis')?.pid,
    betterSqlite: findBetterSqlite(),
    nodeWithSqlite: ensureNodeWithSqlite(),
    programs,
  })
  return async () => {
    for (const service of running.values()) await service.stop()
    remove()
  }
}
