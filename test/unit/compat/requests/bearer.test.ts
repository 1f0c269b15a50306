// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { credentialsFor, isLegacyNow, renewedToken } from '../../../../src/compat/requests/bearer'
import { ApiError, type AuthState, type Client, TokenEndpointError } from '../../../../src/index'
import { errorOf } from '../../support/outcome'
import { adapterSetUp } from '../support/adapter'

const me = 'https://api.trello.com/1/members/me'
const elsewhere = 'https://elsewhere.example/1/members/me'

describe('the credentials of a request', () => {
  it('are a token where there is a grant', async () => {
    const client = adapterSetUp().adapter.currentClient()
    expect(await credentialsFor(me, client)).toEqual({ kind: 'bearer', token: 'access-1' })
    expect(isLegacyNow(client)).toBe(false)
  })

  it('are those that it has while an old token serves', async () => {
    const setUp = adapterSetUp()
    setUp.state = { status: 'notAuthorized', persistent: true, legacy: true }
    const client = setUp.adapter.currentClient()
    expect(await credentialsFor(me, client)).toEqual({ kind: 'legacy' })
    expect(isLegacyNow(client)).toBe(true)
  })

  it.each<[string, AuthState]>([
    ['there is no grant', { status: 'notAuthorized', persistent: true }],
    ['the grant has ended', { status: 'tokenExpired', reason: 'revoked', since: 0, scopes: [] }],
  ])('are missing where %s', async (_when, state) => {
    const setUp = adapterSetUp()
    setUp.state = state
    expect(await credentialsFor(me, setUp.adapter.currentClient())).toEqual({ kind: 'none' })
  })

  it('are missing where there is no client yet', async () => {
    expect(await credentialsFor(me, undefined)).toEqual({ kind: 'none' })
  })

  it('are unknown where there is a grant and no token at the moment', async () => {
    const setUp = adapterSetUp()
    setUp.failure = new TokenEndpointError('tokenEndpointUnavailable')
    expect(await errorOf(credentialsFor(me, setUp.adapter.currentClient()))).toBe(setUp.failure)
  })

  it.each<AuthState['status']>(['authorized', 'notAuthorized'])(
    'are refused to an address that client.fetch refuses, and nothing is sent: %s',
    async (status) => {
      const setUp = adapterSetUp()
      if (status === 'notAuthorized') setUp.state = { status, persistent: true }
      const error = await errorOf(credentialsFor(elsewhere, setUp.adapter.currentClient()))
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'untrustedUrl' })
      expect(setUp.sent).toEqual([])
    },
  )
})

describe('after a 401', () => {
  /** A client whose request changes its token. */
  function clientWith(before: string, after: string, fetch = async () => new Response()) {
    let token = before
    const asked = vi.fn(async () => {
      token = after
      return fetch()
    })
    const client: Partial<Client> = { fetch: asked, getAccessToken: async () => token }
    return { client: client as Client, asked }
  }

  it('another token is found where the refused one was at fault', async () => {
    const { client } = clientWith('access-1', 'access-2')
    expect(await renewedToken(client, 'access-1')).toBe('access-2')
  })

  it('no other token is found where the refused one still serves, or nothing can be found out', async () => {
    const { client } = clientWith('access-1', 'access-1')
    expect(await renewedToken(client, 'access-1')).toBe(undefined)
    const fails = async () => {
      throw new ApiError('unauthorized', { status: 401, method: 'GET', path: '/1/members/me' })
    }
    expect(await renewedToken(clientWith('access-1', 'access-2', fails).client, 'access-1')).toBe(undefined)
  })

  it('nothing is asked for a token that was renewed meanwhile', async () => {
    const { client, asked } = clientWith('access-2', 'access-3')
    expect(await renewedToken(client, 'access-1')).toBe('access-2')
    expect(asked).not.toHaveBeenCalled()
  })

  it('requests that were refused together cost one request, and later ones another', async () => {
    const { client, asked } = clientWith('access-1', 'access-1')
    for (const round of [1, 2]) {
      await Promise.all(Array.from({ length: 8 }, () => renewedToken(client, 'access-1')))
      expect(asked).toHaveBeenCalledTimes(round)
    }
  })
})
