// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { createDeployment, type Deployment, passing } from '../support/deployment'
import { HOUR_MS } from '../support/grants'
import { errorOf } from '../support/outcome'

const DAY_MS = 86_400_000
const NOTHING = { looked: 0, renewed: 0, ended: 0, ending: 0, failed: 0 }

let deployment: Deployment

beforeEach(() => {
  deployment = createDeployment()
})

async function connected(...keys: readonly string[]): Promise<void> {
  const { keeper } = deployment.start()
  for (const key of keys)
    await passing(deployment, keeper.exchange(key, { code: `code of ${key}`, codeVerifier: 'v' }))
  deployment.asked.length = 0
  deployment.events.length = 0
}

/** Leaves the mark of a process that died with the answer on its way. The key is `a`. */
async function leftMark(): Promise<void> {
  await connected('a')
  await deployment.clock.advance(2 * HOUR_MS)
  const { keeper, kill } = deployment.start()
  void keeper.client('a').getAccessToken()
  await deployment.clock.advance(100)
  kill()
}

describe('a tick', () => {
  it('does nothing where nothing is due', async () => {
    await connected('a', 'b')
    await deployment.clock.advance(2 * HOUR_MS)
    expect(await passing(deployment, deployment.start().keeper.tick())).toEqual({ ...NOTHING, looked: 2 })
    expect(deployment.asked).toEqual([])
  })

  it('presents again at once what a process left that died', async () => {
    await leftMark()
    await deployment.clock.advance(20_000)
    expect(await passing(deployment, deployment.start().keeper.tick())).toEqual({
      ...NOTHING,
      looked: 1,
      renewed: 1,
    })
    expect(deployment.asked.map((body) => body.get('refresh_token'))).toEqual(['refresh-1', 'refresh-1'])
    expect(await deployment.start().keeper.client('a').getAccessToken()).toBe('access-2')
  })

  it.each(['notReached', '503', 'answerLost'] as const)(
    'each minute asks a token endpoint that fails (%s) some forty times in an hour, and goes on afterwards',
    async (fault) => {
      await leftMark()
      deployment.asked.length = 0
      deployment.faults = Array(1_000).fill(fault)
      for (let minute = 0; minute < 60; minute++) {
        // A cron job is another process each time.
        const { keeper } = deployment.start()
        const summary = await passing(deployment, keeper.tick())
        expect(summary).toEqual({ ...NOTHING, looked: 1, failed: 1 })
        await deployment.clock.advance(60_000)
      }
      expect(deployment.asked.length).toBeLessThanOrEqual(45)
      deployment.faults = []
      deployment.leewayMs = 2 * HOUR_MS
      await deployment.clock.advance(300_000)
      expect(await passing(deployment, deployment.start().keeper.tick())).toMatchObject({ renewed: 1 })
    },
  )

  it('asks a server that rejects the client once a day', async () => {
    await connected('a')
    await deployment.clock.advance(61 * DAY_MS)
    for (let hour = 0; hour < 48; hour++) {
      const { keeper } = deployment.start({ clientSecret: 'another' })
      expect(await passing(deployment, keeper.tick())).toMatchObject({ failed: 1 })
      await deployment.clock.advance(HOUR_MS)
    }
    expect(deployment.asked).toHaveLength(2)
  })

  it('asks again where the clock was set back since it failed', async () => {
    await leftMark()
    deployment.asked.length = 0
    deployment.faults.push('503', '503', '503')
    await passing(deployment, deployment.start().keeper.tick())
    deployment.clock.jump(-HOUR_MS)
    expect(await passing(deployment, deployment.start().keeper.tick())).toMatchObject({ renewed: 1 })
  })

  it('names a rotation that was lost once the leeway is over', async () => {
    await leftMark()
    await deployment.clock.advance(HOUR_MS)
    expect(await passing(deployment, deployment.start().keeper.tick())).toEqual({
      ...NOTHING,
      looked: 1,
      ended: 1,
    })
    expect(deployment.events).toEqual([{ key: 'a', type: 'grantExpired', reason: 'rotationLost' }])
  })

  it('renews what was not used for sixty days', async () => {
    await connected('a')
    await deployment.clock.advance(59 * DAY_MS)
    const { keeper } = deployment.start()
    expect(await passing(deployment, keeper.tick())).toMatchObject({ renewed: 0 })
    await deployment.clock.advance(DAY_MS)
    expect(await passing(deployment, keeper.tick())).toMatchObject({ renewed: 1 })
    expect(await passing(deployment, keeper.tick())).toMatchObject({ renewed: 0 })
    expect(deployment.asked.length).toBe(1)
  })

  it('tells once a day of a grant that ends within 14 days', async () => {
    await connected('a')
    const endsAt = deployment.clock.now() + 365 * DAY_MS
    const { keeper } = deployment.start()
    await deployment.clock.advance(340 * DAY_MS)
    expect(await passing(deployment, keeper.tick())).toMatchObject({ renewed: 1, ending: 0 })
    await deployment.clock.advance(12 * DAY_MS)
    deployment.events.length = 0
    expect(await passing(deployment, keeper.tick())).toMatchObject({ ending: 1 })
    expect(await passing(deployment, keeper.tick())).toMatchObject({ ending: 1 })
    const event = { key: 'a', type: 'grantEnding', endsAt: expect.closeTo(endsAt, -4) }
    expect(deployment.events).toEqual([event])
    await deployment.clock.advance(DAY_MS)
    await passing(deployment, keeper.tick())
    expect(deployment.events).toEqual([event, event])
  })

  it('goes on where one key is broken', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    await connected(...keys)
    await deployment.clock.advance(61 * DAY_MS)
    await deployment.store.plant('key-3', 'sealed:with a key that nobody has')
    await deployment.store.plant('key-5', '{"damaged')
    expect(await passing(deployment, deployment.start().keeper.tick())).toEqual({
      ...NOTHING,
      looked: 20,
      renewed: 18,
      failed: 1,
    })
    expect(deployment.events.filter(({ type }) => type === 'tickFailed')).toEqual([
      {
        key: 'key-3',
        type: 'tickFailed',
        code: 'storageUnavailable',
        message: 'The stored text is sealed, and this keeper has no `seal`.',
      },
    ])
  })

  it('says why a grant could not be renewed, whether the server or the store was the reason', async () => {
    await connected('a')
    await deployment.clock.advance(61 * DAY_MS)
    const { keeper } = deployment.start()
    deployment.store.writes = 'fail'
    expect(await passing(deployment, keeper.tick())).toMatchObject({ failed: 1 })
    deployment.store.writes = 'work'
    await deployment.clock.advance(HOUR_MS)
    deployment.faults = ['503', '503', '503']
    expect(await passing(deployment, keeper.tick())).toMatchObject({ failed: 1 })
    expect(deployment.events.filter(({ type }) => type === 'tickFailed')).toMatchObject([
      { code: 'storageUnavailable', message: 'The database is gone.' },
      { code: 'tokenEndpointUnavailable', message: expect.stringContaining('503') },
    ])
  })

  it('counts a grant that somebody has signed out meanwhile as no failure', async () => {
    await connected('a')
    await deployment.clock.advance(61 * DAY_MS)
    deployment.latencyMs = 2_000
    const ticking = deployment.start().keeper.tick()
    await deployment.clock.advance(1_000)
    await passing(deployment, deployment.start().keeper.client('a').signOut())
    expect(await passing(deployment, ticking)).toMatchObject({ looked: 1, renewed: 0, ended: 0, failed: 0 })
  })

  it('looks at eight grants at a time', async () => {
    await connected(...Array.from({ length: 30 }, (_, i) => `key-${i}`))
    await deployment.clock.advance(61 * DAY_MS)
    deployment.latencyMs = 1_000
    const ticking = deployment.start().keeper.tick()
    await deployment.clock.advance(900)
    expect(deployment.asked.length).toBe(8)
    expect(await passing(deployment, ticking)).toMatchObject({ renewed: 30 })
  })

  it('that is asked for while one runs is the same', async () => {
    await connected('a')
    await deployment.clock.advance(61 * DAY_MS)
    const { keeper } = deployment.start()
    const both = Promise.all([keeper.tick(), keeper.tick()])
    const [first, second] = await passing(deployment, both)
    expect(second).toBe(first)
    expect(deployment.asked.length).toBe(1)
  })

  it('stores what could not be stored before', async () => {
    await connected('a')
    await deployment.clock.advance(2 * HOUR_MS)
    const { keeper } = deployment.start()
    const call = keeper.client('a').getAccessToken()
    await deployment.clock.advance(50)
    deployment.store.writes = 'fail'
    expect(await passing(deployment, call)).toBe('access-2')
    deployment.store.writes = 'work'
    await passing(deployment, keeper.tick())
    expect((await deployment.store.texts()).join()).toContain('access-2')
    expect(deployment.asked.length).toBe(1)
  })

  it('says that the store gave no list of its keys', async () => {
    deployment.store.reads = 'hang'
    const before = deployment.clock.monotonicNow()
    const error = await passing(deployment, errorOf(deployment.start().keeper.tick()))
    expect(error).toMatchObject({ code: 'storageUnavailable', retryable: true })
    expect(deployment.clock.monotonicNow() - before).toBeLessThan(30_200)
  })
})
