// @vitest-environment node
import { expect, it } from 'vitest'
import { redisGrants } from '../../../src/server/redis-grants'
import { thrownBy } from '../support/outcome'

it('a client that gives numbers as texts, as ioredis may, is understood', async () => {
  const store = redisGrants({ call: async () => '1' })
  expect(await store.compareAndSwap('key', undefined, 'value')).toBe(true)
})

it.each([
  ['', 'taken'],
  ['app:', 'refused by name: keys() would list nothing'],
])('a client of ioredis with the keyPrefix "%s" is %s', (keyPrefix) => {
  const client = { call: async () => null, options: { keyPrefix } }
  if (keyPrefix === '') return expect(redisGrants(client)).toMatchObject({ get: expect.any(Function) })
  expect(thrownBy(() => redisGrants(client))).toMatchObject({
    code: 'invalidStore',
    message: expect.stringContaining('keyPrefix'),
  })
})
