import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { testGrantStore } from '../../src/testing'
import { countTogether } from './support/counters'
import { type OpenStore, openStore, type Place } from './support/stores'

const PROCESSES = 8
const TIMES = 25

const { postgresPort, redisPort, betterSqlite, nodeWithSqlite, programs } = inject('parts')
const scratch = mkdtempSync(join(tmpdir(), 'powerup-oauth-stores-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const places: readonly (readonly [string, Place | undefined | 0 | ''])[] = [
  ['files', { client: 'files', folder: join(scratch, 'files') }],
  ['pg', postgresPort && { client: 'pg', port: postgresPort, table: 'of_pg' }],
  ['postgres', postgresPort && { client: 'postgres', port: postgresPort, table: 'of_postgres' }],
  [
    'pg with serializable transactions',
    postgresPort && { client: 'pg', port: postgresPort, table: 'strict', level: 'serializable' },
  ],
  [
    'postgres with repeatable reads',
    postgresPort && {
      client: 'postgres',
      port: postgresPort,
      table: 'repeatable',
      level: 'repeatable read',
    },
  ],
  ['redis', redisPort && { client: 'redis', port: redisPort, prefix: 'of redis:' }],
  ['ioredis', redisPort && { client: 'ioredis', port: redisPort, prefix: 'of_ioredis[*]?:' }],
  [
    'better-sqlite3',
    betterSqlite && { client: 'better-sqlite3', file: join(scratch, 'better.db'), module: betterSqlite },
  ],
  [
    'node:sqlite',
    nodeWithSqlite && {
      client: 'node:sqlite',
      file: join(scratch, 'node.db'),
      node: nodeWithSqlite,
      lender: programs.storeLender,
    },
  ],
]

describe.each(places)('the store on %s', (_name, place) => {
  if (!place) {
    it.skip('is proved where this machine has it', () => undefined)
    return
  }

  const open: OpenStore[] = []
  afterAll(async () => {
    for (const { close } of open) await close()
  })

  it(`counts in ${PROCESSES} processes that make the table at once, and loses no update`, async () => {
    const told = await countTogether({ place, key: 'count', times: TIMES }, PROCESSES)
    const total = PROCESSES * TIMES
    // Each number was written by one process: two who were told true for one version would have the same.
    expect(told.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, at) => at + 1))
    const { store, close } = await openStore(place)
    expect((await store.get('count'))?.value).toBe(String(total))
    await close()
  })

  for (const { rule, run } of testGrantStore(async () => {
    while (open.length < 2) open.push(await openStore(place))
    return open.map(({ store }) => store)
  })) {
    it(rule, run)
  }

  it.each([
    ['NUL', 'a\0b', 'ab'],
    ['halves of a surrogate pair', '\ud800', '\udc00'],
    ['a very long one', 'x'.repeat(100_000), 'x'.repeat(100_001)],
  ])('odd keys and values come back: %s', async (_what, one, other) => {
    const { store, close } = await openStore(place)
    for (const key of [one, other]) expect(await store.compareAndSwap(key, undefined, key)).toBe(true)
    for (const key of [one, other]) expect((await store.get(key))?.value).toBe(key)
    expect(await store.keys()).toEqual(expect.arrayContaining([one, other]))
    for (const key of [one, other]) {
      expect(await store.compareAndSwap(key, (await store.get(key))?.version, undefined)).toBe(true)
    }
    await close()
  })
})
