// @vitest-environment node
import { expect, it } from 'vitest'
import { redisGrants } from '../../../src/server/redis-grants'

it('a client that gives numbers as texts, as ioredis may, is understood', async () => {
  const store = redisGrants({ call: async () => '1' })
  expect(await store.compareAndSwap('key', undefined, 'value')).toBe(true)
})
