// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { adaptedFetch } from '../../../../src/compat/requests/fetch-adapter'
import { TokenEndpointError } from '../../../../src/index'
import { errorOf } from '../../support/outcome'
import { adapterSetUp } from '../support/adapter'
import { anyFetch, anyKeyed } from '../support/arbitrary-requests'
import { APP_KEY } from '../support/rest-api'

const keyed = `key=${APP_KEY}&token=secret`
const me = 'https://api.trello.com/1/members/me'
const json = { 'content-type': 'application/json' }

function setUp() {
  const original = vi.fn(
    async (..._given: Parameters<typeof fetch>) => new Response('as given', { status: 401 }),
  )
  const adapter = adapterSetUp()
  return {
    ...adapter,
    original,
    all: adapter,
    fetch: adaptedFetch(original as typeof fetch, adapter.adapter),
  }
}

describe('a call that is not meant', () => {
  it('reaches the original as it is, whatever the address, the options and the body', async () => {
    const { fetch, original, sent } = setUp()
    await fc.assert(
      fc.asyncProperty(anyFetch(), async (given) => {
        original.mockClear()
        await fetch(...given)
        expect(original.mock.calls).toEqual([given])
        for (const [at, value] of given.entries()) expect(original.mock.lastCall?.[at]).toBe(value)
        expect(sent).toEqual([])
      }),
    )
  })

  it.each<[string, unknown[]]>([
    ['no argument', []],
    ['a relative address', ['cards']],
    ['an address without a host', ['https://']],
    ['a data: address', [`data:,${keyed}`]],
    ['a blob: address', [`blob:https://api.trello.com/1/x?${keyed}`]],
    ['about:blank', ['about:blank']],
    ['user and password', [`https://me:secret@api.trello.com/1/x?${keyed}`]],
    ['a symbol', [Symbol('address')]],
    ['an object', [{ url: `${me}?${keyed}` }]],
    ['an object whose text throws', [{ toString: () => never() }]],
    ['options that are none', [`${me}?${keyed}`, 7]],
    ['headers that are none', [`${me}?${keyed}`, { headers: [['name']] }]],
    [
      'a getter that throws',
      [`${me}?${keyed}`, Object.create({}, { body: { get: never, enumerable: true } })],
    ],
    ['null for options', [me, null]],
  ])('reaches the original with %s, which says what it has to say', async (_what, given) => {
    const { fetch, original, sent } = setUp()
    const error = new TypeError('from the browser')
    original.mockRejectedValueOnce(error)
    expect(await errorOf(Reflect.apply(fetch, undefined, given))).toBe(error)
    expect(original.mock.calls).toEqual([given])
    expect(sent).toEqual([])
  })

  it('has an Authorization header of its own', async () => {
    const { fetch, original, sent } = setUp()
    const calls: Parameters<typeof fetch>[] = [
      [`${me}?${keyed}`, { headers: { authorization: 'Bearer mine' } }],
      [new Request(`${me}?${keyed}`, { headers: { authorization: 'Basic bWU6eA==' } })],
    ]
    for (const given of calls) {
      await fetch(...given)
      expect(original.mock.lastCall).toEqual(given)
    }
    expect(sent).toEqual([])
  })

  it('keeps its body, also where it had to be looked at', async () => {
    const { fetch, original } = setUp()
    const request = new Request(me, { method: 'POST', body: '{"name":"A"}', headers: json })
    await fetch(request)
    const passed = original.mock.lastCall?.[0] as Request
    expect(passed).toBe(request)
    expect(await passed.text()).toBe('{"name":"A"}')
  })

  it('keeps a body that was read, so that the original refuses it', async () => {
    const { fetch, original } = setUp()
    const request = new Request(`${me}?${keyed}`, { method: 'POST', body: '{}', headers: json })
    await request.text()
    await fetch(request)
    expect(original.mock.calls).toEqual([[request]])
  })

  it('is not read where its Content-Type names no form and no JSON', async () => {
    const { fetch, original } = setUp()
    const request = new Request(me, { method: 'POST', body: new Blob([keyed], { type: 'image/png' }) })
    const cloned = vi.spyOn(request, 'clone')
    await fetch(request)
    expect([original.mock.calls, cloned.mock.calls]).toEqual([[[request]], []])
  })

  it('is every one, once the adapter is off', async () => {
    const { adapter, original } = setUp()
    const fetch = adaptedFetch(original as typeof globalThis.fetch, { ...adapter, isOn: () => false })
    await fetch(`${me}?${keyed}`)
    expect(original).toHaveBeenCalledWith(`${me}?${keyed}`)
  })

  it('keeps its this', async () => {
    const { adapter } = setUp()
    const seen: unknown[] = []
    const original = async function (this: unknown) {
      seen.push(this)
      return new Response()
    }
    const holder = { fetch: adaptedFetch(original as typeof fetch, adapter) }
    await holder.fetch(me)
    expect(seen).toEqual([holder])
  })
})

