// @vitest-environment node
import { describe, expect, it } from 'vitest'
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
  const clientWith = (token: string, fetch: () => Promise<Response>) =>
    ({ fetch, getAccessToken: async () => token }) as Partial<Client> as Client
  const answers = async () => new Response()

  it('another token is found where the refused one was at fault', async () => {
    expect(await renewedToken(clientWith('access-2', answers), 'access-1')).toBe('access-2')
  })

  it('no other token is found where the refused one still serves, or nothing can be found out', async () => {
    expect(await renewedToken(clientWith('access-1', answers), 'access-1')).toBe(undefined)
    const fails = async () => {
      throw new ApiError('unauthorized', { status: 401, method: 'GET', path: '/1/members/me' })
    }
    expect(await renewedToken(clientWith('access-2', fails), 'access-1')).toBe(undefined)
  })
})
