// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'
import { legacyToken } from '../../../../src/compat/rest-api/legacy-token'
import { watch } from '../../support/outcome'
import { later } from '../../support/token-endpoint'
import { memoryStorage } from '../support/memory-storage'
import { APP_KEY, frameOf } from '../support/rest-api'

const PLACE = 'member/private/trello_token'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** Trello's page is busy, or the tab is hidden. */
const silent = { get: () => later<never>().promise, remove: () => later<never>().promise }

function setUp({
  local = memoryStorage(),
  isRevoked = false,
}: {
  local?: ReturnType<typeof memoryStorage>
  isRevoked?: boolean
} = {}) {
  const pluginData = new Map<string, unknown>([[PLACE, 'old-token']])
  const apiBase = 'https://api.trello.com/1'
  const options = { appKey: APP_KEY, storageKey: 'trello_token', localStorage: local, apiBase, isRevoked }
  const t = frameOf(undefined, pluginData)
  return { pluginData, local, t, options, token: legacyToken({ ...options, t }) }
}

describe('an old token', () => {
  it("is read from the frame's storage, which is newer, or from Trello's", async () => {
    const { token, local, options, t } = setUp({ local: memoryStorage([['trello_token', 'newer']]) })
    expect(await token.read()).toBe('newer')
    local.kept.clear()
    expect(await token.read()).toBe('old-token')
    expect(await legacyToken({ ...options, t: {}, localStorage: undefined }).read()).toBe(null)
    expect(await legacyToken({ ...options, t, localStorage: undefined }).read()).toBe('old-token')
  })

  it('is null where Trello refuses to tell, or tells nonsense', async () => {
    const { options, t, token, pluginData } = setUp()
    const refusing = { ...t, get: () => Promise.reject(new Error('InvalidContext')) }
    expect(await legacyToken({ ...options, t: refusing }).read()).toBe(null)
    for (const nonsense of [{ token: 'x' }, '']) {
      pluginData.set(PLACE, nonsense)
      expect(await token.read()).toBe(null)
    }
  })

  it('is removed from both places, and is not revoked', async () => {
    const fetch = vi.fn()
    vi.stubGlobal('fetch', fetch)
    const { token, pluginData, local } = setUp({ local: memoryStorage([['trello_token', 'newer']]) })
    await token.remove()
    expect([[...pluginData], [...local.kept]]).toEqual([[], []])
    expect(await token.read()).toBe(null)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('is not read again in any frame of this browser if it could not be removed', async () => {
    const { options, t, pluginData } = setUp()
    const stubborn = { ...t, remove: () => Promise.reject(new Error('offline')) }
    const first = legacyToken({ ...options, t: stubborn })
    await first.remove()
    expect(pluginData.get(PLACE)).toBe('old-token')
    expect(await first.read()).toBe(null)
    expect(await legacyToken({ ...options, t }).read()).toBe(null)
  })

  it('is not given out if it was removed while Trello was asked', async () => {
    const { options, t } = setUp()
    const answer = later<unknown>()
    const token = legacyToken({ ...options, t: { ...t, get: () => answer.promise } })
    const reading = token.read()
    await token.remove()
    answer.resolve('old-token')
    expect(await reading).toBe(null)
  })

  it('is revoked on request, with the credentials in a header', async () => {
    const fetch = vi.fn(async (..._given: unknown[]) => new Response())
    vi.stubGlobal('fetch', fetch)
    const { token } = setUp({ isRevoked: true })
    await token.remove()
    const authorization = `OAuth oauth_consumer_key="${APP_KEY}", oauth_token="old-token"`
    expect(fetch.mock.calls).toEqual([
      ['https://api.trello.com/1/tokens/old-token', { method: 'DELETE', headers: { authorization } }],
    ])
    fetch.mockRejectedValueOnce(new TypeError('offline'))
    await setUp({ isRevoked: true }).token.remove()
  })

  it('is revoked in both places, also if Trello does not answer', async () => {
    const fetch = vi.fn(async (..._given: unknown[]) => new Response())
    vi.stubGlobal('fetch', fetch)
    const revoked = () => fetch.mock.calls.map(([url]) => url)
    const both = () => setUp({ local: memoryStorage([['trello_token', 'newer']]), isRevoked: true })
    await both().token.remove()
    const [newer, old] = ['newer', 'old-token'].map((name) => `https://api.trello.com/1/tokens/${name}`)
    expect(revoked()).toEqual([newer, old])
    fetch.mockClear()
    vi.useFakeTimers()
    const { options } = both()
    const removal = watch(legacyToken({ ...options, t: silent }).remove())
    await vi.advanceTimersByTimeAsync(0)
    expect(revoked()).toEqual([newer])
    await vi.advanceTimersByTimeAsync(4_000)
    expect(removal.status).toBe('resolved')
  })

  it('is forgotten in time if Trello does not answer, and the mark stays until it does', async () => {
    vi.useFakeTimers()
    const { options, t, local } = setUp({ local: memoryStorage([['trello_token', 'newer']]) })
    const answer = later<unknown>()
    const removal = watch(legacyToken({ ...options, t: { ...t, remove: () => answer.promise } }).remove())
    await vi.advanceTimersByTimeAsync(4_000)
    expect(removal.status).toBe('resolved')
    expect([...local.kept.values()]).toEqual(['1'])
    expect(await legacyToken({ ...options, t }).read()).toBe(null)
    answer.resolve(undefined)
    await vi.advanceTimersByTimeAsync(0)
    expect([...local.kept]).toEqual([])
  })

  it.each([
    ['accepted', 200, 'old-token'],
    ['refused', 401, 'old-token'],
    ['unknown', 503, 'old-token'],
    ['unknown', 403, 'old-token'],
    ['unknown', 200, undefined],
  ])('is %s after an answer of %i', async (verdict, status, kept) => {
    const fetch = vi.fn(async (..._given: unknown[]) => new Response('', { status }))
    vi.stubGlobal('fetch', fetch)
    const { token, pluginData } = setUp()
    if (kept === undefined) pluginData.clear()
    expect(await token.check()).toBe(verdict)
    const authorization = `OAuth oauth_consumer_key="${APP_KEY}", oauth_token="old-token"`
    const asked = [
      'https://api.trello.com/1/members/me?fields=id',
      { method: 'GET', headers: { authorization } },
    ]
    expect(fetch.mock.calls).toEqual(kept === undefined ? [] : [asked])
  })

  it('is unknown without an answer', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('offline')
    })
    expect(await setUp().token.check()).toBe('unknown')
  })
})
