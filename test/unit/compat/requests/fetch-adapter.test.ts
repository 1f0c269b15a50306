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

describe('a request that is not meant', () => {
  it('reaches the original as it is: whatever the address, the options and the body', async () => {
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

  it('keeps its body, also where it had to be looked at', async () => {
    const { fetch, original } = setUp()
    const request = new Request(me, {
      method: 'POST',
      body: '{"name":"A"}',
      headers: { 'content-type': 'application/json' },
    })
    await fetch(request)
    const passed = original.mock.lastCall?.[0] as Request
    expect(passed).toBe(request)
    expect(await passed.text()).toBe('{"name":"A"}')
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

describe('a request with the key', () => {
  it('goes through the client, without key and token, whatever else it has', async () => {
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

  it('as a Request keeps method, headers, signal and body', async () => {
    const { fetch, sent } = setUp()
    const { signal } = new AbortController()
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: 'OAuth x',
    }
    const body = JSON.stringify({ key: APP_KEY, token: 'secret', name: 'A' })
    await fetch(new Request(me, { method: 'PUT', headers, body, signal, redirect: 'error' }), {
      cache: 'no-store',
    })
    const [{ url, init } = { url: '', init: {} }] = sent
    expect({ url, body: init.body }).toEqual({ url: me, body: '{"name":"A"}' })
    expect(init).toMatchObject({ method: 'PUT', redirect: 'error', cache: 'no-store' })
    expect(Object.fromEntries(new Headers(init.headers))).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
    })
    expect(init.signal).toBeInstanceOf(AbortSignal)
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

  it.each([
    ['nobody has consented', { status: 'notAuthorized', persistent: true }],
    ['the grant has ended', { status: 'tokenExpired', reason: 'revoked', since: 0, scopes: [] }],
  ] as const)('goes out without header where %s, for the 401 that old code knows', async (_what, state) => {
    const { fetch, original, all } = setUp()
    all.state = state
    expect((await fetch(`${me}?${keyed}&a=b`, { method: 'DELETE' })).status).toBe(401)
    const [url, init] = original.mock.lastCall ?? []
    expect(url).toBe(`${me}?a=b`)
    expect(init).toMatchObject({ method: 'DELETE' })
    expect(new Headers(init?.headers).has('authorization')).toBe(false)
  })

  it('goes out without header where there is no client yet', async () => {
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

  it('is left alone while an old token serves', async () => {
    const { fetch, original, all } = setUp()
    all.state = { status: 'notAuthorized', persistent: true, legacy: true }
    const url = `https://api.trello.com/1/tokens/secret?${keyed}`
    await fetch(url)
    expect(original).toHaveBeenCalledWith(url)
  })

  it('with a token in its address is refused', async () => {
    const { fetch, original, sent } = setUp()
    const error = await errorOf(fetch(`https://api.trello.com/1/tokens/secret/webhooks?${keyed}`))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    expect([original.mock.calls, sent]).toEqual([[], []])
  })
})

function textOf(body: RequestInit['body']): Promise<string> {
  return new Response(body ?? null).text()
}
