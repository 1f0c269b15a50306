// @vitest-environment node
// Loaded on demand; here already, so that no test waits for real time.
import '../../../src/api/refusal'
import { describe, expect, it, vi } from 'vitest'
import { type ApiOptions, createApi } from '../../../src/api/api'
import { ApiError } from '../../../src/base/api-error'
import { ConfigurationError, NetworkError, TokenExpiredError } from '../../../src/base/errors'
import type { ClientEvent } from '../../../src/base/events'
import { createBrowser } from '../support/browser'
import { START, settle } from '../support/clock'
import { errorOf, watch } from '../support/outcome'

function setUp(answer: () => Response | Promise<Response> = () => Response.json({}), granted: string[] = []) {
  const { clock, frame } = createBrowser()
  const { platform } = frame()
  const events: ClientEvent[] = []
  const fetch = vi.fn(async (_input: string | URL | Request, _init: RequestInit = {}) => answer())
  const sent = () => {
    const [url, init] = fetch.mock.lastCall ?? ['', {}]
    return { url: String(url), init: init ?? {}, headers: new Headers(init?.headers) }
  }
  const emit = (event: ClientEvent) => void events.push(event)
  return {
    api: createApi({ platform, fetch, grantedScopes: () => granted, emit }),
    fetch,
    sent,
    events,
    clock,
  }
}

describe('a path', () => {
  it.each([
    ['/1/members/me', '/1/members/me'],
    ['1/members/me', '1/members/me'],
    ['members/me', '/1/members/me'],
    ['/members/me', '/1/members/me'],
    ['//members', '//members'],
    ['/2/boards', '/2/boards'],
    ['/1', '/1'],
    ['/1password', '/1/1password'],
    ['https://api.trello.com/1/x', 'https://api.trello.com/1/x'],
  ])('%s is asked for as %s', async (path, url) => {
    const { api, sent } = setUp()
    await api.get(path)
    expect(sent().url).toBe(url)
  })

  it('gets its query: lists with commas, booleans and numbers as words, nothing for nothing', async () => {
    const { api, sent } = setUp()
    const query = { fields: ['id', 'name'], open: true, limit: 0, a: undefined, b: null, 'c d': 'é&=', e: '' }
    await api.get('/1/boards', { query })
    expect(sent().url).toBe('/1/boards?fields=id%2Cname&open=true&limit=0&c%20d=%C3%A9%26%3D&e=')
    await api.get('/1/boards?x=1', { query: { y: [1, 2] } })
    expect(sent().url).toBe('/1/boards?x=1&y=1%2C2')
    await api.get('/1/boards#top', { query: { x: 1 } })
    expect(sent().url).toBe('/1/boards?x=1')
  })
})

describe('a request', () => {
  it.each(['get', 'post', 'put', 'delete'] as const)(
    '%s has its method and follows no redirect',
    async (name) => {
      const { api, sent } = setUp()
      await api[name]('/1/cards')
      expect(sent().init).toMatchObject({ method: name.toUpperCase(), redirect: 'error' })
      expect(sent().init).not.toHaveProperty('body')
      expect(sent().init).not.toHaveProperty('signal')
      expect([...sent().headers]).toEqual([['accept', 'application/json']])
    },
  )

  it.each([[{ name: 'x' }], [['a']], ['text'], [0], [null], [false]])('sends %j as JSON', async (body) => {
    const { api, sent } = setUp()
    await api.post('/1/cards', { body })
    expect(sent().init.body).toBe(JSON.stringify(body))
    expect(sent().headers.get('content-type')).toBe('application/json')
  })

  it.each([
    ['FormData', new FormData()],
    ['URLSearchParams', new URLSearchParams('a=1')],
    ['Blob', new Blob(['x'])],
    ['ArrayBuffer', new ArrayBuffer(1)],
    ['a view of a buffer', new Uint8Array(1)],
    ['a stream', new ReadableStream()],
  ])('sends %s as the platform does, with its own content type', async (_case, body) => {
    const { api, sent } = setUp()
    await api.post('/1/cards', { body })
    expect(sent().init.body).toBe(body)
    expect(sent().headers.has('content-type')).toBe(false)
  })

  it('makes a stream one that the platform takes, and sends it once', async () => {
    const { api, fetch } = setUp(() => new Response('', { status: 429 }))
    fetch.mockImplementation(async (url, init) => {
      const request = new Request(new URL(String(url), 'https://api.trello.com'), init)
      return new Response(await request.text(), { status: 429 })
    })
    const body = new Blob(['name=x']).stream()
    const error = await errorOf(api.post('/1/cards', { body, retryRateLimited: true }))
    expect(error).toMatchObject({ code: 'rateLimited', body: 'name=x' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  const circular: Record<string, unknown> = {}
  circular.self = circular
  it.each<[string, 'get' | 'post', ApiOptions]>([
    ['a body that is no JSON', 'post', { body: circular }],
    ['a number that is none', 'post', { body: { big: 1n } }],
    ['a header that is none', 'post', { headers: { 'no name': 'secret' } }],
    ['a body that a GET has not', 'get', { body: {} }],
  ])('with %s is refused before anything is sent', async (_case, method, options) => {
    const { api, fetch } = setUp()
    const error = await errorOf(api[method]('/1/cards', options))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('`query`') })
    expect(String(error)).not.toContain('secret')
    expect(fetch).not.toHaveBeenCalled()
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
})

describe('an answer', () => {
  it('is its JSON', async () => {
    expect(await setUp(() => Response.json([1, null])).api.get('/1/x')).toEqual([1, null])
    expect(await setUp(() => new Response('null')).api.get('/1/x')).toBeNull()
  })

  it('without a body is undefined', async () => {
    expect(await setUp(() => new Response(null, { status: 204 })).api.delete('/1/x')).toBeUndefined()
    expect(await setUp(() => new Response('')).api.delete('/1/x')).toBeUndefined()
  })

  it.each(['text/plain; charset=utf-8', 'Text/Plain', 'text/csv'])('of type %s is its text', async (type) => {
    const answer = () => new Response('hello', { headers: { 'content-type': type } })
    expect(await setUp(answer).api.get('/1/x')).toBe('hello')
  })

  it.each(['text/html', 'application/json', ''])(
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

describe('a rate limit', () => {
  const headers = { 'x-rate-limit-api-key-remaining': '0' }
  const limited = () => new Response('', { status: 429, headers })

  it('is waited out by a GET, and told as an event each time', async () => {
    const { api, fetch, clock, events } = setUp(limited)
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
    expect(events).toEqual(Array(4).fill({ type: 'rateLimited', path: '/1/x', rateLimit }))
  })

  it('ends with the answer that comes after it', async () => {
    let count = 0
    const { api, clock } = setUp(() => (count++ ? Response.json('here') : limited()))
    const outcome = watch(api.get('/1/x'))
    await clock.advance(1_000)
    expect(outcome).toEqual({ status: 'resolved', value: 'here' })
  })

  it('is not waited out by a write, nor where the caller says so; the numbers may be missing', async () => {
    const bare = () => new Response('', { status: 429 })
    const { api, events, fetch } = setUp(bare)
    expect(await errorOf(api.post('/1/x'))).toMatchObject({ code: 'rateLimited' })
    expect(await errorOf(api.get('/1/x', { retryRateLimited: false }))).toMatchObject({ code: 'rateLimited' })
    expect(fetch).toHaveBeenCalledTimes(2)
    expect(events).toEqual(Array(2).fill({ type: 'rateLimited', path: '/1/x' }))
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
