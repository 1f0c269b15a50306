import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { install } from '../../../../src/compat/rest-api/install'
import type { RestApiClient } from '../../../../src/compat/rest-api/rest-api-client'
import { PAGE_ORIGIN } from '../../support/browser'
import { options } from '../../support/client'
import { until } from '../../support/clock'
import { liveGrant, storedEntry } from '../../support/grants'
import { scriptedEndpoint, tokens } from '../../support/token-endpoint'
import { bluebirds } from '../support/bluebird'
import { APP_KEY, grantKeyOf, restApiSetUp } from '../support/rest-api'
import { createTrelloPowerUp, type FakeFrame } from '../support/trello-power-up'

// Trello's own samples begin with `var Promise = TrelloPowerUp.Promise`, which replaces window.Promise.
describe.each(bluebirds)('in a page with %s for window.Promise', (_name, Bluebird) => {
  beforeEach(() => void vi.stubGlobal('Promise', Bluebird))
  afterEach(() => vi.unstubAllGlobals())

  const key = grantKeyOf({ organization: 'workspace-1', member: 'member-1' })

  it('a grant is read and signed out of', async () => {
    const { restApi, storage } = restApiSetUp({}, { trello: { Promise: Bluebird } })
    storage.values.set(key, storedEntry({ record: liveGrant({ scopes: options.scopes }) }))
    expect(await restApi.isAuthorized()).toBe(true)
    expect(await restApi.getToken()).toBe('access-0')
    await restApi.clearToken()
    expect(await restApi.isAuthorized()).toBe(false)
    expect(storage.values.has(key)).toBe(false)
  })

  it('a sign-in ends with a token', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { restApi, frame } = restApiSetUp({ tokenEndpoint: endpoint })
    expect(await restApi.isAuthorized()).toBe(false)
    let token: string | undefined
    void restApi.authorize().then((given) => {
      token = given
    })
    await until(() => frame.windows.length > 0 && frame.window().url().origin === 'https://auth.example')
    const state = frame.window().url().searchParams.get('state')
    const data = { powerUpOAuth: 1, type: 'response', parameters: `state=${state}&code=code-1` }
    frame.deliver({ source: frame.window(), origin: PAGE_ORIGIN, data })
    await until(() => token !== undefined)
    expect(token).toBe('access-1')
  })

  it('the connector answers, also in the callbacks of an async capability', async () => {
    const trello = createTrelloPowerUp({ keepsRestApi: false })
    const redirectUri = `${location.origin}/callback.html`
    const undo = install(trello, { clientId: 'client-1', redirectUri, scopes: [], appKey: APP_KEY })
    const callback = (t: FakeFrame) => (t.getRestApi() as RestApiClient).isAuthorized()
    trello.initialize({ 'board-buttons': async () => [{ text: 'A', callback }] })
    const [button] = (await trello.ask('board-buttons')) as [{ callback: typeof callback }]
    expect(await button.callback(trello.newT())).toBe(false)
    undo()
  })
})
