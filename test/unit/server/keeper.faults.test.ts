// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import type { Seal } from '../../../src/server/seal'
import { createDeployment, type Deployment, passing } from '../support/deployment'
import { HOUR_MS } from '../support/grants'
import { errorOf } from '../support/outcome'

const KEY = 'bot'
const CODE = { code: 'the-code', codeVerifier: 'the-verifier' }

let deployment: Deployment

/** A grant whose access token is over. */
beforeEach(async () => {
  deployment = createDeployment()
  await passing(deployment, deployment.start().keeper.exchange(KEY, CODE))
  deployment.asked.length = 0
  await deployment.clock.advance(2 * HOUR_MS)
})

async function took<T>(work: Promise<T>): Promise<[T, number]> {
  const before = deployment.clock.monotonicNow()
  return [await passing(deployment, work), deployment.clock.monotonicNow() - before]
}

describe('a store that fails', () => {
  it.each(['fail', 'hang'] as const)('where writes %s spends no refresh token', async (writes) => {
    const { keeper } = deployment.start()
    deployment.store.writes = writes
    const [error, ms] = await took(errorOf(keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'storageUnavailable', retryable: true })
    expect(ms).toBeLessThan(12_200)
    expect(deployment.asked).toEqual([])
    deployment.store.writes = 'work'
    await deployment.clock.advance(15_000)
    expect(await passing(deployment, keeper.client(KEY).getAccessToken())).toBe('access-2')
  })

  it.each(['fail', 'hang'] as const)(
    'where reads %s is told as such, and not as "not authorized"',
    async (reads) => {
      const client = deployment.start().keeper.client(KEY)
      deployment.store.reads = reads
      const [error, ms] = await took(errorOf(client.readState()))
      const message = reads === 'fail' ? 'The database is gone.' : 'The storage did not answer in time.'
      expect(error).toMatchObject({ code: 'storageUnavailable', cause: { message } })
      expect(ms).toBeLessThan(3_200)
      expect(await passing(deployment, errorOf(client.getAccessToken()))).toMatchObject({
        code: 'storageUnavailable',
        cause: { message },
      })
      expect(await passing(deployment, errorOf(client.api.get('/members/me')))).toMatchObject({
        code: 'storageUnavailable',
      })
    },
  )

  it('where reads hang serves a good token from memory at once', async () => {
    const client = deployment.start().keeper.client(KEY)
    await passing(deployment, client.getAccessToken())
    deployment.store.reads = 'hang'
    await deployment.clock.advance(60_000)
    const [token, ms] = await took(client.getAccessToken())
    expect([token, ms <= 200]).toEqual(['access-2', true])
    expect(await passing(deployment, client.readState())).toMatchObject({ status: 'authorized' })
  })

  it('after the answer has come keeps it, serves it, and stores it later', async () => {
    const { keeper } = deployment.start()
    const call = keeper.client(KEY).getAccessToken()
    await deployment.clock.advance(50)
    deployment.store.writes = 'fail'
    expect(await passing(deployment, call)).toBe('access-2')
    expect(await keeper.client(KEY).readState()).toMatchObject({ status: 'authorized', persistent: false })
    await deployment.clock.advance(5_000)
    expect(await passing(deployment, keeper.client(KEY).getAccessToken())).toBe('access-2')
    deployment.store.writes = 'work'
    await deployment.clock.advance(20_000)
    expect(await deployment.start().keeper.client(KEY).getAccessToken()).toBe('access-2')
    expect(deployment.asked.length).toBe(1)
  })

  it('that writes and then loses its own answer costs nothing', async () => {
    const { keeper } = deployment.start()
    const call = keeper.client(KEY).getAccessToken()
    await deployment.clock.advance(50)
    deployment.store.writes = 'failLater'
    expect(await passing(deployment, call)).toBe('access-2')
    deployment.store.writes = 'work'
    await deployment.clock.advance(20_000)
    expect(await keeper.client(KEY).readState()).toMatchObject({ persistent: true })
    expect(deployment.asked.length).toBe(1)
  })
})

