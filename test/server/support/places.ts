import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Parts } from './setup'
import type { Place } from './stores'

/** What the stores need. */
export type KeeperParts = Pick<Parts, 'postgresPort' | 'redisPort' | 'nodeWithSqlite' | 'programs'>

/** The stores that keepers are tested over, each new and empty. `undefined`: this machine has not what it needs. */
export function keeperPlaces(parts: KeeperParts, scratch: string): Record<PlaceName, Place | undefined> {
  const { postgresPort, redisPort, nodeWithSqlite, programs } = parts
  const name = `run_${randomUUID().slice(0, 8)}`
  return {
    file: { client: 'files', folder: join(scratch, name) },
    sqlite:
      nodeWithSqlite === undefined
        ? undefined
        : {
            client: 'node:sqlite',
            file: join(scratch, `${name}.db`),
            node: nodeWithSqlite,
            lender: programs.storeLender,
          },
    postgres: postgresPort === undefined ? undefined : { client: 'pg', port: postgresPort, table: name },
    redis: redisPort === undefined ? undefined : { client: 'redis', port: redisPort, prefix: `${name}:` },
  }
}

/** The name of one of these stores. */
export type PlaceName = 'file' | 'sqlite' | 'postgres' | 'redis'
