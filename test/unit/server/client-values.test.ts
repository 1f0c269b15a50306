// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { createDeployment, type Deployment, passing } from '../support/deployment'
import { HOUR_MS } from '../support/grants'

const KEY = 'workspace=w'

let deployment: Deployment

beforeEach(() => {
  deployment = createDeployment()
})

const exchange = (clientId: string, code: string) =>
  passing(deployment, deployment.start({ clientId }).keeper.exchange(KEY, { code, codeVerifier: 'verifier' }))
const stateOf = (clientId: string) => deployment.start({ clientId }).keeper.client(KEY).readState()

describe('two clients with one store', () => {
  it('present no refresh token of each other', async () => {
    await exchange('one', 'code-1')
    await deployment.clock.advance(61 * 24 * HOUR_MS)
    const { keeper } = deployment.start({ clientId: 'two' })
    await expect(keeper.client(KEY).getAccessToken()).rejects.toMatchObject({ code: 'notAuthorized' })
    expect(await passing(deployment, keeper.tick())).toMatchObject({ looked: 1, renewed: 0, failed: 0 })
    expect(deployment.asked).toHaveLength(1)
  })

  it('have a grant each under one key, and sign out of their own', async () => {
    await exchange('one', 'code-1')
    await exchange('two', 'code-2')
    await deployment.clock.advance(2 * HOUR_MS)
    for (const [clientId, refreshToken] of [
      ['one', 'refresh-1'],
      ['two', 'refresh-2'],
    ] as const) {
      await passing(deployment, deployment.start({ clientId }).keeper.client(KEY).getAccessToken())
      const body = Object.fromEntries(deployment.asked.at(-1) ?? [])
      expect(body).toMatchObject({ client_id: clientId, refresh_token: refreshToken })
    }
    await passing(deployment, deployment.start({ clientId: 'one' }).keeper.client(KEY).signOut())
    expect(await stateOf('one')).toMatchObject({ status: 'notAuthorized' })
    expect(await stateOf('two')).toMatchObject({ status: 'authorized' })
    await passing(deployment, deployment.start({ clientId: 'two' }).keeper.client(KEY).signOut())
    expect(await deployment.store.keys()).toEqual([])
  })

  it('put a grant where a damaged text stands', async () => {
    await deployment.store.plant(KEY, '{"damaged')
    await exchange('one', 'code-1')
    expect(await stateOf('one')).toMatchObject({ status: 'authorized' })
    expect(await stateOf('two')).toMatchObject({ status: 'notAuthorized' })
  })
})
