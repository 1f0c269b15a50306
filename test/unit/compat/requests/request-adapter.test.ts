import { HttpResponse, http } from 'msw'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { adaptRequests } from '../../../../src/compat/requests/request-adapter'
import type { Client } from '../../../../src/index'
import { server } from '../../support/network'
import { thrownBy } from '../../support/outcome'
import { adapterSetUp } from '../support/adapter'
import { APP_KEY } from '../support/rest-api'

let undo = () => {}
afterEach(() => undo())

const url = `https://api.trello.com/1/members/me?key=${APP_KEY}&token=secret`

/** Globals that are newer than the oldest browsers of the documentation, and what may hold them. */
const newerGlobals: [string, object, string][] = [
  ['URL.canParse', URL, 'canParse'],
  ['URL.parse', URL, 'parse'],
  ['AbortSignal.any', AbortSignal, 'any'],
  ['AbortSignal.timeout', AbortSignal, 'timeout'],
  ['Array.prototype.findLast', Array.prototype, 'findLast'],
  ['Array.prototype.toSorted', Array.prototype, 'toSorted'],
  ['Object.groupBy', Object, 'groupBy'],
  ['Promise.withResolvers', Promise, 'withResolvers'],
  ['Array.fromAsync', Array, 'fromAsync'],
  ['Headers.prototype.getSetCookie', Headers.prototype, 'getSetCookie'],
  ['Request.prototype.duplex', Request.prototype, 'duplex'],
  ['Request.prototype.body', Request.prototype, 'body'],
  ['PerformanceObserver', globalThis, 'PerformanceObserver'],
  ['structuredClone', globalThis, 'structuredClone'],
]

describe("an XMLHttpRequest that is a tool's Proxy, as msw makes it", () => {
  it.each([
    ['is not meant', 'https://other.example/x', 'https://other.example/x null'],
    ['is meant', `${url}&a=1`, `${url}&a=1 null`],
  ])('and %s gets the answer of the tool', async (_which, address, answer) => {
    server.use(
      http.get(/./, ({ request }) =>
        HttpResponse.text(`${request.url} ${request.headers.get('authorization')}`),
      ),
    )
    undo = adaptRequests(adapterSetUp().adapter.currentClient, { appKey: APP_KEY })
    const xhr = new XMLHttpRequest()
    xhr.open('GET', address)
    await new Promise((resolve) => {
      xhr.onloadend = resolve
      xhr.send()
    })
    expect(xhr.responseText).toBe(answer)
  })
})

describe('an XMLHttpRequest that a test has faked', () => {
  class Minimal {
    readyState = 0
    responseText = ''
    onload: (() => void) | null = null
    url = ''
    headers: string[] = []
    open(_method: string, address: string) {
      this.url = address
      this.readyState = 1
    }
    setRequestHeader(...header: string[]) {
      this.headers.push(header.join(': '))
    }
    send() {
      this.readyState = 4
      this.responseText = [this.url, ...this.headers].join(' ')
      queueMicrotask(() => this.onload?.())
    }
  }

  class WithListeners extends Minimal {
    upload = new EventTarget()
    addEventListener() {}
    removeEventListener() {}
  }

  /** As the facades of ajax-hook: its members are accessors that nobody may define again. */
  class WithFixedState extends WithListeners {
    constructor() {
      super()
      let readyState = 0
      Object.defineProperty(this, 'readyState', {
        configurable: false,
        get: () => readyState,
        set: (next: number) => {
          readyState = next
        },
      })
    }
  }

  const other = 'https://other.example/x'
  it.each([
    ['that is not meant, by a facade', WithFixedState, other, other],
    [
      'that is meant, by a facade',
      WithFixedState,
      url,
      'https://api.trello.com/1/members/me Authorization: Bearer access-1',
    ],
    ['that is not meant, by the least of fakes', Minimal, other, other],
    ['that is not meant, by one with listeners', WithListeners, other, other],
    ['that is meant', Minimal, url, 'https://api.trello.com/1/members/me Authorization: Bearer access-1'],
    [
      'that is meant',
      WithListeners,
      url,
      'https://api.trello.com/1/members/me Authorization: Bearer access-1',
    ],
  ])('is sent through the adapter: one %s', async (_which, Fake, address, answer) => {
    vi.stubGlobal('XMLHttpRequest', Fake)
    undo = adaptRequests(adapterSetUp().adapter.currentClient, { appKey: APP_KEY })
    const xhr = new XMLHttpRequest()
    xhr.open('GET', address)
    await new Promise((resolve) => {
      xhr.onload = resolve
      xhr.send()
    })
    undo()
    vi.unstubAllGlobals()
    expect([xhr.readyState, xhr.responseText]).toEqual([4, answer])
  })

  it('has no timeout where its maker left that out', async () => {
    const { adapter, state } = adapterSetUp()
    let tellState = () => {}
    const readState = () => new Promise((resolve) => (tellState = () => resolve(state)))
    const client = { ...adapter.currentClient(), readState }
    vi.useFakeTimers()
    vi.stubGlobal('XMLHttpRequest', Minimal)
    undo = adaptRequests(client as Client, { appKey: APP_KEY })
    const xhr = new XMLHttpRequest()
    xhr.open('GET', url)
    const answered = new Promise((resolve) => {
      xhr.onload = resolve
      xhr.send()
    })
    vi.advanceTimersByTime(60_000)
    tellState()
    await answered
    undo()
    vi.unstubAllGlobals()
    vi.useRealTimers()
    expect(xhr.responseText).toContain('Bearer access-1')
  })
})

