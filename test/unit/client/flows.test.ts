// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { Platform } from '../../../src/base/platform'
import { hasNewerGrant, serversOf } from '../../../src/client/flows'
import { readOptions } from '../../../src/client/options'
import { createPage } from '../../../src/client/page'
import { options } from '../support/client'
import { expiredGrant, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { createPartition, KEY } from '../support/store'
import { scriptedEndpoint } from '../support/token-endpoint'

function setUp(more: object = {}) {
  const requests: string[] = []
  const fetch: Platform['fetch'] = async (input: string | Request, init?: RequestInit) => {
    requests.push(`${input instanceof Request ? input.url : input} ${init?.body ?? ''}`)
    return new Response()
  }
  const partition = createPartition()
  const { platform } = partition.open({ fetch })
  const configuration = readOptions({ ...options, ...more }, platform)
  const shared = createPage(platform, partition.storage).grant(KEY)
  const client = { platform, configuration, shared, view: shared.store.view, emit: () => undefined }
  return { ...partition, platform, store: shared.store, requests, servers: serversOf(client) }
}

describe('the servers of a client', () => {
  const grant = { way: 'json', tokenSet: { refreshToken: 'refresh-1' } }

  it('a configured token endpoint is the only way', async () => {
    const endpoint = scriptedEndpoint()
    const { servers } = setUp({ tokenEndpoint: endpoint })
    expect(await servers.ways.toRenew(grant)).toBe(endpoint)
    expect(servers.tokenEndpointUrl).toBe(endpoint.url)
  })

  it('a URL is asked by the frame, with JSON', async () => {
    const { servers } = setUp({ tokenEndpoint: 'https://auth.example/token' })
    expect(await servers.ways.toRenew(grant)).toMatchObject({
      way: 'json',
      url: 'https://auth.example/token',
    })
  })

  it('without a token endpoint in the options, Trello is asked in whatever way works', async () => {
    const { servers } = setUp()
    expect(servers.tokenEndpointUrl).toBe('https://auth.atlassian.com/oauth/token')
    expect(await servers.ways.toRenew({ ...grant, way: 'form' })).toMatchObject({ way: 'form' })
  })

  it('revoke a refresh token where there is an endpoint for it', async () => {
    const { servers, requests } = setUp({ revocationEndpoint: 'https://auth.example/revoke' })
    await servers.revoke(liveGrant())
    expect(requests).toEqual([expect.stringContaining('token=refresh-0')])
    const without = setUp()
    await without.servers.revoke(liveGrant())
    expect(without.requests).toEqual([])
  })

  it('revoke the access token where there is no other', async () => {
    const { servers, requests } = setUp({ revocationEndpoint: 'https://auth.example/revoke' })
    const { refreshToken: _refreshToken, ...withoutRefreshToken } = tokenSet()
    await servers.revoke(liveGrant({ tokenSet: withoutRefreshToken }))
    expect(requests).toEqual([expect.stringContaining('token=access-0')])
  })

  it('revoke nothing beside a newer grant', async () => {
    const { servers, requests, plant } = setUp({ revocationEndpoint: 'https://auth.example/revoke' })
    plant(storedEntry({ record: liveGrant({ generation: 'newer' }) }))
    await servers.revoke(liveGrant())
    expect(requests).toEqual([])
  })
})

describe('hasNewerGrant', () => {
  it('looks into the storage before a revocation that could take a newer grant along', async () => {
    const { platform, store, plant } = setUp()
    expect(await hasNewerGrant(store, platform)).toBe(false)
    plant(storedEntry({ record: liveGrant() }))
    expect(await hasNewerGrant(store, platform)).toBe(true)
    plant(storedEntry({ record: expiredGrant() }))
    expect(await hasNewerGrant(store, platform)).toBe(false)
  })
})
