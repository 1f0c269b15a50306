import type { PowerUp } from 'trellopowerup'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { browserPlatform } from '../../../src/base/platform'
import type { ClientOptions } from '../../../src/client/options'
import { openIndexedDb } from '../../../src/grant/indexed-db'
import { grantKey } from '../../../src/grant/key'
import { openEntryStore } from '../../../src/grant/store'
import { createFakeTrello } from '../../../src/testing'
import { HOUR_MS, liveGrant, tokenSet } from '../support/grants'

const popup = { title: 'Greeter', url: './connect.html', height: 180 }
const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)

const options: Omit<ClientOptions, 't'> = {
  clientId: 'client-1',
  redirectUri: `${location.origin}/callback.html`,
  scopes: ['read:member:trello'],
}
let capabilities: typeof import('../../../src/client/capabilities').capabilities

beforeEach(async () => {
  logged.mockClear()
  // A page keeps its connection to the database, and each test has a database of its own.
  vi.resetModules()
  capabilities = (await import('../../../src/client/capabilities')).capabilities
})

describe('authorization-status', () => {
  it('is read from the storage, for the member and workspace of its t', async () => {
    await store({ workspace: 'workspace-1' })
    const status = capabilities(options, popup)['authorization-status']
    expect(await status(createFakeTrello())).toEqual({ authorized: true })
    expect(await status(createFakeTrello({ organization: 'workspace-2' }))).toEqual({ authorized: false })
    expect(await status(createFakeTrello({ organization: undefined }))).toEqual({ authorized: false })
    expect(await status(createFakeTrello({ member: 'notLoggedIn' }))).toEqual({ authorized: false })
    expect(logged).not.toHaveBeenCalled()
  })

  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no client id', { redirectUri: 'https://power-up.example/', scopes: [] }],
    ['wrong scopes', { clientId: 'client', redirectUri: 'https://power-up.example/', scopes: 'read' }],
  ])('says no with %s, and tells the developer', async (_what, wrong) => {
    const status = capabilities(wrong as typeof options, popup)['authorization-status']
    expect(await status(createFakeTrello())).toEqual({ authorized: false })
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ name: 'ConfigurationError' }))
  })

  it.each<[string, unknown]>([
    ['no t', undefined],
    ['a t without a context', {}],
  ])('says no with %s', async (_what, t) => {
    const status = capabilities(options, popup)['authorization-status']
    expect(await status(t as never)).toEqual({ authorized: false })
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ code: 'noTrelloContext' }))
  })
})

describe('show-authorization', () => {
  it('opens the popup', async () => {
    const t = createFakeTrello()
    await capabilities(options, popup)['show-authorization'](t)
    expect(t.calls).toEqual([{ name: 'popup', args: [popup] }])
  })

  it.each<[string, unknown]>([
    ['no t', undefined],
    ['a popup that is refused', { popup: () => Promise.reject(new Error('Not here')) }],
  ])('does not reject with %s', async (_what, t) => {
    await capabilities(options, popup)['show-authorization'](t as never)
    expect(logged).toHaveBeenCalledOnce()
  })
})

describe('remove-data', () => {
  it('signs out in every workspace', async () => {
    await store({ workspace: 'workspace-1' })
    await store({ workspace: 'workspace-2' })
    const { 'remove-data': remove, 'authorization-status': status } = capabilities(options, popup)
    await remove(createFakeTrello())
    for (const organization of ['workspace-1', 'workspace-2']) {
      expect(await status(createFakeTrello({ organization }))).toEqual({ authorized: false })
      expect((await entry({ workspace: organization })).record).toBeUndefined()
    }
  })

  it('does not reject with wrong options', async () => {
    await capabilities({ ...options, clientId: '' }, popup)['remove-data'](createFakeTrello())
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalidClientId' }))
  })
})

function storeOf({ workspace }: { workspace: string }) {
  const authorizationEndpoint = 'https://auth.atlassian.com/authorize'
  const key = grantKey({ authorizationEndpoint, clientId: options.clientId, member: 'member-1', workspace })
  return openEntryStore(browserPlatform, openIndexedDb(browserPlatform), key)
}

async function store(place: { workspace: string }): Promise<void> {
  const obtainedAt = Date.now()
  const tokens = tokenSet({ obtainedAt, expiresAt: obtainedAt + HOUR_MS })
  const record = liveGrant({ ...place, grantedAt: obtainedAt, tokenSet: tokens })
  const { stored } = await storeOf(place).commit((entry) => ({ ...entry, record }))
  await stored
}

function entry(place: { workspace: string }) {
  return storeOf(place).read()
}

describe('under @types/trellopowerup', () => {
  it('is spread into initialize, and takes the t of its handlers', async () => {
    const initialize: PowerUp.PowerUp['initialize'] = (handlers) => {
      expect(Object.keys(handlers)).toEqual([
        'card-buttons',
        'authorization-status',
        'show-authorization',
        'remove-data',
      ])
      return {} as PowerUp.Plugin
    }
    initialize({
      'card-buttons': async (t) => {
        const { authorized } = await capabilities(options, popup)['authorization-status'](t)
        const callback: PowerUp.CardButton['callback'] = capabilities(options, popup)['show-authorization']
        return authorized ? [] : [{ icon: 'icon.svg', text: 'Connect', callback }]
      },
      ...capabilities(options, popup),
    })
  })
})
