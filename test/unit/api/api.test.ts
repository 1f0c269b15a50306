// @vitest-environment node
// Loaded on demand; here already, so that no test waits for real time.
import '../../../src/api/refusal'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { type ApiOptions, createApi } from '../../../src/api/api'
import { createRequestQueue } from '../../../src/api/request-queue'
import { ApiError } from '../../../src/base/api-error'
import { ConfigurationError, NetworkError, TokenExpiredError } from '../../../src/base/errors'
import { createBrowser } from '../support/browser'
import { START, settle } from '../support/clock'
import { errorOf, watch } from '../support/outcome'

function setUp(answer: () => Response | Promise<Response> = () => Response.json({}), granted: string[] = []) {
  const { clock, frame } = createBrowser()
  const { platform } = frame()
  const fetch = vi.fn(async (_input: string | URL | Request, _init: RequestInit = {}) => answer())
  const sent = () => {
    const [url, init] = fetch.mock.lastCall ?? ['', {}]
    return { url: String(url), init: init ?? {}, headers: new Headers(init?.headers) }
  }
  const queue = createRequestQueue(platform)
  const api = createApi(platform, { fetch, queue: () => queue, grantedScopes: () => granted })
  return { api, fetch, sent, clock, queue }
}

const methods = ['get', 'post', 'put', 'delete'] as const

