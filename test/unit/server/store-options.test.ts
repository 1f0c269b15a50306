// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { postgresGrants } from '../../../src/server/postgres-grants'
import { redisGrants } from '../../../src/server/redis-grants'
import { sqliteGrants } from '../../../src/server/sqlite-grants'
import { thrownBy } from '../support/outcome'

const pool = { query: async () => ({ rows: [] }) }
const client = { sendCommand: async () => null }
const database = { exec: () => undefined, prepare: () => ({ all: () => [], run: () => ({ changes: 1 }) }) }

describe.each<[string, (options: object) => unknown]>([
  ['Postgres', (options) => postgresGrants(pool, options)],
  ['Redis', (options) => redisGrants(client, options)],
  ['SQLite', (options) => sqliteGrants(database, options)],
])('the options of a store on %s', (_name, make) => {
  it.each<[string, unknown]>([
    ['null', null],
    ['the name of a table by itself', 'oauth_grants'],
  ])('are refused by name where they are %s', (_what, options) => {
    expect(thrownBy(() => make(options as object))).toMatchObject({
      name: 'ConfigurationError',
      code: 'invalidStore',
    })
  })

  it('may be left out', () => {
    expect(make({})).toMatchObject({ get: expect.any(Function) })
  })
})
