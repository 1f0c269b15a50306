import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { batch } from '../../../src/api/batch'
import { ApiError } from '../../../src/base/api-error'
import {
  AuthorizationError,
  ConfigurationError,
  NetworkError,
  NotAuthorizedError,
  TokenEndpointError,
  TokenExpiredError,
} from '../../../src/base/errors'
import type { Client } from '../../../src/client/client'
import type { AuthState } from '../../../src/grant/auth-state'
import { createFakeClient } from '../../../src/testing'
import { errorOf, thrownBy } from '../support/outcome'

const authorized: AuthState = {
  status: 'authorized',
  scopes: ['read:member:trello'],
  missingScopes: ['read:board:trello'],
  workspace: 'workspace-1',
  persistent: true,
}
const expired: AuthState = {
  status: 'tokenExpired',
  reason: 'revoked',
  since: 0,
  scopes: ['write:board:trello'],
}

describe('a fake client', () => {
  it('is a client', () => {
    const client: Client = createFakeClient()
    expect(Object.isFrozen(client)).toBe(true)
    const { state, subscribe } = client
    expect(state).toEqual({ status: 'notAuthorized', persistent: true })
    expect(subscribe(() => undefined)).toBeTypeOf('function')
  })

  it('tells its subscribers at once, at each change of a field, and not after their undo', () => {
    const client = createFakeClient({ status: 'restoring' })
    const heard: AuthState[] = []
    const undo = client.subscribe((state) => heard.push(state))
    client.setState(authorized)
    client.setState({ ...authorized })
    expect(client.state).toBe(heard[1])
    expect(Object.isFrozen(client.state)).toBe(true)
    undo()
    client.setState(expired)
    expect(heard).toEqual([{ status: 'restoring' }, authorized])
  })

  it('has a state when it is asked for one', async () => {
    const client = createFakeClient({ status: 'restoring' })
    expect(await client.readState()).toEqual({ status: 'notAuthorized', persistent: true })
    expect(await client.isAuthorized()).toBe(false)
    client.setState(authorized)
    expect(await client.isAuthorized()).toBe(true)
  })

  it('knows which scopes are missing', () => {
    const client = createFakeClient(authorized)
    expect(client.missingScopes(['read:member:trello', 'read:board:trello'])).toEqual(['read:board:trello'])
    client.setState({ status: 'notAuthorized', persistent: true })
    expect(client.missingScopes(['read:member:trello'])).toEqual(['read:member:trello'])
  })

  it('gives a token, or the error of the state', async () => {
    const client = createFakeClient(authorized)
    expect(await client.getAccessToken()).toBeTypeOf('string')
    client.setState({ status: 'notAuthorized', persistent: true })
    expect(await errorOf(client.getAccessToken())).toBeInstanceOf(NotAuthorizedError)
    client.setState(expired)
    expect(await errorOf(client.getAccessToken())).toMatchObject({
      name: 'TokenExpiredError',
      reason: 'revoked',
    })
    expect(await errorOf(client.api.get('/1/members/me'))).toBeInstanceOf(TokenExpiredError)
    const signal = AbortSignal.abort()
    client.setState(authorized)
    expect(await errorOf(client.getAccessToken({ signal }))).toMatchObject({ name: 'AbortError' })
  })

  it('signs out', async () => {
    const client = createFakeClient(authorized)
    await client.signOut({ everyWorkspace: true })
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
    expect(client.calls).toEqual([{ name: 'signOut', everyWorkspace: true }])
  })
})

describe('its scopes', () => {
  it('are read as those of the real client', async () => {
    const client = createFakeClient(
      { status: 'notAuthorized', persistent: true },
      { scopes: ['a', 'offline_access'] },
    )
    expect(await client.authorize()).toMatchObject({ scopes: ['a'] })
    const wrong = thrownBy(() =>
      createFakeClient({ status: 'notAuthorized', persistent: true }, { scopes: ['a b'] }),
    )
    expect(wrong).toMatchObject({ name: 'ConfigurationError', code: 'invalidScopes' })
  })
})

