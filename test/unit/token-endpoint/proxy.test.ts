// @vitest-environment node
import { HttpResponse, http } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { ConfigurationError } from '../../../src/base/errors'
import { judgeAnswer } from '../../../src/token-endpoint/judge'
import { createTokenProxy } from '../../../src/token-endpoint/proxy'
import type { TokenProxyOptions } from '../../../src/token-endpoint/proxy-options'
import { settle } from '../support/clock'
import { server } from '../support/network'
import { errorOf } from '../support/outcome'
import { later } from '../support/token-endpoint'

const ORIGIN = 'https://power-up.example'
const UPSTREAM = 'https://auth.example/oauth/token'
const options: TokenProxyOptions = {
  clientId: 'client-1',
  redirectUri: `${ORIGIN}/callback.html`,
  allowedOrigins: [ORIGIN],
  tokenEndpoint: UPSTREAM,
}
const refreshForm = { grant_type: 'refresh_token', refresh_token: 'refresh-1' }
const codeForm = { grant_type: 'authorization_code', code: 'code-1', code_verifier: 'v'.repeat(43) }
const tokens = {
  access_token: 'access-2',
  refresh_token: 'refresh-2',
  expires_in: 3600,
  token_type: 'Bearer',
}

function post(
  fields: Record<string, string> | BodyInit = refreshForm,
  headers: Record<string, string> = {},
): Request {
  const isFields = typeof fields === 'object' && Object.getPrototypeOf(fields) === Object.prototype
  const body = isFields ? new URLSearchParams(fields as Record<string, string>) : (fields as BodyInit)
  return new Request('https://proxy.example/token', {
    method: 'POST',
    headers: { origin: ORIGIN, ...headers },
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit)
}

/** A proxy before a token endpoint that answers so, and what reached that one. */
function proxyBefore(
  answer: () => Response | Promise<Response> = () => HttpResponse.json(tokens),
  more: Partial<TokenProxyOptions> = {},
) {
  const seen: { headers: Headers; form: Record<string, string>; text: string }[] = []
  server.use(
    http.post(UPSTREAM, async ({ request }) => {
      const text = await request.text()
      seen.push({ headers: request.headers, text, form: Object.fromEntries(new URLSearchParams(text)) })
      return answer()
    }),
  )
  return { seen, proxy: createTokenProxy({ ...options, ...more }) }
}

describe('what is sent on', () => {
  it('is the refresh token, with the client of the configuration', async () => {
    const { proxy, seen } = proxyBefore()
    expect(await (await proxy(post())).json()).toEqual(tokens)
    expect(seen.map(({ form }) => form)).toEqual([{ ...refreshForm, client_id: 'client-1' }])
  })

  it('is the code and its verifier, with client, secret and redirect URI of the configuration', async () => {
    const { proxy, seen } = proxyBefore(undefined, { clientSecret: 'ATO-secret' })
    await proxy(post(codeForm))
    expect(seen[0]?.form).toEqual({
      ...codeForm,
      client_id: 'client-1',
      client_secret: 'ATO-secret',
      redirect_uri: `${ORIGIN}/callback.html`,
    })
  })

  it('is nothing else: other fields, headers and cookies stay behind', async () => {
    const { proxy, seen } = proxyBefore()
    const surplus = {
      client_id: 'another',
      client_secret: 'theirs',
      redirect_uri: 'https://evil.example/',
      scope: 'write:board:trello',
      resource: 'x',
      code: 'c',
    }
    const headers = { cookie: 'session=1', authorization: 'Bearer access-1', 'x-forwarded-for': '::1' }
    await proxy(post({ ...refreshForm, ...surplus }, headers))
    expect(seen[0]?.form).toEqual({ ...refreshForm, client_id: 'client-1' })
    const names = [...(seen[0]?.headers.keys() ?? [])].sort()
    expect(names.filter((name) => !['accept', 'content-type'].includes(name))).toEqual([])
    expect(seen[0]?.text).not.toMatch(/another|evil|theirs/)
  })

  it('goes to Trello unless told otherwise, once, and follows no redirect', async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => HttpResponse.json(tokens))
    const { tokenEndpoint: _, ...defaults } = options
    await createTokenProxy({ ...defaults, fetch })(post())
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(fetch.mock.calls[0]).toMatchObject([
      'https://auth.atlassian.com/oauth/token',
      { method: 'POST', redirect: 'manual' },
    ])
    expect(fetch.mock.calls[0]?.[1]).not.toHaveProperty('signal')
  })

  it.each([
    ['second', (context: object) => [context]],
    ['third, as that of Workers,', (context: object) => [{ STORE: {} }, context]],
  ])('runs on when the caller goes away, and says so to the %s argument', async (_place, argumentsWith) => {
    const answer = later<Response>()
    const { proxy, seen } = proxyBefore(() => answer.promise)
    const caller = new AbortController()
    const work: Promise<unknown>[] = []
    // That of Workers needs its `this`.
    const context = {
      work,
      waitUntil(each: Promise<unknown>) {
        this.work.push(each)
      },
    }
    const response = proxy(new Request(post(), { signal: caller.signal }), ...argumentsWith(context))
    await vi.waitFor(() => expect(seen).toHaveLength(1))
    caller.abort()
    await settle()
    answer.resolve(HttpResponse.json(tokens))
    expect((await response).status).toBe(200)
    expect(await Promise.all(work)).toEqual([await response])
  })
})

