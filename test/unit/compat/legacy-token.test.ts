// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'
import { legacyToken } from '../../../src/compat/legacy-token'
import { later } from '../support/token-endpoint'
import { memoryStorage } from './support/memory-storage'
import { APP_KEY, frameOf } from './support/rest-api'

const PLACE = 'member/private/trello_token'

afterEach(() => vi.unstubAllGlobals())

function setUp({
  local = memoryStorage(),
  revokeAt,
}: {
  local?: ReturnType<typeof memoryStorage>
  revokeAt?: string
} = {}) {
  const pluginData = new Map<string, unknown>([[PLACE, 'old-token']])
  const options = { appKey: APP_KEY, storageKey: 'trello_token', localStorage: local, revokeAt }
  const t = frameOf(undefined, pluginData)
  return { pluginData, local, t, options, token: legacyToken({ ...options, t }) }
}

describe('an old token', () => {
  it('is read from where Trello keeps it, or from the storage of the frame', async () => {
    const { token, pluginData, options, t } = setUp({ local: memoryStorage([['trello_token', 'newer']]) })
    expect(await token.read()).toBe('old-token')
    pluginData.clear()
    expect(await token.read()).toBe('newer')
    expect(await legacyToken({ ...options, t, localStorage: undefined }).read()).toBe(null)
  })

  it('is none where Trello refuses to tell, or tells nonsense', async () => {
    const { options, t, token, pluginData } = setUp()
    const refusing = { ...t, get: () => Promise.reject(new Error('InvalidContext')) }
    expect(await legacyToken({ ...options, t: refusing }).read()).toBe(null)
    pluginData.set(PLACE, { token: 'x' })
    expect(await token.read()).toBe(null)
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

  it('that could not be removed is not read again, in no frame of this browser', async () => {
    const { options, t, pluginData } = setUp()
    const stubborn = { ...t, remove: () => Promise.reject(new Error('offline')) }
    const first = legacyToken({ ...options, t: stubborn })
    await first.remove()
    expect(pluginData.get(PLACE)).toBe('old-token')
    expect(await first.read()).toBe(null)
    expect(await legacyToken({ ...options, t }).read()).toBe(null)
  })

  it('is not given out where it was removed while Trello was asked', async () => {
    const { options, t } = setUp()
    const answer = later<unknown>()
    const token = legacyToken({ ...options, t: { ...t, get: () => answer.promise } })
    const reading = token.read()
    await token.remove()
    answer.resolve('old-token')
    expect(await reading).toBe(null)
  })

  it('is revoked where that is asked for, with the credentials in a header', async () => {
    const fetch = vi.fn(async (..._given: unknown[]) => new Response())
    vi.stubGlobal('fetch', fetch)
    const { token } = setUp({ revokeAt: 'https://api.trello.com/1' })
    await token.remove()
    const authorization = `OAuth oauth_consumer_key="${APP_KEY}", oauth_token="old-token"`
    expect(fetch.mock.calls).toEqual([
      ['https://api.trello.com/1/tokens/old-token', { method: 'DELETE', headers: { authorization } }],
    ])
    fetch.mockRejectedValueOnce(new TypeError('offline'))
    await setUp({ revokeAt: 'https://api.trello.com/1' }).token.remove()
  })
})