describe('its sign-in', () => {
  it('is granted, unless the test says otherwise', async () => {
    const client = createFakeClient(expired, { scopes: ['read:board:trello'] })
    const state = await client.authorize({ scopes: ['read:member:trello'] })
    expect(state).toBe(client.state)
    expect(state).toEqual({
      status: 'authorized',
      scopes: ['read:board:trello', 'read:member:trello'],
      missingScopes: [],
      persistent: true,
    })
    expect(client.calls).toEqual([{ name: 'authorize', scopes: ['read:member:trello'] }])
  })

  it('asks nobody when all of it is granted already', async () => {
    const client = createFakeClient({ ...authorized, missingScopes: [] })
    client.authorizeOutcome('accessDenied')
    expect(await client.authorize()).toMatchObject({ status: 'authorized' })
    expect(await errorOf(client.authorize({ scopes: ['write:board:trello'] }))).toMatchObject({
      code: 'accessDenied',
    })
  })

  it('is one also where no scope is asked for', async () => {
    const client = createFakeClient({ status: 'notAuthorized', persistent: true }, { scopes: [] })
    expect(await client.authorize()).toMatchObject({ status: 'authorized', scopes: [] })
  })

  it('keeps the workspace', async () => {
    expect(await createFakeClient(authorized).authorize()).toMatchObject({ workspace: 'workspace-1' })
  })

  it('is stored where storage can be used, and only there, as a sign-out is', async () => {
    const client = createFakeClient({ status: 'notAuthorized', persistent: false })
    expect(await client.authorize()).toMatchObject({ status: 'authorized', persistent: false })
    await client.signOut()
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: false })
  })

  it('ends with the code that the test wants', async () => {
    const client = createFakeClient()
    client.authorizeOutcome('accountMismatch')
    const error = await errorOf(client.authorize())
    expect(error).toBeInstanceOf(AuthorizationError)
    expect(error).toMatchObject({ code: 'accountMismatch' })
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it('ends with the error that the test wants, and all that it says', async () => {
    const client = createFakeClient()
    const error = new AuthorizationError('exchangeFailed', {
      cause: new TokenEndpointError('clientRejected'),
    })
    client.authorizeOutcome(error)
    expect(await errorOf(client.authorize())).toBe(error)
    client.authorizeOutcome(new AuthorizationError('popupClosed'))
    expect(await errorOf(client.authorize())).toMatchObject({ code: 'popupClosed' })
    expect(client.state).toMatchObject({ signIn: 'unfinished' })
  })

  it.each<AuthState>([{ status: 'notAuthorized', persistent: true }, expired, authorized])(
    'is unfinished when the window is lost',
    async (state) => {
      const client = createFakeClient(state)
      client.authorizeOutcome('popupClosed')
      expect(await errorOf(client.authorize())).toMatchObject({ code: 'popupClosed' })
      expect(client.state).toEqual({ ...state, signIn: 'unfinished' })
    },
  )

  it.each(['noWorkspace', 'notLoggedIn'] as const)(
    'opens nothing where %s is in the way',
    async (blockedBy) => {
      const client = createFakeClient({ status: 'notAuthorized', persistent: true, blockedBy })
      expect(await errorOf(client.authorize())).toMatchObject({ code: blockedBy })
    },
  )

  it('goes on until the test ends it', async () => {
    const client = createFakeClient()
    client.authorizeOutcome('pending')
    const granted = client.authorize()
    client.authorizeOutcome('granted')
    expect(await granted).toMatchObject({ status: 'authorized' })
  })

  it('gives the same result to all who join it, with all the scopes that it asked for', async () => {
    const client = createFakeClient({ status: 'notAuthorized', persistent: true }, { scopes: ['a'] })
    client.authorizeOutcome('pending')
    const more = client.authorize({ scopes: ['b'] })
    const less = client.authorize()
    client.authorizeOutcome('granted')
    expect(await more).toMatchObject({ scopes: ['a', 'b'] })
    expect([await more, await less]).toEqual([client.state, client.state])
  })

  it('leaves nothing to be read, however it ends', async () => {
    const client = createFakeClient({ status: 'restoring' })
    client.authorizeOutcome('popupClosed')
    expect(await errorOf(client.authorize())).toMatchObject({ code: 'popupClosed' })
    expect(client.state).toEqual({ status: 'notAuthorized', persistent: true, signIn: 'unfinished' })
  })

  it('goes on until somebody signs out', async () => {
    const client = createFakeClient()
    client.authorizeOutcome('pending')
    const aborted = errorOf(client.authorize())
    await client.signOut()
    expect(await aborted).toMatchObject({ code: 'aborted' })
  })

  it('goes on until its signal calls it off', async () => {
    const client = createFakeClient()
    client.authorizeOutcome('pending')
    const caller = new AbortController()
    const aborted = errorOf(client.authorize({ signal: caller.signal }))
    caller.abort()
    expect(await aborted).toMatchObject({ code: 'aborted' })
    expect(await errorOf(client.authorize({ signal: caller.signal }))).toMatchObject({ code: 'aborted' })
  })
})

