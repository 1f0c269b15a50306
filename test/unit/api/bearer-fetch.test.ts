// @vitest-environment node
import fc from 'fast-check'
import { HttpResponse, http } from 'msw'
import { beforeAll, describe, expect, it } from 'vitest'
import { ConfigurationError, NotAuthorizedError } from '../../../src/base/errors'
import { bearerFetch } from '../support/bearer-fetch'
import { server } from '../support/network'
import { errorOf } from '../support/outcome'

const me = 'https://api.trello.com/1/members/me'

/** What reaches the API. */
function listen(url = me) {
  const seen: { url: string; headers: Headers }[] = []
  server.use(
    http.get(url, ({ request }) => {
      seen.push({ url: request.url, headers: request.headers })
      return HttpResponse.json({ id: 'member-1' })
    }),
  )
  return seen
}

describe('a call', () => {
  it.each<[string, string | URL | Request]>([
    ['a path', '/1/members/me'],
    ['a URL in a string', me],
    ['a URL object', new URL(me)],
    ['a Request', new Request(me)],
  ])('to %s carries the bearer in its header', async (_case, input) => {
    const seen = listen()
    const { fetch } = await bearerFetch()
    const response = await fetch(input)
    expect(await response.json()).toEqual({ id: 'member-1' })
    expect(seen.map(({ url }) => url)).toEqual([me])
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer access-0')
  })

  it('may go to any of the listed origins', async () => {
    const other = 'http://api.localhost:3000/1/x'
    const seen = listen(other)
    const { fetch } = await bearerFetch({
      apiOrigins: ['https://api.trello.com', 'http://api.localhost:3000'],
    })
    await fetch(other)
    expect(seen).toHaveLength(1)
  })

  it('loses left-over key and token parameters, and no others', async () => {
    const seen = listen()
    const { fetch } = await bearerFetch()
    await fetch('/1/members/me?key=k&fields=id&token=t&token=u')
    expect(seen[0]?.url).toBe(`${me}?fields=id`)
  })

  it('keeps its query as it is written, where nothing is left over', async () => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    await fetch('/1/x?a=%20b,c&flag&d=~')
    expect(sent[0]?.url).toBe('https://api.trello.com/1/x?a=%20b,c&flag&d=~')
  })

  it('shows no token that stands in its path', async () => {
    const { fetch, events } = await bearerFetch({
      answer: () => new Response('missing scope', { status: 401 }),
    })
    await fetch('/1/tokens/access-0/member')
    expect(events).toEqual([{ type: 'apiRefusedToken', status: 401, path: '/1/tokens/…/member' }])
  })

  it('tells each 429 as an event, with what the headers say', async () => {
    const headers = { 'x-rate-limit-api-key-remaining': '0' }
    const answers = [new Response('', { status: 429, headers }), new Response('', { status: 429 })]
    const { fetch, events } = await bearerFetch({ answer: () => answers.shift() ?? new Response() })
    for (let call = 0; call < 3; call++) await fetch('/1/x?a=1')
    const limited = { type: 'rateLimited', path: '/1/x' }
    expect(events).toEqual([{ ...limited, rateLimit: { key: { remaining: 0 } } }, limited])
  })

  it('gives any answer but a 401 as it came', async () => {
    const { fetch, events } = await bearerFetch()
    for (const status of [200, 204, 403, 404, 500]) {
      server.use(http.get(me, () => new HttpResponse(null, { status })))
      expect((await fetch(me)).status).toBe(status)
    }
    expect(events).toEqual([])
  })

  it("keeps the platform's TypeError and a caller's AbortError", async () => {
    server.use(http.get(me, () => HttpResponse.error()))
    const { fetch } = await bearerFetch()
    expect(await errorOf(fetch(me))).toBeInstanceOf(TypeError)
    const caller = new AbortController()
    const aborted = fetch(me, { signal: caller.signal })
    caller.abort()
    expect(await errorOf(aborted)).toMatchObject({ name: 'AbortError' })
  })

  it('is not made without a grant', async () => {
    const { fetch } = await bearerFetch({ record: undefined })
    expect(await errorOf(fetch(me))).toBeInstanceOf(NotAuthorizedError)
  })
})

describe('an Authorization header of the caller', () => {
  it.each<[string, Request | string, RequestInit]>([
    ['the init', me, { headers: { authorization: 'Bearer mine' } }],
    ['the Request', new Request(me, { headers: { Authorization: 'Basic mine' } }), {}],
  ])('in %s is refused before anything is sent', async (_case, input, init) => {
    const { fetch } = await bearerFetch()
    const error = await errorOf(fetch(input, init))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('Leave the Authorization header out'),
    })
  })
})

