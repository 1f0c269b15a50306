// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { credentialsOf, isLegacyNow, renewedToken } from '../../../../src/compat/requests/bearer'
import { ApiError, type Client, TokenEndpointError } from '../../../../src/index'
import { errorOf } from '../../support/outcome'
import { adapterSetUp } from '../support/adapter'

describe('what a request goes out with', () => {
  it('is a token, nothing, or all that it had', async () => {
    const setUp = adapterSetUp()
    const client = setUp.adapter.currentClient()
    expect(await credentialsOf(undefined)).toEqual({ kind: 'none' })
    expect(await credentialsOf(client)).toEqual({ kind: 'bearer', token: 'access-1' })
    expect(isLegacyNow(client)).toBe(false)
    setUp.state = { status: 'notAuthorized', persistent: true, legacy: true }
    expect(await credentialsOf(client)).toEqual({ kind: 'legacy' })
    expect(isLegacyNow(client)).toBe(true)
    setUp.state = { status: 'notAuthorized', persistent: true }
    expect(await credentialsOf(client)).toEqual({ kind: 'none' })
    setUp.state = { status: 'tokenExpired', reason: 'revoked', since: 0, scopes: [] }
    expect(await credentialsOf(client)).toEqual({ kind: 'none' })
  })

  it('is unknown where there is a grant and no token to be had', async () => {
    const setUp = adapterSetUp()
    setUp.failure = new TokenEndpointError('tokenEndpointUnavailable')
    expect(await errorOf(credentialsOf(setUp.adapter.currentClient()))).toBe(setUp.failure)
  })
})

describe('a token after a 401', () => {
  const clientWith = (token: string, fetch: () => Promise<Response>) =>
    ({ fetch, getAccessToken: async () => token }) as Partial<Client> as Client
  const answers = async () => new Response()

  it('is another one, where the refused one was at fault', async () => {
    expect(await renewedToken(clientWith('access-2', answers), 'access-1')).toBe('access-2')
  })

  it('is none where that one still serves, or where nothing can be found out', async () => {
    expect(await renewedToken(clientWith('access-1', answers), 'access-1')).toBe(undefined)
    const fails = async () => {
      throw new ApiError('unauthorized', { status: 401, method: 'GET', path: '/1/members/me' })
    }
    expect(await renewedToken(clientWith('access-2', fails), 'access-1')).toBe(undefined)
  })
})
