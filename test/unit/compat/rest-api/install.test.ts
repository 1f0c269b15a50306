import { afterEach, describe, expect, it, vi } from 'vitest'
import { type InstallOptions, install } from '../../../../src/compat/rest-api/install'
import type { RestApiClient } from '../../../../src/compat/rest-api/rest-api-client'
import { thrownBy } from '../../support/outcome'
import { APP_KEY } from '../support/rest-api'
import { createTrelloPowerUp, type FakeFrame, type FakeTrelloPowerUp } from '../support/trello-power-up'

const options = {
  clientId: 'client-1',
  redirectUri: `${location.origin}/callback.html`,
  scopes: ['read:board:trello'],
} satisfies InstallOptions

const undos: (() => void)[] = []
afterEach(() => {
  for (const undo of undos.splice(0).reverse()) undo()
})

function installed(trello: FakeTrelloPowerUp, more: InstallOptions = options): () => void {
  const undo = install(trello, more)
  undos.push(undo)
  return undo
}

const legacy = { appKey: APP_KEY, appName: 'My Power-Up' }
const isOurs = (restApi: unknown): boolean => typeof (restApi as RestApiClient).client === 'object'

describe('a frame after install', () => {
  it('answers t.getRestApi() with our object and its own options', () => {
    const trello = createTrelloPowerUp()
    installed(trello)
    const t = trello.iframe(legacy)
    expect(t.getRestApi()).toMatchObject({ ...legacy, t })
    expect(isOurs(t.getRestApi())).toBe(true)
    expect(trello.iframe()).toBe(t)
    expect(t.getRestApi()).toBe(trello.iframe().getRestApi())
  })

  it('may bring the options itself, and Trello gets all of them', () => {
    const trello = createTrelloPowerUp()
    installed(trello, {})
    const given = { ...legacy, ...options, localization: { defaultLocale: 'en' } }
    const t = trello.iframe(given)
    expect(isOurs(t.getRestApi())).toBe(true)
    expect(t.options).toBe(given)
  })

  it('is left alone if it has no client id', () => {
    const trello = createTrelloPowerUp()
    installed(trello, {})
    expect(trello.iframe(legacy).getRestApi()).toBe('the old client')
    const other = createTrelloPowerUp()
    installed(other, {})
    expect(() => other.iframe().getRestApi()).toThrow('not configured')
  })

  it('is hooked if it was there before', () => {
    const trello = createTrelloPowerUp()
    const t = trello.iframe(legacy)
    installed(trello)
    expect(isOurs(t.getRestApi())).toBe(true)
    expect(t.getRestApi()).toMatchObject(legacy)
  })

  it('throws for wrong options from t.getRestApi() only, as the old client did', () => {
    const trello = createTrelloPowerUp()
    installed(trello, {})
    const t = trello.iframe({ ...legacy, ...options, scopes: 'read,write' })
    expect(thrownBy(() => t.getRestApi())).toMatchObject({
      name: 'restApi::ApiNotConfiguredError',
      code: 'invalidScopes',
    })
  })
})

describe('the connector after install', () => {
  it('answers the t of each capability, and of the callbacks in its answer', async () => {
    const trello = createTrelloPowerUp()
    installed(trello)
    const seen: RestApiClient[] = []
    const note = (t: FakeFrame) => {
      const restApi = t.getRestApi() as RestApiClient
      expect(restApi.t).toBe(t)
      seen.push(restApi)
    }
    trello.initialize({
      'board-buttons': (t: FakeFrame) => {
        note(t)
        return [{ text: 'A', callback: note }]
      },
    })
    const [button] = (await trello.ask('board-buttons')) as [{ callback(t: FakeFrame): void }]
    button.callback(trello.newT())
    expect(seen).toHaveLength(2)
    expect(seen[0]).toBe(seen[1])
    expect(isOurs(seen[0])).toBe(true)
  })

  it('passes arguments, this and results through, and all members that are not functions', async () => {
    const trello = createTrelloPowerUp()
    installed(trello)
    const result = [{ text: 'A', callback: () => undefined }]
    const handler = vi.fn(function (this: unknown) {
      return result
    })
    const given = { ...legacy, unknown: 1 }
    trello.initialize({ 'card-badges': handler, version: 3 }, given)
    expect(trello.indexConnector?.options).toBe(given)
    expect(trello.indexConnector?.handlers).toMatchObject({ version: 3 })
    expect(await trello.ask('card-badges', 'options')).toBe(result)
    expect(handler).toHaveBeenCalledWith(expect.anything(), 'options')
    expect(handler.mock.contexts[0]).toBe(trello)
  })

  it('is hooked if it was there before', async () => {
    const trello = createTrelloPowerUp()
    let restApi: unknown
    trello.initialize({
      'card-badges': (t: FakeFrame) => {
        restApi = t.getRestApi()
      },
    })
    installed(trello)
    await trello.ask('card-badges')
    expect(isOurs(restApi)).toBe(true)
  })

  it('answers its capabilities in spite of wrong options', async () => {
    const trello = createTrelloPowerUp()
    installed(trello, {})
    trello.initialize({ 'card-badges': () => ['badge'] }, { ...legacy, ...options, redirectUri: '/callback' })
    expect(await trello.ask('card-badges')).toEqual(['badge'])
    expect(() => trello.newT().getRestApi()).toThrow(/redirectUri/)
  })

  it('forgets an old token and signs out when personal data is removed', async () => {
    const trello = createTrelloPowerUp()
    installed(trello, { ...options, ...legacy, legacy: true })
    trello.pluginData.set('member/private/trello_token', 'old-token')
    trello.initialize({ 'remove-data': async () => 'done', 'card-badges': (t: FakeFrame) => t.getRestApi() })
    const restApi = (await trello.ask('card-badges')) as RestApiClient
    expect(await restApi.isAuthorized()).toBe(true)
    expect(await trello.ask('remove-data')).toBe('done')
    expect(await restApi.isAuthorized()).toBe(false)
    expect([...trello.pluginData]).toEqual([])
  })
})