describe('a process that is killed', () => {
  it.each([20, 100, 250])(
    '%i ms after its call began costs another process some seconds',
    async (afterMs) => {
      deployment.store.latencyMs = 10
      const { keeper, kill } = deployment.start()
      void keeper.client(KEY).getAccessToken()
      await deployment.clock.advance(afterMs)
      kill()
      const [token, ms] = await took(deployment.start().keeper.client(KEY).getAccessToken())
      expect(token).toBe('access-2')
      expect(ms).toBeLessThan(9_000)
      expect(deployment.asked.length).toBeLessThanOrEqual(2)
    },
  )

  it('costs nothing where it comes back thirteen seconds later', async () => {
    const { keeper, kill } = deployment.start()
    void keeper.client(KEY).getAccessToken()
    await deployment.clock.advance(100)
    kill()
    await deployment.clock.advance(13_000)
    const [token, ms] = await took(deployment.start().keeper.client(KEY).getAccessToken())
    expect([token, ms < 500]).toEqual(['access-2', true])
  })

  it('loses the grant only where the server has no leeway and had acted, by the name of it', async () => {
    deployment.leewayMs = 0
    const { keeper, kill } = deployment.start()
    void keeper.client(KEY).getAccessToken()
    await deployment.clock.advance(100)
    kill()
    const error = await passing(deployment, errorOf(deployment.start().keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'tokenExpired', reason: 'rotationLost' })
  })
})

describe('a token endpoint that fails', () => {
  it('once is asked again within the same call', async () => {
    deployment.faults = ['answerLost']
    const [token, ms] = await took(deployment.start().keeper.client(KEY).getAccessToken())
    expect([token, ms < 2_000]).toEqual(['access-2', true])
  })

  it('for long costs one process three requests, and all others the pause after them', async () => {
    deployment.faults = Array(20).fill('503')
    const [a, b] = [deployment.start(), deployment.start()]
    const [error, ms] = await took(errorOf(a.keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'tokenEndpointUnavailable', retryable: true })
    expect(ms).toBeLessThan(12_200)
    expect(await passing(deployment, errorOf(b.keeper.client(KEY).getAccessToken()))).toMatchObject({
      code: 'tokenEndpointUnavailable',
    })
    expect(deployment.asked.length).toBe(3)
  })

  it('and hangs lets callers go after 12 seconds, and its late answer counts', async () => {
    deployment.latencyMs = 25_000
    const { keeper } = deployment.start()
    const [error, ms] = await took(errorOf(keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'tokenEndpointUnavailable' })
    expect(ms).toBeLessThan(12_200)
    await deployment.clock.advance(15_000)
    expect(await keeper.client(KEY).getAccessToken()).toBe('access-2')
    expect(deployment.asked.length).toBe(1)
  })

  it('that rejects the client leaves the grant alive', async () => {
    const { keeper } = deployment.start({ clientSecret: 'a wrong secret' })
    const error = await passing(deployment, errorOf(keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'clientRejected' })
    expect(await keeper.client(KEY).readState()).toMatchObject({ status: 'authorized' })
  })
})

describe('a caller who leaves', () => {
  it('ends nobody else’s refresh', async () => {
    const { keeper } = deployment.start()
    const leaving = new AbortController()
    const left = errorOf(keeper.client(KEY).getAccessToken({ signal: leaving.signal }))
    const other = keeper.client(KEY).getAccessToken()
    await deployment.clock.advance(50)
    leaving.abort(new Error('gone'))
    expect(await left).toMatchObject({ message: 'gone' })
    expect(await passing(deployment, other)).toBe('access-2')
  })
})

