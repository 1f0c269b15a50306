// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { requiredScopes } from '../../../src/api/operation-scopes'
import { refusalOf } from '../../../src/api/refusal'
import { ApiError } from '../../../src/base/api-error'

const place = { method: 'GET', path: '/1/members/me' }

describe('an answer that is not what was asked for', () => {
  it.each([
    [401, 'missing scope', 'missingScope', /authorize\(\{ scopes \}\)/],
    [401, { message: 'Unauthorized; scope does not match' }, 'missingScope', /authorize\(\{ scopes \}\)/],
    [403, 'no', 'forbiddenOutsideWorkspace', /one workspace/],
    [429, 'no', 'rateLimited', /Wait/],
    [401, 'no', 'unauthorized', /did not accept the token/],
    [404, 'no', 'http', /status and the body say why/],
    [199, 'no', 'http', /status and the body say why/],
    [300, 'no', 'http', /status and the body say why/],
    [500, 'missing scope', 'http', /status and the body say why/],
    [500, 'API_TOO_MANY_CARDS_REQUESTED', 'http', /status and the body say why/],
  ])('with status %d and the body %j is %s, and says what to do', async (status, body, code, hint) => {
    const refusal = await refusalOf({ ...place, status, body }, ['read:member:trello'])
    const error = new ApiError(...refusal)
    expect(error).toMatchObject({ ...place, code, status, body })
    expect(error.message).toMatch(/^GET \/1\/members\/me was answered with \d+\. /)
    expect(error.message).toMatch(hint)
  })

  it('misses no scope where one of two is enough and was granted', async () => {
    const action = { method: 'GET', path: '/1/actions/a', status: 401, body: 'no' }
    const scopes = requiredScopes('GET', '/1/actions/a')
    const anyOf = typeof scopes === 'object' ? scopes.anyOf : []
    expect(anyOf).toHaveLength(2)
    for (const scope of anyOf) expect((await refusalOf(action, [scope]))[0]).toBe('unauthorized')
    expect((await refusalOf(action, []))[0]).toBe('missingScope')
  })

  it.each([
    [401, 'missing scope', 'unauthorized'],
    [403, 'no', 'http'],
  ])(
    'with status %d blames neither scope nor workspace for what is closed to OAuth 2.0',
    async (status, body, code) => {
      const closed = { method: 'POST', path: '/1/members/me/oneTimeMessagesDismissed' }
      const error = new ApiError(...(await refusalOf({ ...closed, status, body }, ['write:member:trello'])))
      expect(error).toMatchObject({ code, status, body, requiredScopes: undefined })
      expect(error.message).toMatch(/closes this operation to OAuth 2\.0/)
    },
  )

  it('without JSON where all went well is one too', async () => {
    const refusal = await refusalOf({ ...place, status: 200, body: '<html>' }, undefined)
    const error = new ApiError(...refusal)
    expect(error).toMatchObject({ code: 'http', status: 200, body: '<html>' })
    expect(error.message).toMatch(/is not JSON/)
  })
})
