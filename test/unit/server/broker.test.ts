// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import type { Broker } from '../../../src/server/broker'
import { grantKey } from '../../../src/server/key'
import { createDeployment, type Deployment, passing } from '../support/deployment'
import { HOUR_MS } from '../support/grants'
import { thrownBy } from '../support/outcome'

const KEY = grantKey({ workspace: 'workspace-1', member: 'member-1' })
const SECRET = 'a-secret-of-workers'

let deployment: Deployment
let broker: Broker
beforeEach(async () => {
  deployment = createDeployment()
  const { keeper } = deployment.start()
  broker = keeper.broker({ secret: SECRET })
  await passing(deployment, keeper.exchange(KEY, { code: 'the-code', codeVerifier: 'the-verifier' }))
  deployment.asked.length = 0
})

interface Asked {
  method?: string
  secret?: string | null
  query?: string
}

async function ask({
  method = 'GET',
  secret = SECRET,
  query = `key=${encodeURIComponent(KEY)}`,
}: Asked = {}) {
  const headers = {
    origin: 'https://power-up.example',
    ...(secret !== null && { authorization: `Bearer ${secret}` }),
  }
  const request = new Request(`https://keeper.example/broker?${query}`, { method, headers })
  const response = await passing(deployment, broker(request))
  return { status: response.status, headers: response.headers, body: await response.json() }
}

describe('a worker', () => {
  it('gets an access token, with the rest of its life in seconds', async () => {
    await deployment.clock.advance(600_500)
    const headers = { authorization: `Bearer ${SECRET}` }
    const url = `https://keeper.example/broker?key=${encodeURIComponent(KEY)}`
    // With no time going by: this store answers at once, and the token is good.
    const response = await broker(new Request(url, { headers }))
    const body = await response.json()
    expect([response.status, body]).toEqual([200, { access_token: 'access-1', expires_in: 2_999 }])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(deployment.asked).toEqual([])
  })

  it('may go away: the context of the platform waits for the refresh', async () => {
    await deployment.clock.advance(HOUR_MS)
    const work: Promise<unknown>[] = []
    const context = { waitUntil: (each: Promise<unknown>) => void work.push(each) }
    const headers = { authorization: `Bearer ${SECRET}` }
    const request = new Request(`https://keeper.example/?key=${encodeURIComponent(KEY)}`, { headers })
    const response = await passing(deployment, broker(request, { STORE: {} }, context))
    expect([response.status, await Promise.all(work)]).toEqual([200, [response]])
  })

  it('gets a new one once the old one has run out', async () => {
    await deployment.clock.advance(HOUR_MS)
    expect((await ask()).body).toEqual({ access_token: 'access-2', expires_in: expect.any(Number) })
    expect(deployment.asked).toHaveLength(1)
  })

  it('is told that there is no grant', async () => {
    const { status, body } = await ask({ query: 'key=another' })
    expect([status, body]).toEqual([404, { error: 'notAuthorized' }])
  })

  it('is told that and why the grant has ended', async () => {
    deployment.revokeAll()
    await deployment.clock.advance(HOUR_MS)
    const { status, body } = await ask()
    expect([status, body]).toEqual([410, { error: 'tokenExpired', reason: 'revoked' }])
  })

  it('is told when to come again', async () => {
    await deployment.clock.advance(HOUR_MS)
    deployment.faults.push('503', '503', '503')
    const { status, body, headers } = await ask()
    expect([status, body]).toEqual([503, { error: 'tokenEndpointUnavailable' }])
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    deployment.store.reads = 'fail'
    expect((await ask({ query: 'key=another' })).body).toEqual({ error: 'storageUnavailable' })
  })

  it('is told that its keeper is rejected, which waiting does not mend', async () => {
    const { keeper } = deployment.start({ clientSecret: 'a-wrong-one' })
    broker = keeper.broker({ secret: SECRET })
    await deployment.clock.advance(HOUR_MS)
    expect(await ask()).toMatchObject({ status: 502, body: { error: 'clientRejected' } })
  })
})

describe('whoever is no worker', () => {
  it.each<[string, Asked, number]>([
    ['without a secret', { secret: null }, 401],
    ['with an empty one', { secret: '' }, 401],
    ['with the start of it', { secret: SECRET.slice(0, -1) }, 401],
    ['with more than it', { secret: `${SECRET}s` }, 401],
    ['with two', { secret: `${SECRET} ${SECRET}` }, 401],
    ['with an access token', { secret: 'access-1' }, 401],
    ['without a secret, whatever else is wrong', { secret: null, method: 'POST', query: '' }, 401],
    ['that wants to write', { method: 'POST' }, 405],
    ['that wants to remove', { method: 'DELETE' }, 405],
    ['that names no key', { query: '' }, 400],
    ['that names an empty key', { query: 'key=+' }, 400],
    ['that names two keys', { query: 'key=a&key=b' }, 400],
    ['whose key is not encoded', { query: `key=${KEY}` }, 400],
  ])('%s gets nothing', async (_what, asked, status) => {
    const answer = await ask(asked)
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).not.toContain('access-')
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
    expect(deployment.asked).toEqual([])
  })

  it('is a page that can not read the answer', async () => {
    const { headers } = await ask()
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect((await ask({ method: 'OPTIONS', secret: null })).status).toBe(401)
  })
})

describe('a secret', () => {
  it.each([
    [''],
    ['fifteen-letters'],
    [' sixteen-letters'],
    ['sixteen letters!'],
    ['ümlaute-in-secret'],
    [undefined],
    [7],
  ])('%s is refused at once', (secret) => {
    const { keeper } = deployment.start()
    const make = () => keeper.broker({ secret: secret as string })
    expect(thrownBy(make)).toMatchObject({ name: 'ConfigurationError', code: 'invalidSecret' })
    expect(String(thrownBy(make))).not.toContain(`"${secret}"`)
  })
})
