// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { postgresGrants } from '../../../src/server/postgres-grants'
import { redisGrants } from '../../../src/server/redis-grants'
import { sqliteGrants } from '../../../src/server/sqlite-grants'
import { errorOf, thrownBy } from '../support/outcome'

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

it('a database of sqlite3, which answers by callbacks, is named at the first use', async () => {
  const statement = { all: () => statement as never, run: () => statement as never }
  const store = sqliteGrants({ exec: () => undefined, prepare: () => statement })
  const wrong = { code: 'invalidStore', message: expect.stringContaining('better-sqlite3') }
  expect(await errorOf(store.get('key'))).toMatchObject(wrong)
  expect(await errorOf(store.keys())).toMatchObject(wrong)
  expect(await errorOf(store.compareAndSwap('key', undefined, 'value'))).toMatchObject(wrong)
})

it.each<[string, object]>([
  ['a function of neon, whose unsafe() makes a part of a statement', { unsafe: (sql: string) => ({ sql }) }],
  ['a client whose query() gives the rows themselves', { query: async () => [] }],
])('%s is named by the Postgres store at the first use', async (_what, client) => {
  const store = postgresGrants(client as never)
  const wrong = { code: 'invalidStore', message: expect.stringContaining('Pool of pg') }
  expect(await errorOf(store.migrate())).toMatchObject(wrong)
  expect(await errorOf(store.get('key'))).toMatchObject(wrong)
  expect(await errorOf(store.compareAndSwap('key', undefined, 'value'))).toMatchObject(wrong)
})
