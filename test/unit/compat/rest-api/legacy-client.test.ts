import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform } from '../../../../src/base/platform'
import { adaptedFetch } from '../../../../src/compat/requests/fetch-adapter'
import { keyedApi } from '../../../../src/compat/requests/keyed-request'
import { adaptedXmlHttpRequest } from '../../../../src/compat/requests/xml-http-request-adapter'
import type { AuthState } from '../../../../src/index'
import { settle, until } from '../../support/clock'
import { expiredGrant, liveGrant, storedEntry } from '../../support/grants'
import { watch } from '../../support/outcome'
import { later } from '../../support/token-endpoint'
import { browserRequest } from '../support/browser-request'
import { memoryStorage } from '../support/memory-storage'
import { APP_KEY, frameOf, grantKeyOf, restApiSetUp } from '../support/rest-api'

const PLACE = 'member/private/trello_token'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function withToken(more = {}) {
  const pluginData = new Map<string, unknown>([[PLACE, 'old-token']])
  return restApiSetUp({ legacy: true, localStorage: memoryStorage() as never, ...more }, { pluginData })
}

describe('a client with legacy: true', () => {
  const key = grantKeyOf({ organization: 'workspace-1', member: 'member-1' })

  it('answers with the old token, and its state says so', async () => {
    const { restApi } = withToken()
    expect(await restApi.isAuthorized()).toBe(true)
    expect(await restApi.getToken()).toBe('old-token')
    expect(restApi.client.state).toEqual({ status: 'notAuthorized', persistent: true, legacy: true })
    expect(restApi.client.state).toBe(restApi.client.state)
    expect(Object.isFrozen(restApi.client.state)).toBe(true)
    expect(await restApi.client.isAuthorized()).toBe(false)
  })

  it('does not look for an old token by default', async () => {
    const { restApi } = withToken({ legacy: undefined })
    expect([await restApi.isAuthorized(), await restApi.getToken()]).toEqual([false, undefined])
  })

  it('says in the console that it needs the app key', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    const { restApi } = withToken({ appKey: undefined })
    expect(await restApi.isAuthorized()).toBe(false)
    expect(warned.mock.calls.join()).toContain('legacy needs the appKey')
  })

  it('tells subscribers when the old token is found, and when it goes', async () => {
    const { restApi } = withToken()
    const states: unknown[] = []
    const stop = restApi.client.subscribe((state) => states.push(state))
    await until(() => JSON.stringify(states.at(-1)).includes('legacy'))
    await restApi.clearToken()
    expect(states.at(-1)).toEqual({ status: 'notAuthorized', persistent: true })
    stop()
  })

  it('never uses the old token after a grant has ended', async () => {
    const { restApi, storage } = withToken()
    storage.values.set(key, storedEntry({ record: expiredGrant() }))
    expect([await restApi.isAuthorized(), await restApi.getToken()]).toEqual([false, undefined])
    expect(restApi.client.state).not.toHaveProperty('legacy')
  })

  it('forgets the old token for good once there is a grant', async () => {
    const { restApi, storage, pluginData } = withToken()
    storage.values.set(key, storedEntry({ record: liveGrant() }))
    expect(await restApi.getToken()).toBe('access-0')
    expect(await restApi.isAuthorized()).toBe(true)
    await until(() => pluginData.size === 0)
    await restApi.clearToken()
    expect([await restApi.isAuthorized(), await restApi.getToken()]).toEqual([false, undefined])
  })

  it('forgets the old token on a sign-out without a grant', async () => {
    const { restApi, pluginData } = withToken()
    expect(await restApi.isAuthorized()).toBe(true)
    await restApi.clearToken()
    expect(pluginData.size).toBe(0)
    expect(await restApi.isAuthorized()).toBe(false)
  })
})

