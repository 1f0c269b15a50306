// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { type ClientSetUp, clientSetUp, options } from '../support/client'
import { START, settle, until } from '../support/clock'
import { attempt, expiredGrant, liveGrant, storedEntry, tokenSet } from '../support/grants'

const loaded = vi.hoisted(() => ({ trelloHost: false }))
vi.mock('../../../src/token-endpoint/trello-host', (original) => {
  loaded.trelloHost = true
  return original()
})

/** Says whether the page has a request ready for a click. */
function isPrepared({ page, key }: Pick<ClientSetUp, 'page' | 'key'>): boolean {
  return [...(page.grant(key).nextRequests?.values() ?? [])].some(({ prepared }) => prepared)
}

describe('preparing a sign-in', () => {
  it.each<[string, object | undefined]>([
    ['no grant', undefined],
    ['a grant that has ended', expiredGrant()],
  ])('begins for a subscriber who sees %s, and writes nothing', async (_case, record) => {
    const setUp = clientSetUp()
    if (record) setUp.storage.values.set(setUp.key, { version: 1, attempts: [], record })
    setUp.client.subscribe(() => undefined)
    await until(() => isPrepared(setUp))
    await setUp.clock.advance(2_000)
    expect(setUp.storage.counts.update).toBe(0)
  })

  it('waits until people can see the frame', async () => {
    const setUp = clientSetUp()
    setUp.frame.isShown = false
    setUp.client.subscribe(() => undefined)
    await setUp.clock.advance(60_000)
    expect(setUp.page.grant(setUp.key).signIns).toBeUndefined()
    setUp.frame.show()
    await until(() => isPrepared(setUp))
  })

  it('is done for a grant that lacks scopes: its button may come next', async () => {
    const setUp = clientSetUp()
    setUp.storage.values.set(setUp.key, storedEntry({ record: liveGrant({ scopes: [] }) }))
    setUp.client.subscribe(() => undefined)
    await until(() => isPrepared(setUp))
  })

  it('does not begin for a subscriber who left before the frame was shown', async () => {
    const setUp = clientSetUp()
    setUp.frame.isShown = false
    setUp.client.subscribe(() => undefined)()
    await settle()
    setUp.frame.show()
    await settle()
    expect(setUp.page.grant(setUp.key).signIns).toBeUndefined()
  })

  it.each<[string, (setUp: ClientSetUp) => unknown]>([
    ['isAuthorized()', ({ client }) => client.isAuthorized()],
    ['readState()', ({ client }) => client.readState()],
    ['state', ({ client }) => client.state],
    ['missingScopes()', ({ client }) => client.missingScopes(['a'])],
    ['getAccessToken()', ({ client }) => client.getAccessToken().catch(() => undefined)],
  ])('is not begun by %s, which writes nothing', async (_call, use) => {
    const setUp = clientSetUp()
    await use(setUp)
    await setUp.clock.advance(2_000)
    expect(setUp.page.grant(setUp.key).signIns).toBeUndefined()
    expect(setUp.storage.counts.update).toBe(0)
    expect(setUp.storage.values.size).toBe(0)
  })

  it('writes nothing after a sign-out, whoever is subscribed', async () => {
    const setUp = clientSetUp()
    setUp.storage.values.set(setUp.key, storedEntry({ record: liveGrant() }))
    setUp.client.subscribe(() => undefined)
    setUp.open().client.subscribe(() => undefined)
    await setUp.client.signOut({ everyWorkspace: true })
    await until(() => isPrepared(setUp))
    await setUp.clock.advance(2_000)
    expect([...setUp.storage.values]).toEqual([])
  })
})

describe('the code of a refresh', () => {
  /** Sets up a page with a grant. `isLoaded` says whether it has the code. */
  function connectedSetUp() {
    const setUp = clientSetUp()
    setUp.storage.values.set(setUp.key, storedEntry({ record: liveGrant({ scopes: options.scopes }) }))
    return { ...setUp, isLoaded: () => setUp.page.grant(setUp.key).refresh !== undefined }
  }

  it('is loaded soon for a connected person who sees the frame', async () => {
    const { client, clock, isLoaded } = connectedSetUp()
    client.subscribe(() => undefined)
    await clock.advance(2_000)
    expect(isLoaded()).toBe(false)
    await clock.advance(1_000)
    await until(isLoaded)
  })

  it('comes with what asks the Trello page, for a grant that is renewed there', async () => {
    const t = {
      getContext: () => ({ organization: 'workspace-1' }),
      authorizationCodeExchange: async () => null,
      refreshTokens: async () => null,
    }
    const { client, clock, storage, key } = clientSetUp({ t })
    const tokens = tokenSet({ refreshToken: undefined })
    const record = liveGrant({ scopes: options.scopes, way: 'trelloPage', tokenSet: tokens })
    storage.values.set(key, storedEntry({ record }))
    client.subscribe(() => undefined)
    await clock.advance(2_999)
    expect(loaded.trelloHost).toBe(false)
    await clock.advance(1)
    await until(() => loaded.trelloHost)
  })

  it('is not loaded by a frame that nobody sees, until it is shown', async () => {
    const { client, clock, frame, isLoaded } = connectedSetUp()
    frame.isShown = false
    client.subscribe(() => undefined)
    await clock.advance(60_000)
    expect(isLoaded()).toBe(false)
    frame.show()
    await clock.advance(3_000)
    await until(isLoaded)
  })

  it('is not loaded after the last subscriber has left', async () => {
    const { client, clock, isLoaded } = connectedSetUp()
    const unsubscribe = client.subscribe(() => undefined)
    await clock.advance(1_000)
    unsubscribe()
    await clock.advance(60_000)
    expect(isLoaded()).toBe(false)
  })

  it('is not loaded by calls of a frame without a subscriber', async () => {
    const { client, clock, isLoaded } = connectedSetUp()
    await client.getAccessToken()
    await clock.advance(60_000)
    expect(isLoaded()).toBe(false)
  })
})

describe('sign-ins that are too old', () => {
  it('are removed by whoever looks next', async () => {
    const { client, storage, key } = clientSetUp()
    const old = attempt({ state: 'old', openedAt: START - 600_000 })
    const young = attempt({ state: 'young', openedAt: START - 1 })
    storage.values.set(key, storedEntry({ attempts: [old, young] }))
    await client.readState()
    await settle()
    expect(storage.values.get(key)).toEqual(storedEntry({ attempts: [young] }))
    storage.values.set(key, storedEntry({ attempts: [old] }))
    await client.isAuthorized()
    await settle()
    expect(storage.values.has(key)).toBe(false)
  })

  it('do no harm where the storage takes no writes', async () => {
    const { client, storage, key } = clientSetUp()
    storage.writes = 'fail'
    storage.values.set(key, storedEntry({ attempts: [attempt({ openedAt: START - 600_000 })] }))
    expect(await client.readState()).toEqual({ status: 'notAuthorized', persistent: true })
    await settle()
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
  })
})