describe('a JSON body', () => {
  const asJson = { 'content-type': 'application/json; charset=utf-8' }

  it('says the same as a form', async () => {
    const { proxy, seen } = proxyBefore(undefined, { clientSecret: 'ATO-secret' })
    await proxy(post(JSON.stringify({ ...codeForm, client_id: 'foreign', more: 'x' }), asJson))
    await proxy(post(JSON.stringify(refreshForm), asJson))
    const client = { client_id: 'client-1', client_secret: 'ATO-secret' }
    expect(seen.map(({ form }) => form)).toEqual([
      { ...codeForm, redirect_uri: options.redirectUri, ...client },
      { ...refreshForm, ...client },
    ])
  })

  it.each([
    ['damaged', '{"grant_type":"refresh_token"'],
    ['no object', '"grant_type=refresh_token&refresh_token=refresh-1"'],
    ['a list', '[{"grant_type":"refresh_token","refresh_token":"refresh-1"}]'],
    ['empty', ''],
    ['a form in disguise', 'grant_type=refresh_token&refresh_token=refresh-1'],
    ['a field that is no text', '{"grant_type":"refresh_token","refresh_token":["refresh-1"]}'],
    ['a number', '{"grant_type":"refresh_token","refresh_token":1}'],
    ['an empty field', '{"grant_type":"refresh_token","refresh_token":""}'],
  ])('that is %s is refused before anything is sent on', async (_case, body) => {
    const { proxy, seen } = proxyBefore()
    const response = await proxy(post(body, asJson))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(seen).toEqual([])
  })
})