it('an XMLHttpRequest gives its members to a tool that copies them one by one, as ajax-hook does', () => {
  undo = adaptRequests(adapterSetUp().adapter.currentClient, { appKey: APP_KEY })
  const names: string[] = []
  for (const name in new XMLHttpRequest()) names.push(name)
  expect(names).toEqual(expect.arrayContaining(['open', 'setRequestHeader', 'send', 'abort', 'readyState']))
})

describe('adaptRequests', () => {
  it.each([
    ['plain HTTP', ['http://plain.example']],
    ['plain HTTP beside a good one', ['https://api.trello.com', 'http://plain.example']],
    ['a path', ['https://api.trello.com/1']],
    ['a query', ['https://api.trello.com/?a']],
    ['user and password', ['https://me:secret@api.trello.com']],
    ['an opaque origin', ['data:,x']],
    ['a host alone', ['api.trello.com']],
    ['a wildcard', ['*']],
    ['nothing', []],
    ['an empty text', ['']],
    ['a text instead of a list', 'https://api.trello.com'],
    ['something else', [{ href: 'https://api.trello.com' }]],
  ])('refuses apiOrigins that a Bearer header may not go to: %s', (_what, apiOrigins) => {
    const { fetch, XMLHttpRequest } = globalThis
    const error = thrownBy(() =>
      adaptRequests({} as Client, { appKey: APP_KEY, apiOrigins: apiOrigins as [] }),
    )
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidApiOrigins' })
    expect([globalThis.fetch, globalThis.XMLHttpRequest]).toEqual([fetch, XMLHttpRequest])
  })

  it.each([
    ['http://localhost:8080'],
    ['https://api.trello.com/'],
    ['https://api.trello.com:443'],
    [new URL('https://api.trello.com')],
  ])('takes %s for an origin', (origin) => {
    undo = adaptRequests(adapterSetUp().adapter.currentClient, { appKey: APP_KEY, apiOrigins: [origin] })
  })

  /** What old code has at hand: the object of `t.getRestApi()`, whose member is the client. */
  const restApi = { getToken: async () => 'token', client: {} }

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'client'],
    ['the object of t.getRestApi()', restApi],
    ['a promise', Promise.resolve()],
  ])('wants a client, not %s', (_what, client) => {
    const error = thrownBy(() => adaptRequests(client as never, { appKey: APP_KEY }))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
  })

  it('wants a client of the function that gives it', async () => {
    undo = adaptRequests(() => restApi as never, { appKey: APP_KEY })
    await expect(fetch(url)).rejects.toMatchObject({ code: 'invalidRequest' })
  })

  it('wants options', () => {
    const error = thrownBy(() => adaptRequests(() => undefined, undefined as never))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
  })

  it.each(newerGlobals)('needs no %s', async (_what, holder, name) => {
    const before = Object.getOwnPropertyDescriptor(holder, name)
    Reflect.deleteProperty(holder, name)
    try {
      const original = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('native'))
      const { adapter, sent } = adapterSetUp()
      undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
      const call = async (...given: Parameters<typeof fetch>) => (await globalThis.fetch(...given)).text()
      expect(await call('relative')).toBe('native')
      expect(await call('https://')).toBe('native')
      expect(await call(url)).toBe('from the client')
      const json = { 'content-type': 'application/json' }
      const body = JSON.stringify({ key: APP_KEY, token: 'secret', a: 1 })
      expect(await call(new Request(url, { method: 'POST', body, headers: json }))).toBe('from the client')
      expect(await textOf(sent.at(-1)?.init.body)).toBe('{"a":1}')
      original.mockRestore()
    } finally {
      if (before) Object.defineProperty(holder, name, before)
    }
  })

  it.each([[''], [undefined], [7], [`${APP_KEY}\n`], [` ${APP_KEY}`]])(
    'wants the app key, not %j',
    (appKey) => {
      const error = thrownBy(() => adaptRequests(() => undefined, { appKey: appKey as string }))
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    },
  )

  it('adapts fetch and XMLHttpRequest, and gives both back', async () => {
    const { fetch, XMLHttpRequest } = globalThis
    const { adapter, sent } = adapterSetUp()
    undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
    const adapted = [globalThis.fetch, globalThis.XMLHttpRequest]
    expect(adapted[0]).not.toBe(fetch)
    expect(adapted[1]).not.toBe(XMLHttpRequest)
    expect(new globalThis.XMLHttpRequest()).toBeInstanceOf(XMLHttpRequest)
    expect(await (await globalThis.fetch(url)).text()).toBe('from the client')
    expect(sent).toHaveLength(1)
    undo()
    expect([globalThis.fetch, globalThis.XMLHttpRequest]).toEqual([fetch, XMLHttpRequest])
  })

  it('leaves requests alone once undone, also those by a kept fetch', async () => {
    const seen: string[] = []
    server.use(
      http.get('https://api.trello.com/1/members/me', ({ request }) => {
        seen.push(request.url)
        return new Response('{}')
      }),
    )
    const { adapter, sent } = adapterSetUp()
    undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
    const kept = globalThis.fetch
    undo()
    await kept(url)
    expect([seen, sent]).toEqual([[url], []])
  })

  it('leaves alone the wrapper that another tool has put over it', () => {
    const { adapter } = adapterSetUp()
    const { fetch } = globalThis
    undo = adaptRequests(adapter.currentClient, { appKey: APP_KEY })
    const adapted = globalThis.fetch
    const over = (...given: Parameters<typeof fetch>) => adapted(...given)
    Object.defineProperty(globalThis, 'fetch', { value: over, configurable: true, writable: true })
    undo()
    expect(globalThis.fetch).toBe(over)
    Object.defineProperty(globalThis, 'fetch', { value: fetch, configurable: true, writable: true })
  })
})

function textOf(body: RequestInit['body']): Promise<string> {
  return new Response(body ?? null).text()
}
