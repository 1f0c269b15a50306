// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { CodeExchange } from '../../../src/server/exchange'
import { grantKey } from '../../../src/server/key'
import type { Seal } from '../../../src/server/seal'
import { until } from '../support/clock'
import { createDeployment, type Deployment, passing } from '../support/deployment'
import { HOUR_MS, liveGrant } from '../support/grants'
import { errorOf } from '../support/outcome'
import { sealWithKey } from './support/seal'

const KEY = grantKey({ workspace: 'workspace-1', member: 'member-1' })
const BROKEN: Seal = {
  seal: () => Promise.reject(new Error('The KMS is down.')),
  open: () => Promise.reject(new Error('The KMS is down.')),
}
const CODE = { code: 'the-code', codeVerifier: 'the-verifier' }

let deployment: Deployment

beforeEach(() => {
  deployment = createDeployment()
})

describe('an exchange', () => {
  it('replaces an older grant under its key, and no other', async () => {
    const { keeper } = deployment.start()
    await passing(deployment, keeper.exchange(KEY, CODE))
    await passing(deployment, keeper.exchange('bot', { ...CODE, code: 'code-2' }))
    await passing(deployment, keeper.exchange(KEY, { ...CODE, code: 'code-3' }))
    expect(await keeper.client(KEY).getAccessToken()).toBe('access-3')
    expect(await keeper.client('bot').getAccessToken()).toBe('access-2')
  })

  it('puts another grant where one has ended', async () => {
    const { keeper } = deployment.start()
    await passing(deployment, keeper.exchange(KEY, CODE))
    deployment.revokeAll()
    await deployment.clock.advance(3_600_000)
    expect(await passing(deployment, errorOf(keeper.client(KEY).getAccessToken()))).toMatchObject({
      code: 'tokenExpired',
    })
    expect(await passing(deployment, keeper.exchange(KEY, { ...CODE, code: 'code-2' }))).toMatchObject({
      status: 'authorized',
    })
  })

  it('of another account than the key names is refused, and its tokens are given up', async () => {
    deployment.member = 'member-2'
    const { keeper } = deployment.start({ revocationEndpoint: 'https://auth.atlassian.com/revoke' })
    const error = await passing(deployment, errorOf(keeper.exchange(KEY, CODE)))
    expect(error).toMatchObject({ name: 'AuthorizationError', code: 'accountMismatch' })
    expect(await keeper.client(KEY).readState()).toEqual({ status: 'notAuthorized', persistent: true })
    expect(deployment.revoked.map((body) => [body.get('token'), body.get('client_secret')])).toEqual([
      ['refresh-1', 'the-secret'],
    ])
    expect(await deployment.store.texts()).toEqual([])
  })

  it('under a key of one’s own asks for no account', async () => {
    await passing(deployment, deployment.start().keeper.exchange('bot', CODE))
    expect(deployment.called).toEqual([])
  })

  it('sends no code where the store takes no writes, and the same code works later', async () => {
    const { keeper } = deployment.start()
    deployment.store.writes = 'fail'
    const error = await passing(deployment, errorOf(keeper.exchange(KEY, CODE)))
    expect(error).toMatchObject({
      code: 'exchangeFailed',
      retryable: true,
      cause: { code: 'storageUnavailable' },
    })
    expect(deployment.asked).toEqual([])
    deployment.store.writes = 'work'
    expect(await passing(deployment, keeper.exchange(KEY, CODE))).toMatchObject({ status: 'authorized' })
  })

  it.each<[string, (at: Deployment) => void]>([
    [
      'loses its own answer to the first write',
      ({ store }) => {
        const write = store.compareAndSwap
        store.compareAndSwap = async (...given) => {
          store.compareAndSwap = write
          await write(...given)
          throw new Error('The connection broke before the answer.')
        }
      },
    ],
    [
      'takes four seconds for a write, as one that has to wake up',
      ({ store }) => void Object.assign(store, { latencyMs: 2_000 }),
    ],
  ])('goes on where the store %s', async (_what, slow) => {
    slow(deployment)
    const { keeper } = deployment.start()
    expect(await passing(deployment, keeper.exchange(KEY, CODE))).toMatchObject({ status: 'authorized' })
    expect(deployment.asked).toHaveLength(1)
    await deployment.clock.advance(30_000)
    expect(await passing(deployment, deployment.start().keeper.client(KEY).getAccessToken())).toBe('access-1')
  })

  it('sends a code that comes twice at the same moment once', async () => {
    const first = deployment.start().keeper.exchange(KEY, CODE)
    await until(() => deployment.asked.length === 1)
    const both = [first, deployment.start().keeper.exchange(KEY, CODE)]
    expect(await passing(deployment, Promise.all(both))).toMatchObject([
      { status: 'authorized' },
      { status: 'authorized' },
    ])
    expect(deployment.asked.length).toBe(1)
  })

  it('of a code that another call has sent in vain fails, too', async () => {
    deployment.member = 'member-2'
    const first = errorOf(deployment.start().keeper.exchange(KEY, CODE))
    await until(() => deployment.asked.length === 1)
    const both = [first, errorOf(deployment.start().keeper.exchange(KEY, CODE))]
    expect(await passing(deployment, Promise.all(both))).toMatchObject([
      { code: 'accountMismatch' },
      { code: 'exchangeFailed', retryable: false },
    ])
    expect(deployment.asked.length).toBe(1)
  })

  it('of a code that a killed process was sending ends within 12 seconds', async () => {
    const killed = deployment.start()
    deployment.faults = ['hangs']
    void killed.keeper.exchange(KEY, CODE)
    await until(() => deployment.asked.length === 1)
    killed.kill()
    const second = errorOf(deployment.start().keeper.exchange(KEY, CODE))
    const before = deployment.clock.monotonicNow()
    expect(await passing(deployment, second)).toMatchObject({ code: 'exchangeFailed', retryable: true })
    expect(deployment.clock.monotonicNow() - before).toBeLessThan(12_600)
    expect(deployment.asked.length).toBe(1)
  })

  it('whose grant can’t be stored gives it out from memory, and stores it later', async () => {
    const { keeper } = deployment.start()
    const exchange = keeper.exchange(KEY, CODE)
    await until(() => deployment.asked.length === 1)
    deployment.store.writes = 'fail'
    expect(await passing(deployment, exchange)).toMatchObject({ status: 'authorized', persistent: false })
    expect(await keeper.client(KEY).getAccessToken()).toBe('access-1')
    deployment.store.writes = 'work'
    await deployment.clock.advance(5_000)
    expect(await deployment.start().keeper.client(KEY).getAccessToken()).toBe('access-1')
  })

  it('that a sign-out overtakes stores nothing', async () => {
    const { keeper } = deployment.start()
    const exchange = errorOf(keeper.exchange(KEY, CODE))
    await until(() => deployment.asked.length === 1)
    await passing(deployment, deployment.start().keeper.client(KEY).signOut())
    expect(await passing(deployment, exchange)).toMatchObject({ code: 'aborted' })
    expect(await deployment.store.texts()).toEqual([])
  })

  it('of a code whose grant stands sends nothing, as where a browser loads a callback route again', async () => {
    await passing(deployment, deployment.start().keeper.exchange(KEY, CODE))
    const { keeper } = deployment.start()
    expect(await passing(deployment, keeper.exchange(KEY, CODE))).toMatchObject({ status: 'authorized' })
    expect(deployment.asked.length).toBe(1)
    await deployment.clock.advance(2 * HOUR_MS)
    await passing(deployment, keeper.client(KEY).getAccessToken())
    expect(await passing(deployment, keeper.exchange(KEY, CODE))).toMatchObject({ status: 'authorized' })
    expect(deployment.asked.map((body) => body.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ])
  })

  it('of a code that is dead keeps the grant that stands', async () => {
    const { keeper } = deployment.start()
    await passing(deployment, keeper.exchange('other', { ...CODE, code: 'dead' }))
    await passing(deployment, keeper.exchange(KEY, CODE))
    const error = await passing(deployment, errorOf(keeper.exchange(KEY, { ...CODE, code: 'dead' })))
    expect(error).toMatchObject({ code: 'exchangeFailed', serverError: 'invalid_grant', retryable: false })
    expect(await keeper.client(KEY).getAccessToken()).toBe('access-2')
  })

  it('that is not answered ends within 12 seconds, and a late success counts', async () => {
    const { keeper } = deployment.start()
    deployment.latencyMs = 20_000
    const failure = errorOf(keeper.exchange('bot', CODE))
    // Until then real hashing is waited for, which the virtual clock must not run ahead of.
    await until(() => deployment.asked.length === 1)
    const before = deployment.clock.monotonicNow()
    expect(await passing(deployment, failure)).toMatchObject({ code: 'exchangeFailed' })
    expect(deployment.clock.monotonicNow() - before).toBeLessThan(12_200)
    await deployment.clock.advance(10_000)
    expect(await keeper.client('bot').getAccessToken()).toBe('access-1')
  })

  it.each<[string, string]>([
    ['sealed with a key that is lost', 'sealed:nobody opens this'],
    ['not sealed, from before there was a seal', '{"clients":{}}'],
  ])('puts a grant where a text is %s', async (_what, text) => {
    await deployment.store.plant(KEY, text)
    const { keeper } = deployment.start({ seal: await sealWithKey() })
    expect(await passing(deployment, errorOf(keeper.client(KEY).readState()))).toMatchObject({
      code: 'storageUnavailable',
    })
    expect(await passing(deployment, keeper.exchange(KEY, CODE))).toMatchObject({ status: 'authorized' })
    expect(await keeper.client(KEY).getAccessToken()).toBe('access-1')
    expect(await deployment.store.texts()).not.toEqual([text])
  })

  it('that waits to be stored there gives way to a newer grant', async () => {
    const seal = await sealWithKey()
    await deployment.store.plant(KEY, 'sealed:nobody opens this')
    const first = deployment.start({ seal })
    const exchange = first.keeper.exchange(KEY, CODE)
    await until(() => deployment.asked.length === 1)
    deployment.store.writes = 'fail'
    expect(await passing(deployment, exchange)).toMatchObject({ persistent: false })
    deployment.store.writes = 'work'
    await passing(deployment, deployment.start({ seal }).keeper.exchange(KEY, { ...CODE, code: 'code-2' }))
    await deployment.clock.advance(120_000)
    const reader = deployment.start({ seal }).keeper.client(KEY)
    expect(await passing(deployment, reader.getAccessToken())).toBe('access-2')
  })

  it('puts a grant where one of a newer version of the library stands', async () => {
    await deployment.store.plant(KEY, '{"clients":{"client-1":{"version":2}}}')
    const { keeper } = deployment.start()
    expect(await passing(deployment, keeper.exchange(KEY, CODE))).toMatchObject({ status: 'authorized' })
    expect(await deployment.start().keeper.client(KEY).getAccessToken()).toBe('access-1')
  })

  it('of a code that is dead leaves a text that can not be opened as it is', async () => {
    await deployment.store.plant(KEY, 'sealed:nobody opens this')
    const { keeper } = deployment.start({ seal: await sealWithKey() })
    await passing(deployment, keeper.exchange('other', { ...CODE, code: 'dead' }))
    const error = await passing(deployment, errorOf(keeper.exchange(KEY, { ...CODE, code: 'dead' })))
    expect(error).toMatchObject({ code: 'exchangeFailed', serverError: 'invalid_grant' })
    await deployment.clock.advance(60_000)
    expect(await deployment.store.get(KEY)).toMatchObject({ value: 'sealed:nobody opens this' })
    const writes = vi.spyOn(deployment.store, 'compareAndSwap')
    await deployment.clock.advance(600_000)
    expect(writes).not.toHaveBeenCalled()
  })

  it.each<[string, (at: Deployment, seal: Seal) => void]>([
    ['the seal is out of order', (_at, seal) => Object.assign(seal, BROKEN)],
    ['the store is down', ({ store }) => Object.assign(store, { reads: 'fail', writes: 'fail' })],
  ])('sends no code where %s', async (_what, breakIt) => {
    const seal = await sealWithKey()
    await passing(deployment, deployment.start({ seal }).keeper.exchange(KEY, CODE))
    const asked = deployment.asked.length
    breakIt(deployment, seal)
    const { keeper } = deployment.start({ seal })
    const error = await passing(deployment, errorOf(keeper.exchange(KEY, { ...CODE, code: 'code-2' })))
    expect(error).toMatchObject({ code: 'exchangeFailed', cause: { code: 'storageUnavailable' } })
    expect(deployment.asked).toHaveLength(asked)
  })

  it('over a damaged name of the last consent replaces the grant', async () => {
    const grant = { ...liveGrant(), consent: 7 }
    const entry = { clients: { 'client-1': { version: 1, attempts: [], record: grant } } }
    await deployment.store.plant('bot', JSON.stringify(entry))
    const exchange = deployment.start().keeper.exchange('bot', CODE)
    expect(await passing(deployment, exchange)).toMatchObject({ status: 'authorized' })
  })

  it('stores no verifier and no code', async () => {
    const { keeper } = deployment.start()
    const exchange = keeper.exchange(KEY, CODE)
    await until(() => deployment.asked.length === 1)
    const marked = (await deployment.store.texts()).join()
    expect(marked).toContain('claimedBy')
    expect(marked).not.toMatch(/the-code|the-verifier/)
    await passing(deployment, exchange)
  })

  it.each<[string, unknown]>([
    ['invalidRequest', { codeVerifier: 'v' }],
    ['invalidRequest', { code: 'c', codeVerifier: 5 }],
    ['invalidRequest', undefined],
    ['invalidRedirectUri', { ...CODE, redirectUri: 'callback.html' }],
    ['invalidScopes', { ...CODE, scopes: ['a b'] }],
  ])('with a wrong argument is a %s, and nothing is stored', async (code, exchange) => {
    const error = await errorOf(deployment.start().keeper.exchange(KEY, exchange as CodeExchange))
    expect(error).toMatchObject({ name: 'ConfigurationError', code })
    expect(await deployment.store.keys()).toEqual([])
  })
})
