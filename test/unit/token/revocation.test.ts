// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { revokeGrant } from '../../../src/token/revocation'
import { expiredGrant, liveGrant, tokenSet } from '../support/grants'
import { partitionWith } from '../support/refresh'

const url = 'https://auth.example/revoke'
const client = { url, clientId: 'client-1' }

function setUp(record?: GrantEntry['record']) {
  const requests: string[] = []
  const frame = partitionWith(record).open({
    fetch: async (input: string | Request, init?: RequestInit) => {
      requests.push(`${input} ${init?.body ?? ''}`)
      return new Response()
    },
  })
  return { requests, frame }
}

describe('a grant that is given up', () => {
  it('has its refresh token revoked, with what came with it', async () => {
    const { frame, requests } = setUp()
    await revokeGrant(frame, client, liveGrant())
    expect(requests).toEqual([`${url} token=refresh-0&client_id=client-1`])
  })

  it('has its access token revoked if there is no refresh token', async () => {
    const { frame, requests } = setUp()
    const { refreshToken: _refreshToken, ...withoutRefreshToken } = tokenSet()
    await revokeGrant(frame, client, liveGrant({ tokenSet: withoutRefreshToken }))
    expect(requests).toEqual([`${url} token=access-0&client_id=client-1`])
  })

  it('is revoked with the secret of a confidential client', async () => {
    const { frame, requests } = setUp()
    await revokeGrant(frame, { ...client, clientSecret: 'secret-1' }, liveGrant())
    expect(requests).toEqual([`${url} token=refresh-0&client_id=client-1&client_secret=secret-1`])
  })

  it('is only forgotten where there is no endpoint', async () => {
    const { frame, requests } = setUp()
    await revokeGrant(frame, { ...client, url: undefined }, liveGrant())
    expect(requests).toEqual([])
  })

  it('takes no newer grant along: nothing is sent then, unless that has ended too', async () => {
    const newer = setUp(liveGrant({ generation: 'newer' }))
    await revokeGrant(newer.frame, client, liveGrant())
    expect(newer.requests).toEqual([])
    const ended = setUp(expiredGrant())
    await revokeGrant(ended.frame, client, liveGrant())
    expect(ended.requests).toHaveLength(1)
  })
})
