// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Platform } from '../../../src/base/platform'
import { serversOf, tokenWaysOf } from '../../../src/client/flow-parts'
import { readOptions } from '../../../src/client/options'
import { createPage } from '../../../src/client/page'
import { createBrowser } from '../support/browser'
import { options } from '../support/client'
import { expiredGrant, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { createStorage } from '../support/key-value-store'
import { KEY } from '../support/store'
import { scriptedEndpoint } from '../support/token-endpoint'

function setUp(more: object = {}) {
  const requests: string[] = []
  const fetch: Platform['fetch'] = async (input: string | Request, init?: RequestInit) => {
    requests.push(`${input instanceof Request ? input.url : input} ${init?.body ?? ''}`)
    return new Response()
  }
  const { platform } = createBrowser().frame({ fetch })
  const storage = createStorage()
  const shared = createPage(platform, storage).grant(KEY)
  const configuration = readOptions({ ...options, ...more }, platform)
  const frame = { platform, store: shared.store }
  const servers = serversOf({ frame, configuration, shared })
  return { requests, servers, plant: (value: unknown) => storage.values.set(KEY, value) }
}

describe('the ways to the token endpoint', () => {
  const grant = { way: 'json', tokenSet: { refreshToken: 'refresh-1' } }

  function waysOf(more: object) {
    const { platform } = createBrowser().frame()
    const configuration = readOptions({ ...options, ...more }, platform)
    return tokenWaysOf(platform, configuration, createPage(platform, createStorage()).grant(KEY))
  }

  it('a configured token endpoint is the only way', async () => {
    const endpoint = scriptedEndpoint()
    const ways = waysOf({ tokenEndpoint: endpoint })
    expect(await ways.toRenew(grant)).toBe(endpoint)
  })

  it('a URL is asked by the frame, with JSON', async () => {
    const url = 'https://auth.example/token'
    const ways = waysOf({ tokenEndpoint: url })
    expect(await ways.toRenew(grant)).toMatchObject({ way: 'json', url })
  })

  it('without a token endpoint in the options, the one beside the authorization endpoint is asked in whatever way works', async () => {
    const url = 'https://auth.example/oauth/token'
    expect(await waysOf({}).toRenew({ ...grant, way: 'form' })).toMatchObject({ way: 'form', url })
  })
})

describe('a revocation', () => {
  it('sends the refresh token if there is an endpoint for it', async () => {
    const { servers, requests } = setUp({ revocationEndpoint: 'https://auth.example/revoke' })
    await servers.revoke(liveGrant())
    expect(requests).toEqual([expect.stringContaining('token=refresh-0')])
    const without = setUp()
    await without.servers.revoke(liveGrant())
    expect(without.requests).toEqual([])
  })

  it('sends the access token if there is no refresh token', async () => {
    const { servers, requests } = setUp({ revocationEndpoint: 'https://auth.example/revoke' })
    const { refreshToken: _refreshToken, ...withoutRefreshToken } = tokenSet()
    await servers.revoke(liveGrant({ tokenSet: withoutRefreshToken }))
    expect(requests).toEqual([expect.stringContaining('token=access-0')])
  })

  it('sends nothing beside a newer grant, which it could take along', async () => {
    const { servers, requests, plant } = setUp({ revocationEndpoint: 'https://auth.example/revoke' })
    plant(storedEntry({ record: liveGrant({ generation: 'newer' }) }))
    await servers.revoke(liveGrant())
    expect(requests).toEqual([])
    plant(storedEntry({ record: expiredGrant() }))
    await servers.revoke(liveGrant())
    expect(requests).toHaveLength(1)
  })
})