describe('who is let in', () => {
  it.each([undefined, 'null', 'https://evil.example', `${ORIGIN}.evil.example`, 'http://power-up.example'])(
    'is not the origin %s: nothing is sent, and nothing may be read',
    async (origin) => {
      const { proxy, seen } = proxyBefore()
      for (const method of ['POST', 'OPTIONS', 'GET']) {
        const headers = origin === undefined ? {} : { origin }
        const body = method === 'POST' ? { body: new URLSearchParams(refreshForm) } : {}
        const response = await proxy(new Request('https://proxy.example/', { method, headers, ...body }))
        expect(response.status).toBe(403)
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
        expect(response.headers.get('vary')).toBe('Origin')
      }
      expect(seen).toEqual([])
    },
  )

  it('is told to by a preflight', async () => {
    const { proxy } = proxyBefore()
    const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' }
    const response = await proxy(new Request('https://proxy.example/', { method: 'OPTIONS', headers }))
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(response.headers.get('access-control-allow-methods')).toBe('POST')
    expect(response.headers.get('access-control-allow-headers')).toMatch(/Content-Type/)
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it.each(['GET', 'PUT', 'DELETE'])('does not come with %s', async (method) => {
    const { proxy } = proxyBefore()
    const response = await proxy(
      new Request('https://proxy.example/', { method, headers: { origin: ORIGIN } }),
    )
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it('is decided by the rate limit, before the body is read', async () => {
    for (const [verdict, retryAfter] of [
      [false, null],
      [2.5, '3'],
      [-1, '0'],
      [Number.NaN, null],
      [Number.POSITIVE_INFINITY, null],
    ] as const) {
      const { proxy, seen } = proxyBefore(undefined, {
        rateLimit: async (request) => {
          expect(request.bodyUsed).toBe(false)
          return verdict
        },
      })
      const response = await proxy(post())
      expect([response.status, response.headers.get('retry-after'), seen.length]).toEqual([
        429,
        retryAfter,
        0,
      ])
      // Clients take it for a server that is busy.
      expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
      expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    }
    const { proxy, seen } = proxyBefore(undefined, { rateLimit: () => true })
    expect([(await proxy(post())).status, seen.length]).toEqual([200, 1])
  })

  it('hears of a rate limit that is broken', async () => {
    const failing = () => {
      throw new Error('The counter is down')
    }
    const { proxy, seen } = proxyBefore(undefined, { rateLimit: failing })
    expect(await errorOf(proxy(post()))).toMatchObject({ message: 'The counter is down' })
    expect(seen).toEqual([])
  })
})

describe('a body', () => {
  const stream = (parts: number, bytes: number) => {
    let left = parts
    return new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (left-- > 0) controller.enqueue(new TextEncoder().encode('a'.repeat(bytes)))
        else controller.close()
      },
    })
  }

  it.each<[string, () => Request]>([
    ['that says so', () => post(`${new URLSearchParams(refreshForm)}&padding=${'a'.repeat(8_000)}`)],
    ['that comes in parts', () => post(stream(9, 1_000))],
    ['without an end', () => post(stream(Number.POSITIVE_INFINITY, 1_000))],
  ])('of more than 8 KB %s is refused', async (_case, request) => {
    const { proxy, seen } = proxyBefore()
    const response = await proxy(request())
    expect([response.status, seen.length]).toEqual([413, 0])
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  })

  it('of 8 KB is let through', async () => {
    const { proxy, seen } = proxyBefore()
    const form = `${new URLSearchParams(refreshForm)}&padding=`
    const response = await proxy(post(form + 'a'.repeat(8_000 - form.length)))
    expect([response.status, seen.length]).toEqual([200, 1])
  })

  it.each<[string, Record<string, string> | BodyInit]>([
    ['that is empty', ''],
    ['that is JSON', JSON.stringify(refreshForm)],
    ['of another grant type', { grant_type: 'client_credentials' }],
    ['of a grant type that is none', { grant_type: 'constructor' }],
    ['without a refresh token', { grant_type: 'refresh_token' }],
    ['with an empty refresh token', { grant_type: 'refresh_token', refresh_token: '' }],
    ['without a verifier', { grant_type: 'authorization_code', code: 'code-1' }],
    ['with two codes', 'grant_type=authorization_code&code=a&code=b&code_verifier=v'],
    ['with two grant types', 'grant_type=refresh_token&grant_type=authorization_code&refresh_token=r'],
    ['that breaks off', new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })],
  ])('%s is refused, and no client takes that for a verdict on its token', async (_case, body) => {
    const { proxy, seen } = proxyBefore()
    const response = await proxy(post(body))
    expect([response.status, seen.length]).toEqual([400, 0])
    const raw = { status: 400, retryAfter: null, body: await response.text() }
    expect(judgeAnswer(raw, [], 0).kind).toBe('retryable')
  })
})