describe('an address elsewhere', () => {
  it.each([
    'https://evil.example/1/members/me',
    'https://api.trello.com.evil.example/',
    'https://api.trello.com@evil.example/',
    'https://api.trello.com:444/1/members/me',
    'https://user:pass@api.trello.com/1/members/me',
    'http://api.trello.com/1/members/me',
    '//evil.example/1',
    '/\\evil.example/1',
    '\\\\evil.example/1',
    'https:\\\\evil.example',
    '\t//evil.example',
    'javascript:alert(1)',
    'data:text/plain,x',
    'blob:https://api.trello.com/1',
    'https://',
    'https://api.trello.com\u3002evil.example/',
  ])('%j is refused before anything is sent', async (address) => {
    const { fetch, sent } = await bearerFetch()
    const error = await errorOf(fetch(address))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({
      code: 'untrustedUrl',
      message: expect.stringContaining('use the plain fetch for other addresses'),
    })
    expect(String(error)).not.toContain('evil')
    expect(sent).toEqual([])
  })

  it('is refused as a Request too', async () => {
    const { fetch, sent } = await bearerFetch()
    expect(await errorOf(fetch(new Request('https://evil.example/')))).toMatchObject({ code: 'untrustedUrl' })
    expect(sent).toEqual([])
  })

  it('never gets the bearer, however it is written', async () => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    const pieces = fc.constantFrom(
      ...['https:', 'http:', 'HTTPS:', 'ftp:', '/', '//', '\\', '@', ':', '?', '#', '.', '..', '%2f', ' '],
      ...['\t', '\n', 'api.trello.com', 'API.TRELLO.COM', 'evil.example', 'localhost', '[::1]', '127.0.0.1'],
      ...[':443', ':80', '1/members/me', 'user:pass', 'ａｐｉ', '。', '\u0000', 'key=k', '&token=t'],
    )
    const address = fc.oneof(
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.webUrl(),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(address, async (text) => {
        sent.length = 0
        const isRefused = await fetch(text).then(
          () => false,
          (error: unknown) => (error as ConfigurationError).code === 'untrustedUrl',
        )
        expect(isRefused).toBe(sent.length === 0)
        for (const { url, authorization } of sent) {
          expect(new URL(url).origin).toBe('https://api.trello.com')
          expect(new URL(url).username + new URL(url).password).toBe('')
          expect(authorization).toBe('Bearer access-0')
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('method, headers and body', () => {
  // The mocked network replaces Headers by one that loses some when a Request is copied.
  beforeAll(() => server.close())

  it('are kept', async () => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    const init = { method: 'POST', headers: { 'X-Mine': '1' }, body: 'name=x' }
    await fetch(me, init)
    await fetch(new Request(me, init))
    for (const { headers, authorization, body } of sent) {
      expect([headers.get('x-mine'), authorization, body]).toEqual(['1', 'Bearer access-0', 'name=x'])
    }
    expect(sent).toHaveLength(2)
  })

  it('are kept also where key and token are taken out of a Request', async () => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    await fetch(
      new Request(`${me}?key=k&token=t`, { method: 'POST', headers: { 'X-Mine': '1' }, body: 'name=x' }),
    )
    expect(sent).toMatchObject([{ url: me, body: 'name=x', authorization: 'Bearer access-0' }])
    expect(sent[0]?.headers.get('x-mine')).toBe('1')
  })

  it.each<[string, RequestInit]>([
    ['a Request', new Request('https://power-up.example/x', { method: 'POST', body: 'name=x' })],
    ['an object that inherits them', Object.create({ method: 'POST', body: 'name=x' })],
  ])('are kept where the options are %s', async (_case, init) => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    await fetch('/1/cards?key=k', init)
    expect(sent).toMatchObject([{ method: 'POST', url: 'https://api.trello.com/1/cards', body: 'name=x' }])
  })

  it('are those of the platform where the options are null', async () => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    await Reflect.apply(fetch, undefined, [me, null])
    expect(sent).toMatchObject([{ method: 'GET', body: '', authorization: 'Bearer access-0' }])
  })

  it('are those of the moment of the call: options and form may serve a loop of calls', async () => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    const headers = new Headers()
    const options: RequestInit = { method: 'POST', headers }
    const form = new FormData()
    const calls = ['1', '2'].flatMap((number) => {
      headers.set('X-Mine', number)
      options.body = number
      form.set('number', number)
      return [fetch('/1/text', options), fetch('/1/form', { method: 'POST', body: form })]
    })
    await Promise.all(calls)
    const texts = sent.filter(({ url }) => url.endsWith('text'))
    const forms = sent.filter(({ url }) => url.endsWith('form'))
    expect(texts.map(({ headers, body }) => [headers.get('X-Mine'), body])).toEqual([
      ['1', '1'],
      ['2', '2'],
    ])
    const numbers = await Promise.all(
      forms.map(async ({ request }) => (await request.formData()).get('number')),
    )
    expect(numbers.sort()).toEqual(['1', '2'])
  })

  it.each([me, `${me}?key=k`])('come with all else that a Request to %s has', async (url) => {
    const { fetch, sent } = await bearerFetch({ answer: () => new Response() })
    await fetch(
      new Request(url, {
        credentials: 'omit',
        referrer: '',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
      }),
    )
    const { credentials, referrer, referrerPolicy, cache } = sent[0]?.request ?? {}
    expect([credentials, referrer, referrerPolicy, cache]).toEqual(['omit', '', 'no-referrer', 'no-store'])
  })
})