describe('a sign-out', () => {
  it('wins over the refresh of another process, whose tokens are given up', async () => {
    const revocationEndpoint = 'https://auth.atlassian.com/revoke'
    const [a, b] = [deployment.start({ revocationEndpoint }), deployment.start({ revocationEndpoint })]
    const call = errorOf(a.keeper.client(KEY).getAccessToken())
    await deployment.clock.advance(50)
    await passing(deployment, b.keeper.client(KEY).signOut())
    expect(await passing(deployment, call)).toMatchObject({ code: 'notAuthorized' })
    expect(await deployment.store.texts()).toEqual([])
    expect(deployment.revoked.map((body) => body.get('token')).sort()).toEqual(['refresh-1', 'refresh-2'])
  })

  it('that can’t be stored says so, and is done as soon as that works', async () => {
    const { keeper } = deployment.start()
    deployment.store.writes = 'fail'
    const error = await passing(deployment, errorOf(keeper.client(KEY).signOut()))
    expect(error).toMatchObject({ code: 'storageUnavailable' })
    deployment.store.writes = 'work'
    await deployment.clock.advance(5_000)
    expect(await deployment.store.texts()).toEqual([])
  })

  it('by a process that has never read the store says so too', async () => {
    const { keeper } = deployment.start()
    deployment.store.reads = 'fail'
    deployment.store.writes = 'fail'
    await passing(deployment, errorOf(keeper.client(KEY).getAccessToken()))
    const error = await passing(deployment, errorOf(keeper.client(KEY).signOut()))
    const cause = { message: 'The database is gone.' }
    expect(error).toMatchObject({ code: 'storageUnavailable', cause })
  })

  it('is seen in every process within five seconds', async () => {
    const [a, b] = [deployment.start(), deployment.start()]
    await passing(deployment, a.keeper.client(KEY).getAccessToken())
    await passing(deployment, b.keeper.client(KEY).getAccessToken())
    await passing(deployment, b.keeper.client(KEY).signOut())
    await deployment.clock.advance(5_000)
    expect(await errorOf(a.keeper.client(KEY).getAccessToken())).toMatchObject({ code: 'notAuthorized' })
  })
})

describe('no secret', () => {
  it('stands in an event, an error, a line of the log, or unsealed in the store', async () => {
    const seal: Seal = {
      seal: async (text) => Buffer.from(text).toString('base64'),
      open: async (text) => Buffer.from(text, 'base64').toString(),
    }
    deployment = createDeployment()
    const told: unknown[] = []
    const { keeper } = deployment.start({ seal, onEvent: (event) => void told.push(event) })
    await passing(deployment, keeper.exchange(KEY, CODE))
    await deployment.clock.advance(2 * HOUR_MS)
    deployment.faults = ['503', 'answerLost', 'notReached']
    told.push(await passing(deployment, errorOf(keeper.client(KEY).getAccessToken())))
    await deployment.clock.advance(20_000)
    await passing(deployment, keeper.client(KEY).getAccessToken())
    deployment.revokeAll()
    await deployment.clock.advance(2 * HOUR_MS)
    told.push(await passing(deployment, errorOf(keeper.client(KEY).getAccessToken())))
    told.push(...(await deployment.store.texts()))
    expect(told.length).toBeGreaterThan(5)
    const all = told
      .map((each) =>
        each instanceof Error ? `${each.stack} ${JSON.stringify(each)} ${each.cause}` : JSON.stringify(each),
      )
      .join()
    expect(all).not.toMatch(/the-secret|the-code|the-verifier|(?:access|refresh)-\d/)
  })
})

it('a listener that throws or rejects breaks nothing', async () => {
  for (const onEvent of [
    () => {
      throw new Error('mine')
    },
    async () => Promise.reject(new Error('mine')),
  ]) {
    const { keeper } = deployment.start({ onEvent })
    expect(
      await passing(deployment, keeper.exchange('other', { ...CODE, code: String(onEvent) })),
    ).toMatchObject({
      status: 'authorized',
    })
  }
})