describe('its answers', () => {
  it('are found with and without the version, whatever the query', async () => {
    const client = createFakeClient(authorized)
    client.respond('get', 'members/me', { fullName: 'Ama' })
    expect(await client.api.get('/1/members/me')).toEqual({ fullName: 'Ama' })
    expect(await client.api.get('members/me', { query: { fields: ['fullName', 'id'] } })).toEqual({
      fullName: 'Ama',
    })
    expect(client.calls).toMatchObject([
      { name: 'request', method: 'GET', path: '/1/members/me', query: {}, body: undefined },
      { name: 'request', method: 'GET', path: '/1/members/me', query: { fields: 'fullName,id' } },
    ])
  })

  it('may be for one query alone, and the latest counts', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/search', 'all')
    client.respond('GET', '/1/search?query=a', 'old')
    client.respond('GET', '/1/search?query=a', 'a')
    expect(await client.api.get('/1/search', { query: { query: 'a' } })).toBe('a')
    expect(await client.api.get('/1/search', { query: { query: 'b' } })).toBe('all')
  })

  it.each([
    ['a list', '/1/members/me?fields=id,fullName', '/1/members/me', { fields: ['id', 'fullName'] }],
    ['a space', '/1/search?query=two words', 'search', { query: 'two words' }],
    ['a space that was encoded', 'search?query=two%20words', '/1/search', { query: 'two words' }],
    ['another order', '/1/search?a=1&b=2', '/1/search?b=2', { a: 1 }],
  ])('are found for a query with %s', async (_what, answered, asked, query) => {
    const client = createFakeClient(authorized)
    client.respond('GET', answered, 'found')
    expect(await client.api.get(asked, { query })).toBe('found')
  })

  it('are not those of a query that only looks alike', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/search?a=1&b=2', 'two parameters')
    client.respond('GET', '/1/search?a=1&a=2', 'the same one twice')
    client.respond('GET', '/1/search', 'any')
    expect(await client.api.get('/1/search', { query: { a: '1&b=2' } })).toBe('any')
    expect(await client.api.get('/1/search?a=2&a=1')).toBe('any')
    expect(await client.api.get('/1/search?a=1&a=2')).toBe('the same one twice')
  })

  it('show what was sent', async () => {
    const client = createFakeClient(authorized)
    client.respond('POST', '/1/cards', undefined)
    expect(
      await client.api.post('/1/cards', { body: { name: 'A' }, headers: { 'X-A': 'b' } }),
    ).toBeUndefined()
    expect(client.calls).toMatchObject([{ method: 'POST', body: { name: 'A' }, headers: { 'x-a': 'b' } }])
    const form = new FormData()
    await client.api.post('/1/cards', { body: form })
    expect(client.calls[1]).toMatchObject({ body: form })
  })

  it('show what was sent, though it is used for the next call', async () => {
    const client = createFakeClient(authorized)
    client.respond('POST', '/1/cards', {})
    const options: RequestInit = { method: 'POST' }
    const form = new FormData()
    const calls = [1, 2].flatMap((n) => {
      options.body = JSON.stringify({ n })
      form.set('n', String(n))
      return [client.fetch('/1/cards', options), client.api.post('/1/cards', { body: form })]
    })
    await Promise.all(calls)
    const bodies = client.calls.map((call) => ('body' in call ? call.body : undefined))
    const numbers = bodies.map((body) => (body instanceof FormData ? body.get('n') : body))
    expect(numbers).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }, '1', '2']))
  })

  it('may be a response or an error of another realm', async () => {
    class ResponseLike {
      readonly [Symbol.toStringTag] = 'Response'
      readonly ok = false
      readonly status = 404
      readonly headers = new Headers()
      readonly text = async () => 'not found'
      readonly clone = () => new ResponseLike()
    }
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/boards/1', new ResponseLike())
    expect(await errorOf(client.api.get('/1/boards/1'))).toMatchObject({ status: 404, body: 'not found' })
    const cause = runInNewContext("new TypeError('Failed to fetch')")
    client.respond('GET', '/1/boards/1', cause)
    expect(await errorOf(client.api.get('/1/boards/1'))).toMatchObject({ code: 'network', cause })
    const other = runInNewContext("new RangeError('mine')")
    client.respond('GET', '/1/boards/1', other)
    expect(await errorOf(client.api.get('/1/boards/1'))).toBe(other)
  })

  it.each([() => ({ id: 'b' }), Promise.resolve({ id: 'b' }), new Map(), new Blob(['x']), [Number.NaN], 1n])(
    'are refused where JSON would lose them: %o',
    async (answer) => {
      const client = createFakeClient(authorized)
      client.respond('GET', '/1/boards/b', answer)
      for (const call of [client.api.get('/1/boards/b'), client.fetch('/1/boards/b')]) {
        expect(await errorOf(call)).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
      }
    },
  )

  it('serve a batch too, path by path', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/members/me', { fullName: 'Ama, Ada' })
    client.respond('GET', '/1/boards/1?fields=id,name', undefined)
    client.respond('GET', '/1/boards/2', new Response('board not found', { status: 404 }))
    expect(await batch(client, ['members/me', 'boards/1?fields=id,name', '/1/boards/2'])).toMatchObject([
      { status: 'fulfilled', value: { fullName: 'Ama, Ada' } },
      { status: 'fulfilled', value: null },
      { status: 'rejected', reason: { code: 'http', status: 404, body: 'board not found' } },
    ])
    expect(client.calls).toMatchObject([{ path: '/1/batch' }])
    const message = expect.stringContaining("respond('GET', '/1/boards/3'")
    expect(await errorOf(batch(client, ['boards/3']))).toMatchObject({ code: 'invalidRequest', message })
  })

  it('may be any response, more than once', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/boards/1', new Response('not found', { status: 404 }))
    for (const _round of [1, 2]) {
      const error = await errorOf(client.api.get('/1/boards/1'))
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ code: 'http', status: 404, body: 'not found', path: '/1/boards/1' })
    }
    const response = await client.fetch('/1/boards/1')
    expect([response.status, await response.text()]).toEqual([404, 'not found'])
  })

  it('are no response whose body was read before', async () => {
    const client = createFakeClient(authorized)
    const response = new Response('{}')
    await response.text()
    client.respond('GET', '/1/boards/1', response)
    const error = { code: 'invalidRequest', message: expect.stringContaining('used up') }
    expect(await errorOf(client.api.get('/1/boards/1'))).toMatchObject(error)
    expect(await errorOf(client.fetch('/1/boards/1'))).toMatchObject(error)
  })

  it.each([undefined, null, '', 5])('are not given for %j, which is no path', (path) => {
    const error = thrownBy(() => createFakeClient().respond('GET', path as string, {}))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
  })

  it('may be "too many requests", and nobody waits for the retries', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/boards/1', new Response('', { status: 429 }))
    expect(await errorOf(client.api.get('/1/boards/1'))).toMatchObject({ code: 'rateLimited' })
    expect(client.calls).toHaveLength(4)
  })

  it.each([new TokenEndpointError('tokenEndpointUnavailable'), new Error('of my own')])(
    'may be %s',
    async (error) => {
      const client = createFakeClient(authorized)
      client.respond('GET', '/1/boards/1', error)
      expect(await errorOf(client.api.get('/1/boards/1'))).toBe(error)
      expect(await errorOf(client.fetch('/1/boards/1'))).toBe(error)
    },
  )

  it('may be a dead network', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/boards/1', new TypeError('Failed to fetch'))
    expect(await errorOf(client.api.get('/1/boards/1'))).toBeInstanceOf(NetworkError)
    expect(await errorOf(client.fetch('/1/boards/1'))).toBeInstanceOf(TypeError)
  })

  it('are missing with an error that names the query, and nothing secret', async () => {
    const client = createFakeClient(authorized)
    const asked = client.fetch('/1/search?key=app-key&token=old-token&query=two%20words&fields=id,name')
    expect(String(await errorOf(asked))).toContain('GET /1/search?query=two words&fields=id,name.')
    expect(client.calls).toMatchObject([{ path: '/1/search' }])
    expect(JSON.stringify([client.calls, String(await errorOf(asked))])).not.toMatch(/app-key|old-token/)
  })

  it('are missing with an error that names the path', async () => {
    const client = createFakeClient(authorized)
    client.respond('GET', '/1/boards/1', {})
    for (const call of [client.api.put('/1/boards/1'), client.fetch('/1/boards/1?a=b', { method: 'PUT' })]) {
      const error = await errorOf(call)
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(String(error)).toContain("respond('PUT', '/1/boards/1'")
    }
  })

  it('may come of a fetch of one’s own, with a bearer', async () => {
    const fetch = vi.fn(async (_request: Request) => Response.json({ id: 'board-1' }))
    const client = createFakeClient(authorized, { fetch })
    expect(await client.api.get('/1/boards/1')).toEqual({ id: 'board-1' })
    expect(fetch.mock.calls[0]?.[0].url).toBe('https://api.trello.com/1/boards/1')
    expect(fetch.mock.calls[0]?.[0].headers.get('authorization')).toMatch(/^Bearer /)
  })
})