describe('a call with the key', () => {
  it('goes through the client, without key and token, and with everything else that it has', async () => {
    const { fetch, original, sent } = setUp()
    await fc.assert(
      fc.asyncProperty(anyKeyed(), async ({ given, rest }) => {
        sent.length = 0
        expect(await (await fetch(...given)).text()).toBe('from the client')
        expect(original).not.toHaveBeenCalled()
        const [{ url, init } = { url: '', init: {} }] = sent
        expect(sent).toHaveLength(1)
        const whole = `${url} ${await textOf(init.body)}`
        expect(whole).not.toMatch(/secret|app-key-1/)
        for (const each of rest) expect(whole).toContain(each)
      }),
    )
  })

  it.each([
    ['a list', '[{"name":"https://x/?a=1&token=abc&b=2"}]', json],
    ['a nested token', '{ "card": {"token":"abc"} }', json],
    ['plain text', 'a=1&token=abc&b=2', { 'content-type': 'text/plain' }],
    ['a text without Content-Type', 'a=1&token=abc&b=2', {}],
    ['JSON without Content-Type and without the key', '{"token":"abc"}', {}],
  ])('keeps a body byte for byte that is %s', async (_what, body, headers) => {
    const { fetch, sent } = setUp()
    const init = { method: 'POST', body, headers }
    await fetch(`${me}?${keyed}`, init)
    await fetch(new Request(`${me}?${keyed}`, init))
    expect(sent.map(({ url }) => url)).toEqual([me, me])
    expect([sent[0]?.init.body, await textOf(sent[1]?.init.body)]).toEqual([body, body])
  })

  it.each<[string, () => BodyInit]>([
    ['a Blob', () => new Blob(['token=abc'])],
    ['a stream', () => new Blob(['token=abc']).stream()],
  ])('passes on the same object as a body that is %s', async (_what, make) => {
    const { fetch, sent } = setUp()
    const body = make()
    const init = { method: 'POST', body, duplex: 'half' }
    await fetch(`${me}?${keyed}`, init)
    expect(sent[0]?.init.body).toBe(body)
    expect(sent[0]?.init).toMatchObject({ method: 'POST', duplex: 'half' })
  })

  it.each<[string, BodyInit]>([
    ['bytes', new TextEncoder().encode('token=abc')],
    ['a form without a token', new URLSearchParams('a=1')],
  ])('passes on an equal body that is %s', async (_what, body) => {
    const { fetch, sent } = setUp()
    await fetch(`${me}?${keyed}`, { method: 'POST', body })
    expect(sent[0]?.init.body).toEqual(body)
  })

  it('rejects, and sends nothing, where a form of another realm has a file that can not be copied', async () => {
    const { fetch, original, sent } = setUp()
    const pairs = [
      ['key', APP_KEY],
      ['file', { [Symbol.toStringTag]: 'File' }],
    ]
    const foreign = { [Symbol.toStringTag]: 'FormData', [Symbol.iterator]: () => pairs.values() }
    const body = foreign as unknown as BodyInit
    expect(await errorOf(fetch(me, { method: 'POST', body }))).toMatchObject({ code: 'invalidRequest' })
    expect([original.mock.calls, sent]).toEqual([[], []])
  })

  it('as a Request keeps method, headers, signal and body', async () => {
    const { fetch, sent } = setUp()
    const { signal } = new AbortController()
    const headers = { ...json, accept: 'application/json', authorization: 'OAuth x' }
    const body = JSON.stringify({ key: APP_KEY, token: 'secret', name: 'A' })
    await fetch(new Request(me, { method: 'PUT', headers, body, signal, redirect: 'error' }), {
      cache: 'no-store',
    })
    const [{ url, init } = { url: '', init: {} }] = sent
    expect({ url, body: init.body }).toEqual({ url: me, body: '{"name":"A"}' })
    expect(init).toMatchObject({ method: 'PUT', redirect: 'error', cache: 'no-store' })
    expect(Object.fromEntries(new Headers(init.headers))).toEqual({ ...json, accept: 'application/json' })
    expect(init.signal).toBeInstanceOf(AbortSignal)
  })

  it('as a Request keeps what options leave undefined, and its body where they say null', async () => {
    const { fetch, sent } = setUp()
    const request = new Request(`${me}?${keyed}`, { method: 'PUT', body: '{"a":1}', headers: json })
    await fetch(request, { method: undefined, headers: undefined, body: null } as never)
    expect(sent[0]?.init).toMatchObject({ method: 'PUT' })
    expect(new Headers(sent[0]?.init.headers).get('content-type')).toBe('application/json')
    expect(await textOf(sent[0]?.init.body)).toBe('{"a":1}')
  })

  it('as a Request of another frame is taken for what it is', async () => {
    const { fetch, sent } = setUp()
    const own = new Request(`${me}?${keyed}`, { method: 'POST', body: '{"token":"x","a":1}', headers: json })
    const foreign = Object.create({ [Symbol.toStringTag]: 'Request', clone: () => own.clone() })
    for (const name of ['url', 'method', 'headers', 'signal']) foreign[name] = Reflect.get(own, name)
    expect(foreign instanceof Request).toBe(false)
    await fetch(foreign)
    expect(sent).toMatchObject([{ url: me, init: { method: 'POST', body: '{"a":1}' } }])
  })

  it('as an object that names the address', async () => {
    const { fetch, sent } = setUp()
    await fetch({ toString: () => `${me}?${keyed}` } as never)
    await fetch(new URL(`${me}?${keyed}&a=b`))
    expect(sent.map(({ url }) => url)).toEqual([me, `${me}?a=b`])
  })

  it('may inherit its options', async () => {
    const { fetch, sent } = setUp()
    class Options {
      get method() {
        return 'POST'
      }
      get body() {
        return new URLSearchParams(`${keyed}&a=b`)
      }
    }
    await fetch(me, new Options() as never)
    await fetch(me, Object.create({ method: 'PUT', headers: json, body: `{"key":"${APP_KEY}"}` }))
    expect(sent.map(({ init }) => [init.method, String(init.body)])).toEqual([
      ['POST', 'a=b'],
      ['PUT', '{}'],
    ])
  })

  it('may have a Request as its options', async () => {
    const { fetch, sent } = setUp()
    const body = '{"token":"x"}'
    const options = new Request('https://elsewhere.example', { method: 'PUT', body, headers: json })
    await fetch(`${me}?${keyed}`, options)
    const [{ url, init } = { url: '', init: {} }] = sent
    expect({ url, method: init.method, body: await textOf(init.body) }).toEqual({
      url: me,
      method: 'PUT',
      body,
    })
  })

  it('as a Request with a form or a file keeps them', async () => {
    const { fetch, sent } = setUp()
    const form = new FormData()
    form.append('key', APP_KEY)
    form.append('file', new File(['content'], 'a.txt'))
    await fetch(new Request(me, { method: 'POST', body: form }))
    const init: RequestInit = sent[0]?.init ?? {}
    expect((init.body as FormData).get('file')).toMatchObject({ name: 'a.txt', size: 7 })
    expect(new Headers(init.headers).has('content-type')).toBe(false)
    await fetch(new Request(`${me}?${keyed}`, { method: 'POST', body: new Blob(['bytes']) }))
    expect(await textOf(sent[1]?.init.body)).toBe('bytes')
  })

  it('as a Request needs no Blob, which Node gives as one of jsdom that nothing can read', async () => {
    const { fetch, sent } = setUp()
    const blob = vi.spyOn(Request.prototype, 'blob').mockResolvedValue({ size: 7, type: '' } as Blob)
    await fetch(new Request(`${me}?${keyed}`, { method: 'POST', body: '{"a":1}', headers: json }))
    blob.mockRestore()
    expect(await textOf(sent[0]?.init.body)).toBe('{"a":1}')
  })

  it('as a Request keeps the bytes of a form, a JSON or a text in which nothing has to go', async () => {
    const { fetch, sent } = setUp()
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const boundary = '--mine'
    const multipart = `--${boundary}\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--${boundary}--\r\n`
    const types = [
      'application/json',
      'application/x-www-form-urlencoded',
      `multipart/form-data; boundary=${boundary}`,
    ]
    for (const [at, type] of types.entries()) {
      const body = at === 2 ? new TextEncoder().encode(multipart) : bytes
      await fetch(new Request(`${me}?${keyed}`, { method: 'POST', body, headers: { 'content-type': type } }))
      const init = sent[at]?.init
      expect(new Uint8Array(await new Response(init?.body ?? null).arrayBuffer())).toEqual(body)
      expect(new Headers(init?.headers).get('content-type')).toBe(type)
    }
  })

  it.each([
    ['there is no consent', { status: 'notAuthorized', persistent: true }],
    ['the grant has ended', { status: 'tokenExpired', reason: 'revoked', since: 0, scopes: [] }],
  ] as const)('goes out without a header where %s, for the 401 that old code knows', async (_what, state) => {
    const { fetch, original, all } = setUp()
    all.state = state
    expect((await fetch(`${me}?${keyed}&a=b`, { method: 'DELETE' })).status).toBe(401)
    const [url, init] = original.mock.lastCall ?? []
    expect(url).toBe(`${me}?a=b`)
    expect(init).toMatchObject({ method: 'DELETE' })
    expect(new Headers(init?.headers).has('authorization')).toBe(false)
  })

  it('goes out without a header where there is no client yet', async () => {
    const { adapter, original } = setUp()
    const fetch = adaptedFetch(original as typeof globalThis.fetch, {
      ...adapter,
      currentClient: () => undefined,
    })
    await fetch(`${me}?${keyed}`)
    expect(original.mock.lastCall?.[0]).toBe(me)
  })

  it('rejects where there is a grant and no token: nothing looks like a sign-out', async () => {
    const { fetch, original, all } = setUp()
    all.failure = new TokenEndpointError('tokenEndpointUnavailable')
    expect(await errorOf(fetch(`${me}?${keyed}`))).toBe(all.failure)
    expect(original).not.toHaveBeenCalled()
  })

  it('is sent as it was when it was made: options and form may serve a loop of calls', async () => {
    const { fetch, sent } = setUp()
    const { options, form, change } = reused()
    const calls = [fetch(`${me}?${keyed}`, options), fetch(`${me}?${keyed}`, { method: 'POST', body: form })]
    change()
    await Promise.all(calls)
    expect(await Promise.all(sent.map(({ init }) => describeInit(init)))).toEqual([
      ['PUT', '1', 'text', '1'],
      ['POST', null, 'form', '1'],
    ])
  })

  it('is sent as it was when it was made while an old token serves, too', async () => {
    const { fetch, original, all } = setUp()
    all.state = { status: 'notAuthorized', persistent: true, legacy: true }
    const { options, form, change } = reused()
    const address = new URL(`${me}?${keyed}`)
    const calls = [fetch(address, options), fetch(address, { method: 'POST', body: form })]
    change()
    address.pathname = '/1/other'
    await Promise.all(calls)
    const given = original.mock.calls.map(async ([input, init]) => [
      String(input),
      ...(await describeInit(init)),
    ])
    expect(await Promise.all(given)).toEqual([
      [`${me}?${keyed}`, 'PUT', '1', 'text', '1'],
      [`${me}?${keyed}`, 'POST', null, 'form', '1'],
    ])
  })

  it('is left alone while an old token serves', async () => {
    const { fetch, original, all } = setUp()
    all.state = { status: 'notAuthorized', persistent: true, legacy: true }
    const url = `https://api.trello.com/1/tokens/secret?${keyed}`
    await fetch(url)
    expect(original).toHaveBeenCalledWith(url)
  })

  it('is refused where a token is in its address', async () => {
    const { fetch, original, sent } = setUp()
    const error = await errorOf(fetch(`https://api.trello.com/1/tokens/secret/webhooks?${keyed}`))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    expect([original.mock.calls, sent]).toEqual([[], []])
  })
})

/** Options and a form with the number 1 in them, and a way to make it a 2. */
function reused() {
  const headers = new Headers({ 'X-Mine': '1' })
  const options: RequestInit = { method: 'PUT', headers, body: '1' }
  const form = new FormData()
  form.set('number', '1')
  const change = () => {
    headers.set('X-Mine', '2')
    options.body = '2'
    form.set('number', '2')
  }
  return { options, form, change }
}

async function describeInit({ method, headers, body }: RequestInit = {}): Promise<unknown[]> {
  const content = body instanceof FormData ? ['form', body.get('number')] : ['text', await textOf(body)]
  return [method, new Headers(headers).get('X-Mine'), ...content]
}

function never(): never {
  throw new Error('mine')
}

function textOf(body: RequestInit['body']): Promise<string> {
  return new Response(body ?? null).text()
}