describe('a request', () => {
  it.each(methods)('of %s has its method, its address, and follows no redirect', async (name) => {
    const { api, sent } = setUp()
    await api[name]('members/me', { query: { fields: ['id', 'name'] } })
    expect(sent().url).toBe('/1/members/me?fields=id%2Cname')
    expect(sent().init).toMatchObject({ method: name.toUpperCase(), redirect: 'error' })
    expect(sent().init).not.toHaveProperty('body')
    expect(sent().init).not.toHaveProperty('signal')
    expect([...sent().headers]).toEqual([['accept', 'application/json']])
  })

  it('takes other members that are undefined', async () => {
    const { api, sent } = setUp()
    const options: ApiOptions & { label?: string | undefined } = { query: { a: 1 }, label: undefined }
    await api.get('/1/x', options)
    expect(sent().url).toBe('/1/x?a=1')
  })

  it('takes options that are null, and members that are', async () => {
    const { api, sent } = setUp()
    await Reflect.apply(api.get, undefined, ['/1/x', null])
    await api.get('/1/x', { query: null, body: null, headers: null, signal: null })
    expect(sent().url).toBe('/1/x')
    expect(sent().init).not.toHaveProperty('body')
  })

  it('sends its body as JSON, and names that', async () => {
    const { api, sent } = setUp()
    await api.post('/1/cards', { body: { name: 'x' } })
    expect(sent().init.body).toBe('{"name":"x"}')
    expect(sent().init).not.toHaveProperty('duplex')
    expect(sent().headers.get('content-type')).toBe('application/json')
  })

  it("keeps the caller's headers and signal", async () => {
    const { api, sent } = setUp()
    const { signal } = new AbortController()
    const headers = { Accept: 'image/png', 'Content-Type': 'application/vnd+json', 'X-Mine': '1' }
    await api.put('/1/cards', { headers, signal, body: {} })
    expect(Object.fromEntries(sent().headers)).toEqual({
      accept: 'image/png',
      'content-type': 'application/vnd+json',
      'x-mine': '1',
    })
    expect(sent().init.signal).toBe(signal)
  })

  it.each<[string, unknown]>([
    ['Headers', new Headers({ 'X-Mine': '1' })],
    ['pairs', [['X-Mine', '1']]],
    ['a Map', new Map([['X-Mine', '1']])],
    ['a Map of another frame', runInNewContext("new Map([['X-Mine', '1']])")],
    ['an object of another frame', runInNewContext("({ 'X-Mine': '1' })")],
    ['a number', { 'X-Mine': 1 }],
    [
      'pairs that say nothing',
      [
        ['X-Mine', '1'],
        ['X-Not', null],
      ],
    ],
    [
      'a Map that says nothing',
      new Map([
        ['X-Mine', '1'],
        ['X-Not', undefined],
      ]),
    ],
    ['an object with members that say nothing', { 'X-Mine': '1', 'X-Not': undefined, 'X-Neither': null }],
  ])('takes %s for its headers', async (_case, headers) => {
    const { api, sent } = setUp()
    await api.get('/1/x', { headers: headers as HeadersInit })
    expect(Object.fromEntries(sent().headers)).toEqual({ accept: 'application/json', 'x-mine': '1' })
  })

  it('sends what it was given, though that is used for the next call before its turn comes', async () => {
    const { api, fetch } = setUp()
    const form = new FormData()
    const bytes = new Uint8Array(1)
    const calls = [1, 2].flatMap((n) => {
      form.set('n', String(n))
      bytes[0] = n
      return [api.post('/1/a', { body: form }), api.put('/1/b', { body: bytes })]
    })
    await Promise.all(calls)
    const sent = fetch.mock.calls.map(([, init]) =>
      init?.body instanceof FormData ? init.body.get('n') : init?.body,
    )
    expect(sent).toEqual(['1', new Uint8Array([1]), '2', new Uint8Array([2])])
  })

  it('makes a stream one that the platform takes, and sends it once', async () => {
    const { api, fetch } = setUp()
    fetch.mockImplementation(async (url, init) => {
      const request = new Request(new URL(String(url), 'https://api.trello.com'), init)
      return new Response(await request.text(), { status: 429 })
    })
    const body = new Blob(['name=x']).stream()
    const error = await errorOf(api.post('/1/cards', { body, retryRateLimited: true }))
    expect(error).toMatchObject({ code: 'rateLimited', body: 'name=x' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})

describe('a request that can not be made', () => {
  const fail = () => {
    throw new Error('secret')
  }
  const failing = { toJSON: fail }
  const circle: unknown[] = []
  circle.push(circle)
  it.each<[string, 'get' | 'post', unknown, unknown, string]>([
    ['a path that is no text', 'get', 7, {}, 'The path'],
    ['a query that is no query', 'get', '/1/x', { query: 5 }, '`query`'],
    ['a value without a text', 'get', '/1/x', { query: { due: new Date('never') } }, '`due`'],
    ['a body that is no JSON', 'post', '/1/x', { body: new Map() }, 'The body'],
    ['a body that a GET has not', 'get', '/1/x', { body: {} }, '`query`'],
    ['a header that has no name', 'post', '/1/x', { headers: { 'no name': 'secret' } }, 'headers'],
    ['a header that no line holds', 'post', '/1/x', { headers: { a: 'secret\nb: c' } }, 'headers'],
    ['a promise of headers', 'post', '/1/x', { headers: Promise.resolve({ a: 'secret' }) }, 'headers'],
    ['a text for headers', 'post', '/1/x', { headers: 'a: secret' }, 'headers'],
    ['headers that are a triple', 'post', '/1/x', { headers: [['a', 'b', 'secret']] }, 'headers'],
    ['headers that are a number', 'post', '/1/x', { headers: 0 }, 'headers'],
    ['a header that is an object', 'post', '/1/x', { headers: { a: { secret: 1 } } }, '`a`'],
    ['a header that is a function', 'post', '/1/x', { headers: { a: () => 'secret' } }, '`a`'],
    ['a header that is no number', 'post', '/1/x', { headers: new Map([['a', Number.NaN]]) }, '`a`'],
    ['a header that fails', 'post', '/1/x', { headers: { a: failing } }, 'headers'],
    ['a query that fails', 'get', '/1/x', { query: new Proxy({}, { ownKeys: fail }) }, 'cause'],
    ['a value that fails', 'get', '/1/x', { query: { a: failing } }, 'cause'],
    ['an iterator that fails', 'get', '/1/x', { query: { a: { [Symbol.iterator]: fail } } }, 'cause'],
    ['a list in a circle', 'get', '/1/x', { query: { a: circle } }, 'cause'],
    ['a body that fails', 'post', '/1/x', { body: new Proxy({}, { get: fail }) }, 'cause'],
    ['options that fail', 'get', '/1/x', new Proxy({}, { get: fail }), 'cause'],
    ['options that are a text', 'get', '/1/x', 'fields=id', 'options'],
    ['options that are a list', 'get', '/1/x', [{ query: { a: 1 } }], 'options'],
    ['a name of another library', 'get', '/1/x', { params: { filter: 'open' } }, '`params`'],
    ['a body in place of the options', 'post', '/1/x', { name: 'secret' }, '`name`'],
    ['a text for a signal', 'get', '/1/x', { signal: '' }, '`signal`'],
    ['a number for a signal', 'get', '/1/x', { signal: Number.NaN }, '`signal`'],
    ['a signal that is none', 'get', '/1/x', { signal: {} }, '`signal`'],
    [
      'an object with nothing but the tag of a signal',
      'get',
      '/1/x',
      { signal: { [Symbol.toStringTag]: 'AbortSignal', aborted: false } },
      '`signal`',
    ],
    ['a controller for a signal', 'get', '/1/x', { signal: new AbortController() }, '`signal`'],
  ])('because of %s is refused before anything is sent', async (_case, method, path, options, hint) => {
    const { api, fetch } = setUp()
    const error = await errorOf(api[method](path as string, options as ApiOptions))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining(hint) })
    expect(String(error)).not.toContain('secret')
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('an answer', () => {
  it('is its JSON', async () => {
    expect(await setUp(() => Response.json([1, null])).api.get('/1/x')).toEqual([1, null])
    expect(await setUp(() => new Response('null')).api.get('/1/x')).toBeNull()
  })

  it.each([null, '', ' ', '\r\n'])('with nothing in its body is undefined: %j', async (body) => {
    const status = body === null ? 204 : 200
    expect(await setUp(() => new Response(body, { status })).api.delete('/1/x')).toBeUndefined()
  })

  it.each(['text/plain; charset=utf-8', 'Text/Plain', 'text/csv'])('of type %s is its text', async (type) => {
    const answer = () => new Response('hello', { headers: { 'content-type': type } })
    expect(await setUp(answer).api.get('/1/x')).toBe('hello')
  })

  it.each(['text/html', 'application/json', '', 'xtext/plain'])(
    'of type %j that is no JSON is an ApiError',
    async (type) => {
      const answer = () => new Response('<p>Trello</p>', { headers: { 'content-type': type } })
      const error = await errorOf(setUp(answer).api.get('/1/x', { query: { a: 1 } }))
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({
        code: 'http',
        status: 200,
        path: '/1/x',
        body: '<p>Trello</p>',
        message: expect.stringContaining('is this a path of the REST API?'),
      })
    },
  )
})

describe('a status other than 2xx', () => {
  it.each([
    [400, 'invalid id', 'http'],
    [400, '{"message":"Missing scope write:board"}', 'missingScope'],
    [401, 'unauthorized permission requested', 'unauthorized'],
    [401, 'missing scopes', 'missingScope'],
    [403, '{"message":"insufficient_scope"}', 'missingScope'],
    [403, 'outside of the workspace', 'forbiddenOutsideWorkspace'],
    [403, '', 'forbiddenOutsideWorkspace'],
    [404, 'the scope of this was not found', 'http'],
    [429, '{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"Rate limit"}', 'rateLimited'],
    [500, 'missing scopes', 'http'],
    [500, '<html>', 'http'],
  ])('%d %j is the code %s', async (status, body, code) => {
    const { api } = setUp(() => new Response(body, { status }))
    const error = await errorOf(api.delete('/1/unknown'))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ code, status, method: 'DELETE', path: '/1/unknown' })
  })

  it.each([301, 304])('%d is no success either', async (status) => {
    const { api } = setUp(() => new Response(null, { status }))
    expect(await errorOf(api.get('/1/x'))).toMatchObject({ code: 'http', status })
  })

  it('is a missing scope where the table of operations asks for one that was not granted', async () => {
    const refused = () => new Response('unauthorized', { status: 401 })
    expect(await errorOf(setUp(refused).api.post('/1/cards'))).toMatchObject({
      code: 'missingScope',
      requiredScopes: ['write:board:trello'],
    })
    expect(await errorOf(setUp(refused, ['write:board:trello']).api.post('/1/cards'))).toMatchObject({
      code: 'unauthorized',
      requiredScopes: undefined,
    })
    const missing = () => new Response('', { status: 404 })
    expect(await errorOf(setUp(missing).api.post('/1/cards'))).toMatchObject({ code: 'http' })
  })

  it('carries the parsed body, or the text, as it came', async () => {
    const json = () => Response.json({ message: 'no' }, { status: 404 })
    expect(await errorOf(setUp(json).api.get('/1/x'))).toMatchObject({ body: { message: 'no' } })
    const text = () => new Response('no', { status: 404 })
    expect(await errorOf(setUp(text).api.get('/1/x'))).toMatchObject({ body: 'no', rateLimit: undefined })
  })

  it('names its path without the query', async () => {
    const { api } = setUp(() => new Response('', { status: 404 }))
    const error = await errorOf(api.get('/1/search?query=private', { query: { more: 'private' } }))
    expect(error).toMatchObject({ path: '/1/search' })
    expect(String(error)).not.toContain('private')
    expect(await errorOf(api.get('https://api.trello.com/1/x#private'))).toMatchObject({ path: '/1/x' })
  })

  it('shows no token that stands in its path', async () => {
    const refused = await errorOf(setUp(() => new Response('', { status: 404 })).api.get('/1/tokens/secret'))
    const unanswered = await errorOf(setUp(() => Promise.reject(new TypeError())).api.get('/tokens/secret'))
    for (const error of [refused, unanswered]) {
      expect(String(error)).toContain('/1/tokens/…')
      expect(JSON.stringify([error, String(error)])).not.toContain('secret')
    }
  })
})

describe('a 429', () => {
  const headers = { 'x-rate-limit-api-key-remaining': '0' }
  const limited = () => new Response('', { status: 429, headers })

  it('is waited out by a GET', async () => {
    const { api, fetch, clock } = setUp()
    const times: number[] = []
    fetch.mockImplementation(async () => {
      times.push(clock.now() - START)
      return limited()
    })
    const outcome = watch(api.get('/1/x?a=1'))
    await clock.advance(60_000)
    expect(times).toEqual([0, 1_000, 5_000, 15_000])
    const rateLimit = { key: { remaining: 0 } }
    expect(outcome.error).toMatchObject({ code: 'rateLimited', rateLimit, retryable: true })
  })

  it.each<[string, HeadersInit, number]>([
    ['Retry-After', { 'Retry-After': '7' }, 7_000],
    ['the interval of the limit', { ...headers, 'x-rate-limit-api-key-interval-ms': '9000' }, 9_000],
  ])('is waited out as long as %s says', async (_case, named, waitMs) => {
    let count = 0
    const { api, clock } = setUp(() =>
      count++ ? Response.json('here') : new Response('', { status: 429, headers: named }),
    )
    const outcome = watch(api.get('/1/x'))
    await clock.advance(waitMs - 1)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome).toEqual({ status: 'resolved', value: 'here' })
  })

  it('is waited out by each call at most three times, though others succeed meanwhile', async () => {
    const { api, fetch, clock } = setUp()
    fetch.mockImplementation(async (url) => (String(url) === '/1/bad' ? limited() : Response.json(1)))
    const bad = watch(api.get('/1/bad'))
    for (let second = 0; second < 60; second++) {
      void api.get('/1/good')
      await clock.advance(1_000)
    }
    expect(bad.error).toMatchObject({ code: 'rateLimited' })
    expect(fetch.mock.calls.filter(([url]) => url === '/1/bad')).toHaveLength(4)
  })

  it('holds back all calls of the queue, writes too', async () => {
    let count = 0
    const { api, clock, fetch } = setUp(() => (count++ ? Response.json(1) : limited()))
    const first = watch(api.get('/1/x'))
    await settle()
    const others = [watch(api.get('/1/y')), watch(api.post('/1/z'))]
    await settle()
    expect(fetch).toHaveBeenCalledTimes(1)
    await clock.advance(1_000)
    expect([first.status, ...others.map(({ status }) => status)]).toEqual(['resolved', 'pending', 'pending'])
    await clock.advance(1_000)
    expect(others.map(({ status }) => status)).toEqual(['resolved', 'resolved'])
  })

  it.each<['get' | 'post', ApiOptions]>([
    ['post', {}],
    ['get', { retryRateLimited: false }],
  ])('is the answer to a %s with %o: it is sent once', async (method, options) => {
    const { api, fetch } = setUp(() => new Response('', { status: 429 }))
    const error = await errorOf(api[method]('/1/x', options))
    expect(error).toMatchObject({ code: 'rateLimited', status: 429, retryable: true, retryAfterMs: 1_000 })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('is waited out by a write that asks for it', async () => {
    let count = 0
    const { api, clock } = setUp(() => (count++ ? Response.json('here') : limited()))
    const outcome = watch(api.put('/1/x', { body: {}, retryRateLimited: true }))
    await clock.advance(1_000)
    expect(outcome).toEqual({ status: 'resolved', value: 'here' })
  })

  it('that lasts too long is told at once, to all', async () => {
    const { api, fetch } = setUp(() => new Response('', { status: 429, headers: { 'Retry-After': '60' } }))
    const error = await errorOf(api.get('/1/x'))
    expect(error).toMatchObject({ code: 'rateLimited', retryAfterMs: 60_000 })
    const unsent = await errorOf(api.get('/1/y'))
    expect(unsent).toMatchObject({ code: 'rateLimited', status: 429, retryable: true, retryAfterMs: 60_000 })
    expect(String(unsent)).toContain('GET /1/y was not sent')
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('names the time that the server names, and stops the page for a quarter of an hour at most', async () => {
    const answers = [new Response('', { status: 429, headers: { 'Retry-After': '86400' } })]
    const { api, clock } = setUp(() => answers.shift() ?? Response.json('here'))
    expect(await errorOf(api.get('/1/x'))).toMatchObject({ code: 'rateLimited', retryAfterMs: 86_400_000 })
    await clock.advance(900_000)
    expect(await api.get('/1/x')).toBe('here')
  })

  it.each([
    [429, '{"error":"API_TOO_MANY_CARDS_REQUESTED","message":"Too many cards"}'],
    [429, 'API_TOO_MANY_ACTIONS_REQUESTED'],
    [429, '{"code":"RESPONSE_TOO_LARGE"}'],
    [403, '{"error":"API_TOO_MANY_CARDS_REQUESTED"}'],
    [400, '{"error":"API_TOO_MANY_CARDS_REQUESTED"}'],
  ])('that waiting can not help is told at once: %d %s', async (status, body) => {
    const { api, fetch } = setUp(() => new Response(body, { status }))
    const error = await errorOf(api.get('/1/boards/b', { query: { actions: 'all' } }))
    const code = status === 429 ? 'rateLimited' : 'http'
    expect(error).toMatchObject({ code, status, retryable: false })
    expect(String(error)).toContain('too much at once')
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(await errorOf(api.get('/1/y'))).toMatchObject({ status })
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  it.each([
    '{"error":"RATE_LIMIT_EXCEEDED","message":"Exceeded rate limit to /1/member"}',
    '{"error":"MEMBER_LIMIT_EXCEEDED"}',
  ])('for one route holds no other call back: %s', async (body) => {
    const { api, fetch } = setUp()
    fetch.mockImplementation(async (url) =>
      String(url).startsWith('/1/members') ? new Response(body, { status: 429 }) : Response.json(1),
    )
    const error = await errorOf(api.get('/1/members/m'))
    expect(error).toMatchObject({ code: 'rateLimited', retryable: true })
    expect(await api.get('/1/boards/b')).toBe(1)
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  it.each([
    'API_TOKEN_LIMIT_EXCEEDED',
    'API_KEY_LIMIT_EXCEEDED',
    'API_TOKEN_DB_LIMIT_EXCEEDED',
    'Too many requests',
  ])('that says %s is waited out', async (words) => {
    let count = 0
    const { api, clock } = setUp(() =>
      count++
        ? Response.json(1)
        : Response.json({ error: words, message: 'Rate limit exceeded' }, { status: 429 }),
    )
    const outcome = watch(api.get('/1/x'))
    await clock.advance(1_000)
    expect(outcome.status).toBe('resolved')
  })

  it('is waited out no longer than the caller waits', async () => {
    const caller = new AbortController()
    const { api, fetch } = setUp(limited)
    const outcome = watch(api.get('/1/x', { signal: caller.signal }))
    await settle()
    caller.abort()
    await settle()
    expect(outcome.error).toMatchObject({ name: 'AbortError' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})

describe('a call that never reached the server', () => {
  it('takes no place of the rate limit', async () => {
    const { api, fetch } = setUp(() => Promise.reject(new TokenExpiredError('revoked')))
    for (let call = 0; call < 150; call++) {
      expect(await errorOf(api.get('/1/x'))).toBeInstanceOf(TokenExpiredError)
    }
    expect(fetch).toHaveBeenCalledTimes(150)
  })
})

describe('no answer', () => {
  it('is a NetworkError with the cause', async () => {
    const cause = new TypeError('Failed to fetch')
    const error = await errorOf(setUp(() => Promise.reject(cause)).api.post('/1/x?a=1', { body: {} }))
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ code: 'network', retryable: true, cause })
    expect(String(error)).toContain('POST /1/x got no answer')
  })

  it('is one that was cut off in the middle', async () => {
    const cut = () =>
      new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError('cut')) }))
    expect(await errorOf(setUp(cut).api.get('/1/x'))).toBeInstanceOf(NetworkError)
  })

  it('after an abort keeps the AbortError', async () => {
    const caller = new AbortController()
    const { api } = setUp(() => {
      caller.abort()
      return Promise.reject(caller.signal.reason)
    })
    expect(await errorOf(api.get('/1/x', { signal: caller.signal }))).toMatchObject({ name: 'AbortError' })
  })

  it.each([new TokenExpiredError('revoked'), new ConfigurationError('untrustedUrl', 'elsewhere')])(
    'keeps the error of this library: %s',
    async (error) => {
      expect(await errorOf(setUp(() => Promise.reject(error)).api.get('/1/x'))).toBe(error)
    },
  )
})

it('is a frozen object of functions that need no this', async () => {
  const { api } = setUp(() => Response.json(1))
  expect(Object.isFrozen(api)).toBe(true)
  const { get } = api
  expect(await get('/1/x')).toBe(1)
})