describe('a 401 for a request with an old token', () => {
  const url = `https://api.trello.com/1/boards/x?key=${APP_KEY}&token=old-token`
  const meUrl = 'https://api.trello.com/1/members/me?fields=id'

  /** A page whose requests and checks get these statuses, the last one from then on. */
  async function page(statuses: Record<'request' | 'check', number[]>) {
    const { restApi, pluginData } = withToken()
    expect(await restApi.isAuthorized()).toBe(true)
    const next = (all: number[]) => ({ status: (all.length > 1 ? all.shift() : all[0]) ?? 500 })
    const asked = vi.fn(async (_url: unknown, _init?: unknown) => new Response('', next(statuses.check)))
    vi.stubGlobal('fetch', asked)
    const original = async () => new Response('', next(statuses.request))
    const api = keyedApi(APP_KEY, ['https://api.trello.com'])
    const adapter = { api, currentClient: () => restApi.client, isOn: () => true }
    const call = async () => (await adaptedFetch(original as typeof fetch, adapter)(url)).status
    return { restApi, pluginData, asked, call, adapter }
  }

  it('forgets the token once a second answer says so, and the person is asked', async () => {
    const { restApi, pluginData, asked, call } = await page({ request: [200, 401], check: [401] })
    const states: unknown[] = []
    const stop = restApi.client.subscribe(({ status, ...state }) => states.push({ status, ...state }))
    expect(await call()).toBe(200)
    expect(asked).not.toHaveBeenCalled()
    expect(await call()).toBe(401)
    expect(asked.mock.calls.map(([asked]) => asked)).toEqual([meUrl])
    expect([await restApi.isAuthorized(), await restApi.getToken()]).toEqual([false, undefined])
    expect(states.at(-1)).toEqual({ status: 'notAuthorized', persistent: true })
    expect(pluginData.size).toBe(0)
    stop()
  })

  it('is noticed for an XMLHttpRequest, too', async () => {
    const { restApi, adapter } = await page({ request: [401], check: [401] })
    const browser = browserRequest()
    function original(): XMLHttpRequest {
      return Object.assign(browser.xhr, { status: 401 })
    }
    const xhr: XMLHttpRequest = new (adaptedXmlHttpRequest(original as never, adapter))()
    xhr.open('GET', url)
    xhr.send()
    await until(() => browser.calls.send.mock.calls.length > 0)
    xhr.dispatchEvent(new ProgressEvent('loadend'))
    await until(() => restApi.client.state.status === 'notAuthorized' && !restApi.client.state.legacy)
  })

  it('costs one check for many requests, and no more for ten minutes where the token is taken', async () => {
    const { restApi, asked, call } = await page({ request: [401], check: [200] })
    await Promise.all([call(), call(), call()])
    await call()
    expect(asked).toHaveBeenCalledOnce()
    expect(await restApi.isAuthorized()).toBe(true)
    vi.spyOn(browserPlatform, 'monotonicNow').mockReturnValue(performance.now() + 600_000)
    await call()
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it.each([503, 403, 429])('leaves the token alone where the check is answered with %i', async (status) => {
    const { restApi, asked, call } = await page({ request: [401], check: [status] })
    await call()
    await call()
    expect(asked).toHaveBeenCalledTimes(2)
    expect(await restApi.getToken()).toBe('old-token')
  })

  it('is given to the page within a second, also where the check hangs', async () => {
    const { asked, call } = await page({ request: [401], check: [401] })
    asked.mockReturnValue(later<never>().promise)
    vi.useFakeTimers()
    const outcome = watch(call())
    await vi.advanceTimersByTimeAsync(1_000)
    expect(outcome.value).toBe(401)
  })
})

describe('after a sign-out in another frame', () => {
  function twoFrames() {
    const local = memoryStorage() as never
    const pluginData = new Map<string, unknown>([[PLACE, 'old-token']])
    const open = () => restApiSetUp({ legacy: true, localStorage: local }, { pluginData }).restApi
    return [open(), open()] as const
  }

  it('an XMLHttpRequest no longer carries the old token, even if the state was not read since', async () => {
    const [here, there] = twoFrames()
    expect(await here.isAuthorized()).toBe(true)
    await there.clearToken()
    const browser = browserRequest()
    function original(): XMLHttpRequest {
      return browser.xhr
    }
    const api = keyedApi(APP_KEY, ['https://api.trello.com'])
    const adapter = { api, currentClient: () => here.client, isOn: () => true }
    const xhr: XMLHttpRequest = new (adaptedXmlHttpRequest(original as never, adapter))()
    xhr.open('GET', `https://api.trello.com/1/cards?key=${APP_KEY}&token=old-token`)
    xhr.send()
    await until(() => browser.calls.send.mock.calls.length > 0)
    expect(browser.calls.open.mock.lastCall?.[1]).toBe('https://api.trello.com/1/cards')
    expect(here.client.state).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it('subscribers are told', async () => {
    const [here, there] = twoFrames()
    const states: unknown[] = []
    const stop = here.client.subscribe((state) => states.push(state))
    await until(() => JSON.stringify(states.at(-1)).includes('legacy'))
    await there.clearToken()
    const key = `powerup-oauth/legacy-token-ended/${APP_KEY}/trello_token`
    for (const change of [{ key: 'another', newValue: '1' }, { key }]) {
      dispatchEvent(new StorageEvent('storage', change))
      expect(states.at(-1)).toHaveProperty('legacy')
    }
    dispatchEvent(new StorageEvent('storage', { key, newValue: '1' }))
    expect(states.at(-1)).toEqual({ status: 'notAuthorized', persistent: true })
    await settle()
    expect(here.client.state).toBe(states.at(-1))
    stop()
  })
})

describe('a subscriber that throws', () => {
  it('does not keep the others from being told, and its error is reported', async () => {
    const reported = vi.spyOn(browserPlatform, 'reportError').mockReturnValue()
    const { restApi } = withToken()
    const error = new Error('mine')
    const other = vi.fn((_state: AuthState) => undefined)
    for (const listener of [() => fail(error), other, () => fail(error)]) restApi.client.subscribe(listener)
    expect(await restApi.isAuthorized()).toBe(true)
    expect(other.mock.lastCall).toEqual([{ status: 'notAuthorized', persistent: true, legacy: true }])
    await restApi.clearToken()
    expect(other.mock.lastCall).toEqual([{ status: 'notAuthorized', persistent: true }])
    expect(reported.mock.calls.length).toBeGreaterThan(3)
    expect(new Set(reported.mock.calls.flat())).toEqual(new Set([error]))
  })
})

describe('a Trello page that does not answer', () => {
  function withAnswers(...answers: Promise<unknown>[]) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const t = { ...frameOf(), get: async () => answers.shift() ?? later<never>().promise }
    return restApiSetUp({ legacy: true, localStorage: memoryStorage() as never }, { t })
  }

  it('is asked again the next time, and a late answer counts unless there was a later one', async () => {
    const [first, second] = [later<unknown>(), later<unknown>()]
    const { restApi } = withAnswers(first.promise, second.promise, Promise.resolve(null))
    const isAuthorized = async () => {
      const answer = watch(restApi.isAuthorized())
      await vi.advanceTimersByTimeAsync(800)
      await settle()
      return answer.value
    }
    expect(await isAuthorized()).toBe(false)
    const states: unknown[] = []
    restApi.client.subscribe((state) => states.push(state))
    second.resolve('old-token')
    expect(await isAuthorized()).toBe(true)
    expect(states.at(-1)).toHaveProperty('legacy')
    expect(await isAuthorized()).toBe(false)
    first.resolve('old-token')
    await settle()
    expect(restApi.client.state).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it('delays neither the state nor the token by more than a second', async () => {
    const { restApi, storage, clock } = withAnswers(Promise.resolve('old-token'), later<never>().promise)
    expect(await restApi.isAuthorized()).toBe(true)
    storage.reads = 'hang'
    const [state, token] = [watch(restApi.client.readState()), watch(restApi.getToken())]
    await Promise.all([vi.advanceTimersByTimeAsync(800), clock.advance(800)])
    expect(state.status).toBe('resolved')
    storage.reads = 'work'
    for (const _each of [1, 2, 3]) await Promise.all([vi.advanceTimersByTimeAsync(800), clock.advance(800)])
    expect(token).toEqual({ status: 'resolved', value: undefined })
  })
})

function fail(error: Error): never {
  throw error
}
