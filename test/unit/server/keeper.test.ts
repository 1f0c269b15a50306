// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { batch } from '../../../src/api/batch'
import { trelloJsClient } from '../../../src/api/trello-js'
import { createKeeperIn } from '../../../src/server/keeper'
import { grantKey } from '../../../src/server/key'
import { memoryGrants } from '../../../src/server/memory-grants'
import { serverPlatform } from '../../../src/server/platform'
import { createDeployment, type Deployment, passing } from '../support/deployment'
import { HOUR_MS } from '../support/grants'
import { errorOf } from '../support/outcome'

const KEY = grantKey({ workspace: 'workspace-1', member: 'member-1' })
const CODE = { code: 'the-code', codeVerifier: 'the-verifier' }

let deployment: Deployment

beforeEach(() => {
  deployment = createDeployment()
})

async function connected(key = KEY, code = CODE): Promise<void> {
  await passing(deployment, deployment.start().keeper.exchange(key, code))
  deployment.asked.length = 0
}

describe('a keeper', () => {
  it('gives a token for a code that a route of its own received', async () => {
    const { keeper } = deployment.start()
    const state = await passing(deployment, keeper.exchange(KEY, CODE))
    expect(state).toEqual({
      status: 'authorized',
      scopes: ['read:board:trello'],
      missingScopes: [],
      workspace: 'workspace-1',
      persistent: true,
    })
    expect(Object.fromEntries(deployment.asked[0] ?? [])).toEqual({
      grant_type: 'authorization_code',
      client_id: 'client-1',
      client_secret: 'the-secret',
      code: 'the-code',
      code_verifier: 'the-verifier',
      redirect_uri: 'https://power-up.example/callback.html',
    })
    expect(await keeper.client(KEY).getAccessToken()).toBe('access-1')
    expect(deployment.events).toEqual([{ key: KEY, type: 'grantStored' }])
  })

  it('is frozen, with functions that need no this', async () => {
    const { client } = deployment.start().keeper
    const made = client(KEY)
    expect([Object.isFrozen(made), Object.isFrozen(made.api)]).toEqual([true, true])
    const { readState } = made
    expect(await readState()).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it('uses nothing of the platform before it is called, since Workers refuse that while a module is loaded', () => {
    const used: string[] = []
    const platform = new Proxy(serverPlatform, {
      get: (_, name) => () => void used.push(String(name)),
    })
    const keeper = createKeeperIn(platform, {
      clientId: 'client-1',
      redirectUri: 'https://power-up.example/callback.html',
      allowedOrigins: ['https://power-up.example'],
      powerUpId: 'power-up-1',
      store: memoryGrants(),
    })
    keeper.client(KEY)
    keeper.broker({ secret: 'sixteen-letters-of-it' })
    expect(keeper.handler).toBeTypeOf('function')
    expect(used).toEqual([])
  })

  it('refreshes once for all calls of one process', async () => {
    await connected()
    await deployment.clock.advance(2 * HOUR_MS)
    const { keeper } = deployment.start()
    const calls = Array.from({ length: 10 }, () => keeper.client(KEY).getAccessToken())
    expect(new Set(await passing(deployment, Promise.all(calls)))).toEqual(new Set(['access-2']))
    expect(deployment.asked.map((body) => body.get('refresh_token'))).toEqual(['refresh-1'])
  })

  it('refreshes once for all calls of eight processes', async () => {
    await connected()
    await deployment.clock.advance(2 * HOUR_MS)
    deployment.store.latencyMs = 5
    const processes = Array.from({ length: 8 }, () => deployment.start())
    const calls = processes.flatMap(({ keeper }) =>
      Array.from({ length: 10 }, () => keeper.client(KEY).getAccessToken()),
    )
    const before = deployment.clock.monotonicNow()
    expect(new Set(await passing(deployment, Promise.all(calls)))).toEqual(new Set(['access-2']))
    expect(deployment.asked.length).toBe(1)
    // The server takes 200 ms; the others look again after 50, 100, 200 ms.
    expect(deployment.clock.monotonicNow() - before).toBeLessThan(1_000)
  })

  it('serves the API, the batch and trello.js', async () => {
    await connected()
    const client = deployment.start().keeper.client(KEY)
    expect(await client.api.get('/members/me')).toEqual({ id: 'member-1' })
    expect((await client.fetch('/1/members/me')).status).toBe(200)
    expect(await batch(client, ['/boards/a', '/boards/b'])).toMatchObject([
      { status: 'fulfilled', value: { path: '/boards/a' } },
      { status: 'fulfilled', value: { path: '/boards/b' } },
    ])
    expect(await trelloJsClient(client).sendRequest({ url: '/members/me' })).toEqual({ id: 'member-1' })
    expect(deployment.called.slice(-2)).toEqual(['GET /1/batch access-1', 'GET /1/members/me access-1'])
  })

  it('replaces a token that the API refuses, once, and sends the call again', async () => {
    await connected()
    deployment.refused.add('access-1')
    await deployment.clock.advance(120_000)
    const { keeper } = deployment.start()
    expect(await passing(deployment, keeper.client(KEY).api.get('/members/me'))).toEqual({ id: 'member-1' })
    expect(deployment.asked.length).toBe(1)
    expect(deployment.called.slice(-2)).toEqual(['GET /1/members/me access-1', 'GET /1/members/me access-2'])
  })

  it('asks later whose account it is, where that could not be asked', async () => {
    deployment.isApiDown = true
    deployment.member = 'member-2'
    await connected()
    const { keeper } = deployment.start()
    expect(await keeper.client(KEY).readState()).toMatchObject({ status: 'authorized' })
    deployment.isApiDown = false
    const error = await passing(deployment, errorOf(keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'notAuthorized', cause: { code: 'accountMismatch' } })
    expect(await deployment.store.texts()).toEqual([])
  })

  it('refuses an address outside of apiOrigins before anything is sent', async () => {
    await connected()
    deployment.called.length = 0
    const { fetch } = deployment.start().keeper.client(KEY)
    expect(await errorOf(fetch('https://elsewhere.example/1/members/me'))).toMatchObject({
      code: 'untrustedUrl',
    })
    expect(deployment.called).toEqual([])
  })

  it('says that nobody has connected', async () => {
    const client = deployment.start().keeper.client(KEY)
    expect(await errorOf(client.getAccessToken())).toMatchObject({ code: 'notAuthorized' })
    expect(await errorOf(client.api.get('/members/me'))).toMatchObject({ code: 'notAuthorized' })
  })

  it('says why a grant has ended, in every process', async () => {
    await connected()
    const other = deployment.start()
    await other.keeper.client(KEY).readState()
    await deployment.clock.advance(2 * HOUR_MS)
    deployment.revokeAll()
    const { keeper } = deployment.start()
    const error = await passing(deployment, errorOf(keeper.client(KEY).getAccessToken()))
    expect(error).toMatchObject({ code: 'tokenExpired', reason: 'revoked' })
    expect(await other.keeper.client(KEY).readState()).toMatchObject({
      status: 'tokenExpired',
      reason: 'revoked',
    })
    expect(deployment.asked.length).toBe(1)
  })
})