describe('the answer', () => {
  it('is status and JSON of the token endpoint, with headers of our own', async () => {
    const { proxy } = proxyBefore(() =>
      HttpResponse.json(
        { error: 'invalid_grant' },
        {
          status: 403,
          headers: {
            'set-cookie': 'a=b',
            'access-control-allow-origin': '*',
            'cache-control': 'public, max-age=60',
            server: 'upstream',
            'retry-after': '7',
          },
        },
      ),
    )
    const response = await proxy(post())
    expect([response.status, await response.json()]).toEqual([403, { error: 'invalid_grant' }])
    expect(Object.fromEntries(response.headers)).toEqual({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Accept, Content-Type',
      'access-control-expose-headers': 'Retry-After',
      'access-control-max-age': '7200',
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'retry-after': '7',
      vary: 'Origin',
    })
  })

  it.each<[string, number, () => Response]>([
    ['redirects', 502, () => HttpResponse.redirect('https://evil.example/', 307)],
    ['has nothing new', 502, () => new HttpResponse(null, { status: 304 })],
    ['is HTML', 502, () => HttpResponse.html('<h1>Hello</h1>')],
    ['is empty', 502, () => new HttpResponse(null, { status: 204 })],
    ['is no object', 502, () => HttpResponse.json('access-1')],
    ['is cut off', 502, () => HttpResponse.text('{"access_token":"acc')],
    ['is an error in HTML', 503, () => HttpResponse.html('<h1>Later</h1>', { status: 503 })],
    ['is a rate limit in words', 429, () => HttpResponse.text('slow down', { status: 429 })],
    ['does not come', 502, () => HttpResponse.error()],
  ])(
    'that %s becomes %d in JSON that says nothing final, and is not asked for again',
    async (_case, status, answer) => {
      const { proxy, seen } = proxyBefore(answer)
      const response = await proxy(post())
      const body = await response.text()
      expect([response.status, seen.length]).toEqual([status, 1])
      expect(JSON.parse(body)).toMatchObject({ error: 'server_error' })
      expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(judgeAnswer({ status, retryAfter: null, body }, [], 0).kind).toBe('retryable')
    },
  )

  it.each([
    ['as it is', 'ATO-secret', '{"error":"x","error_description":"not ATO-secret"}'],
    ['with a slash that is escaped', 'ATO/secret', '{"error":"x","error_description":"not ATO\\/secret"}'],
    ['with a code for a letter', 'ATO-secret', '{"error":"x","error_description":"not \\u0041TO-secret"}'],
    ['with a quote in it', 'ATO"secret', '{"error":"x","error_description":"not ATO\\"secret"}'],
    ['in a form', 'ATO/s +1', '{"error":"x","error_description":"client_secret=ATO%2Fs+%2B1&a=b"}'],
    ['deep inside', 'ATO-secret', '{"error":"x","details":[{"sent":["not ATO-secret"]}]}'],
    ['as a name', 'ATO/secret', '{"error":"x","details":{"ATO\\/secret":1}}'],
  ])(
    'never holds the secret, even if the token endpoint repeats it: %s',
    async (_case, clientSecret, text) => {
      const { proxy } = proxyBefore(() => HttpResponse.text(text, { status: 400 }), { clientSecret })
      const body = await (await proxy(post())).text()
      const { error, error_description: words = '', details } = JSON.parse(body)
      expect([error, JSON.stringify([words, details])]).toEqual(['x', expect.stringContaining('…')])
      for (const told of [body, words]) expect(told).not.toMatch(/ATO|TO-s|%2B1/)
    },
  )

  it('loses nothing else, whatever its names are', async () => {
    const body = { ...tokens, list: [1, null, true, 'a'], constructor: { a: '' } }
    const text = JSON.stringify(body).replace('"list"', '"__proto__":{"a":1},"list"')
    const { proxy } = proxyBefore(() => HttpResponse.text(text), { clientSecret: 'ATO-secret' })
    expect(await (await proxy(post())).text()).toBe(text)
  })

  it.each([
    ['7', '7'],
    ['Fri, 01 Jan 2027 12:00:30 GMT', 'Fri, 01 Jan 2027 12:00:30 GMT'],
    ['7, 7', '7'],
    ['7, ATO-secret', '7'],
    ['ATO-secret', null],
    ['ATO-secret 1', null],
    ['7; ATO-secret', null],
    ['', null],
  ])('has a Retry-After of seconds or a date only: %j', async (given, passedOn) => {
    const headers = { 'retry-after': given }
    const { proxy } = proxyBefore(() => HttpResponse.json({ error: 'x' }, { status: 429, headers }))
    expect((await proxy(post())).headers.get('retry-after')).toBe(passedOn)
  })

  it('leaves nothing in the log', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
    const spies = methods.map((method) => vi.spyOn(console, method))
    await proxyBefore().proxy(post())
    await proxyBefore(() => HttpResponse.error()).proxy(post())
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})

describe('a wrong configuration', () => {
  it.each<[string, object]>([
    ['invalidClientId', { clientId: '' }],
    ['invalidClientSecret', { clientSecret: '' }],
    ['invalidClientSecret', { clientSecret: 5 }],
    ['invalidRedirectUri', { redirectUri: '/callback.html' }],
    ['invalidRedirectUri', { redirectUri: undefined }],
    ['invalidRedirectUri', { redirectUri: 'http://power-up.example/callback.html' }],
    ['invalidRedirectUri', { redirectUri: `${ORIGIN}/callback.html#` }],
    ['invalidRedirectUri', { redirectUri: `${ORIGIN}/callback.html ` }],
    ['invalidRedirectUri', { redirectUri: Object.create(null) }],
    ['invalidAllowedOrigins', { allowedOrigins: undefined }],
    ['invalidAllowedOrigins', { allowedOrigins: [] }],
    ['invalidAllowedOrigins', { allowedOrigins: ['*'] }],
    ['invalidAllowedOrigins', { allowedOrigins: ['null'] }],
    ['invalidAllowedOrigins', { allowedOrigins: ORIGIN }],
    ['invalidAllowedOrigins', { allowedOrigins: [ORIGIN, `${ORIGIN}/page`] }],
    ['invalidAllowedOrigins', { allowedOrigins: ['http://power-up.example'] }],
    ['invalidTokenEndpoint', { tokenEndpoint: 'auth.example' }],
    ['invalidTokenEndpoint', { tokenEndpoint: 'http://auth.example/token' }],
    ['invalidTokenEndpoint', { tokenEndpoint: 'https://user:word@auth.example/token' }],
    ['invalidRateLimit', { rateLimit: 5 }],
    ['invalidFetch', { fetch: 'fetch' }],
  ])('ends in %s at once: %j', (code, wrong) => {
    const make = () => createTokenProxy({ ...options, ...wrong })
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(expect.objectContaining({ code }))
  })

  it('is none at all, too', () => {
    expect(() => createTokenProxy(undefined as unknown as TokenProxyOptions)).toThrow(ConfigurationError)
  })

  it('is not a loopback host, a URL object or an origin with its slash', async () => {
    const proxy = createTokenProxy({
      ...options,
      redirectUri: new URL('http://localhost:3000/callback.html'),
      allowedOrigins: [new URL('http://powerup.localhost:3000')],
      tokenEndpoint: new URL('http://127.0.0.1:4000/token'),
      fetch: async () => HttpResponse.json(tokens),
    })
    expect((await proxy(post(refreshForm, { origin: 'http://powerup.localhost:3000' }))).status).toBe(200)
  })
})