describe('its fetch', () => {
  it('takes what the platform’s takes', async () => {
    const client = createFakeClient(authorized)
    client.respond('POST', '/1/cards', 'made')
    const url = 'https://api.trello.com/1/cards'
    const inputs = [new URL(url), new Request(url, { method: 'POST', body: '{"a":1}' })]
    for (const input of inputs) {
      const response = await client.fetch(input, { method: 'POST' })
      expect(await response.json()).toBe('made')
    }
    expect(client.calls[1]).toMatchObject({ body: { a: 1 } })
  })

  it.each([
    ['an address', (client: Client, url: string) => client.fetch(url, { method: 'POST', body: '{"a":1}' })],
    [
      'a Request',
      (client: Client, url: string) => client.fetch(new Request(url, { method: 'POST', body: '{"a":1}' })),
    ],
  ])('leaves out the left-over key and token of %s', async (_what, fetchIt) => {
    const fetch = vi.fn(async (_request: Request) => Response.json('made'))
    const client = createFakeClient(authorized, { fetch })
    await fetchIt(client, 'https://api.trello.com/1/cards?key=app-key&idList=1&token=old-token')
    const noted = { method: 'POST', path: '/1/cards', query: { idList: '1' }, body: { a: 1 } }
    expect(client.calls).toEqual([expect.objectContaining(noted)])
    expect(fetch.mock.calls[0]?.[0].url).toBe('https://api.trello.com/1/cards?idList=1')
  })

  it.each([
    ['another host', 'https://elsewhere.example/1/members/me', {}, 'untrustedUrl'],
    [
      'a header of one’s own',
      '/1/members/me',
      { headers: { Authorization: 'Bearer mine' } },
      'invalidRequest',
    ],
  ])('refuses %s', async (_what, url, init, code) => {
    expect(await errorOf(createFakeClient(authorized).fetch(url, init))).toMatchObject({ code })
  })
})
