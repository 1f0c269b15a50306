// @vitest-environment node
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { postgresGrants } from '../../../src/server/postgres-grants'
import { redisGrants } from '../../../src/server/redis-grants'
import { sqliteGrants } from '../../../src/server/sqlite-grants'
import { errorOf } from '../support/outcome'

describe('the error of a store', () => {
  it('holds no value that ioredis has put into it', async () => {
    const store = redisGrants({
      call: async (name, args) => {
        const error = new Error("OOM command not allowed when used memory > 'maxmemory'.")
        throw Object.assign(error, { name: 'ReplyError', command: { name, args } })
      },
    })
    const error = await errorOf(store.compareAndSwap('key', undefined, 'the-refresh-token'))
    expect(error).toMatchObject({ name: 'ReplyError', message: expect.stringContaining('OOM') })
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('the-refresh-token')
  })

  it('holds no value that postgres has put into it', async () => {
    const store = postgresGrants({
      unsafe: async (query, parameters) => {
        const error = new Error('cannot execute INSERT in a read-only transaction')
        throw Object.assign(error, { name: 'PostgresError', code: '25006', query, parameters })
      },
    })
    const error = await errorOf(store.compareAndSwap('key', undefined, 'the-refresh-token'))
    expect(error).toMatchObject({ code: '25006', message: expect.stringContaining('read-only') })
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('the-refresh-token')
  })

  it.each([
    [
      'Postgres',
      postgresGrants({
        query: async () => {
          const error = new Error('relation "powerup_oauth_grants" does not exist')
          throw Object.assign(error, { code: '42P01' })
        },
      }),
    ],
    [
      'SQLite',
      sqliteGrants({
        exec: () => undefined,
        prepare: () => {
          throw Object.assign(new Error('no such table: powerup_oauth_grants'), { code: 'SQLITE_ERROR' })
        },
      }),
    ],
  ])('says what makes the table that is missing on %s', async (_name, store) => {
    expect(await errorOf(store.get('key'))).toMatchObject({
      code: expect.any(String),
      message: expect.stringMatching(/powerup_oauth_grants"?(?: does not exist)?\. Call migrate\(\)/),
    })
  })
})