describe("another version of Trello's script", () => {
  it('gets its t.getRestApi replaced in a frame', () => {
    const trello = createTrelloPowerUp({ keepsRestApi: false })
    const undo = installed(trello)
    const t = trello.iframe(legacy)
    expect(isOurs(t.getRestApi())).toBe(true)
    undo()
    expect(() => t.getRestApi()).toThrow('not configured')
  })

  it('gets it replaced in the connector, also in nested callbacks', async () => {
    const trello = createTrelloPowerUp({ keepsRestApi: false })
    installed(trello)
    const seen: unknown[] = []
    const note = (t: FakeFrame) => {
      const restApi = t.getRestApi() as RestApiClient
      seen.push(isOurs(restApi) && restApi.t === t)
    }
    const callback = async (t: FakeFrame) => {
      note(t)
      return { onConfirm: note }
    }
    trello.initialize({
      'board-buttons': async (t: FakeFrame) => {
        note(t)
        return [{ text: 'A', icon: new URL('https://a.example'), callback }]
      },
    })
    const [button] = (await trello.ask('board-buttons')) as [{ icon: URL; callback: typeof callback }]
    expect(button.icon).toBeInstanceOf(URL)
    const { onConfirm } = await button.callback(trello.newT())
    onConfirm(trello.newT())
    expect(seen).toEqual([true, true, true])
  })
})

describe('install', () => {
  it('throws at once for wrong options of its own', () => {
    const trello = createTrelloPowerUp()
    const { initialize } = trello
    expect(thrownBy(() => install(trello, { ...options, redirectUri: 'callback' }))).toMatchObject({
      name: 'restApi::ApiNotConfiguredError',
      code: 'invalidRedirectUri',
    })
    expect(trello.initialize).toBe(initialize)
  })

  it.each([undefined, null, 'TrelloPowerUp'])('says what is missing where TrelloPowerUp is %j', (trello) => {
    expect(thrownBy(() => Reflect.apply(install, undefined, [trello, options]))).toMatchObject({
      name: 'ConfigurationError',
      code: 'noTrelloContext',
      message: expect.stringContaining('window.TrelloPowerUp'),
    })
  })

  it('takes null for its options', () => {
    expect(install(createTrelloPowerUp(), null)).toBeTypeOf('function')
  })

  it('adapts requests only if the options say so', () => {
    const { fetch } = globalThis
    const trello = createTrelloPowerUp()
    const undo = installed(trello, { ...options, adaptRequests: true })
    expect(globalThis.fetch).toBe(fetch)
    trello.iframe(legacy)
    expect(globalThis.fetch).not.toBe(fetch)
    undo()
    expect(globalThis.fetch).toBe(fetch)
    expect(trello.iframe().getRestApi()).toBe('the old client')
  })

  it('adapts requests at once where it knows the app key, for libraries that keep fetch', () => {
    const { fetch } = globalThis
    const trello = createTrelloPowerUp()
    const undo = installed(trello, { ...options, ...legacy, adaptRequests: true })
    const adapted = globalThis.fetch
    expect(adapted).not.toBe(fetch)
    trello.iframe()
    expect(globalThis.fetch).toBe(adapted)
    undo()
    expect(globalThis.fetch).toBe(fetch)
  })

  it('names the option that the adapter needs', () => {
    const trello = createTrelloPowerUp()
    installed(trello, { ...options, adaptRequests: true })
    const error = thrownBy(() => trello.iframe().getRestApi())
    expect(error).toMatchObject({ name: 'restApi::ApiNotConfiguredError', code: 'invalidRequest' })
    expect(error).toMatchObject({ message: expect.stringContaining('appKey') })
  })

  it('can be undone', () => {
    const trello = createTrelloPowerUp()
    const { initialize, iframe } = trello
    const t = trello.iframe(legacy)
    const undo = install(trello, options)
    expect(trello).toHaveProperty('restApiError.AuthDeniedError')
    undo()
    expect(t.getRestApi()).toBe('the old client')
    expect([trello.initialize, trello.iframe]).toEqual([initialize, iframe])
    expect(trello).not.toHaveProperty('restApiError')
    undo()
  })
})
