// @vitest-environment node
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createApi } from '../../../src/api/api'
import { createRequestQueue } from '../../../src/api/request-queue'
import { bearerFetch } from '../support/bearer-fetch'
import { server } from '../support/network'
import { errorOf } from '../support/outcome'

// The mocked network has a Request of its own.
beforeAll(() => server.close())

async function setUp() {
  const bearer = await bearerFetch({ answer: () => Response.json({}) })
  const { platform } = bearer.open()
  const queue = createRequestQueue(platform)
  const api = createApi(platform, {
    fetch: bearer.fetch,
    queue: () => queue,
    grantedScopes: () => [],
  })
  return { ...bearer, api }
}

/** A FormData of a polyfill: it has the name of its class, and `fetch` of this frame doesn't know it. */
class FormDataLike {
  readonly [Symbol.toStringTag] = 'FormData'
  constructor(readonly pairs: readonly [string, unknown][]) {}
  *[Symbol.iterator]() {
    yield* this.pairs
  }
}

/** Node's `fetch` takes whatever has the methods of a FormData, as that of jsdom. It waits for ever for a file of jsdom. */
class FakeDomFormData extends FormDataLike {
  append() {}
  delete() {}
  get() {}
  getAll() {}
  has() {}
  set() {}
}

class BlobLike {
  readonly [Symbol.toStringTag]: string = 'Blob'
  readonly type = 'text/x-note'
  constructor(readonly content: string) {}
  async arrayBuffer() {
    return new TextEncoder().encode(this.content).buffer
  }
}

class FileLike extends BlobLike {
  override readonly [Symbol.toStringTag] = 'File'
  readonly name = 'note.txt'
}

class URLSearchParamsLike {
  readonly [Symbol.toStringTag] = 'URLSearchParams'
  toString() {
    return 'name=a+b'
  }
}

class RequestLike {
  readonly [Symbol.toStringTag] = 'Request'
  readonly url = 'https://api.trello.com/1/cards?key=k'
  readonly method = 'POST'
  readonly headers = new Map([['X-Mine', '1']])
  readonly signal = null
  async blob() {
    return new Blob(['name=x'])
  }
}

describe('a body of another frame or of a polyfill', () => {
  it.each<[string, unknown, string, string]>([
    ['URLSearchParams', new URLSearchParamsLike(), 'application/x-www-form-urlencoded', 'name=a+b'],
    ['Blob', new BlobLike('hello'), 'text/x-note', 'hello'],
    ['File', new FileLike('hello'), 'text/x-note', 'hello'],
    ['ArrayBuffer', runInNewContext('new Uint8Array([104, 105]).buffer'), '', 'hi'],
    ['typed array', runInNewContext('new Uint8Array([104, 105])'), '', 'hi'],
  ])('that is a %s is sent for what it is', async (_case, body, type, text) => {
    const { api, fetch, sent } = await setUp()
    await api.post('/1/cards', { body })
    await fetch('/1/cards', { method: 'POST', body: body as BodyInit })
    expect(sent).toHaveLength(2)
    for (const request of sent) {
      expect(request.headers.get('content-type') ?? '').toContain(type)
      expect(request.body).toBe(text)
    }
  })

  it('that is a URLSearchParams is sent also where the global class is as foreign (jsdom over the fetch of Node)', async () => {
    const { api, sent } = await setUp()
    vi.stubGlobal('URLSearchParams', URLSearchParamsLike)
    await api.post('/1/cards', { body: new URLSearchParams() })
    vi.unstubAllGlobals()
    expect(sent[0]?.headers.get('content-type')).toBe('application/x-www-form-urlencoded;charset=utf-8')
    expect(sent[0]?.body).toBe('name=a+b')
  })

  it('that is a FormData is sent with its files', async () => {
    const { api, sent } = await setUp()
    const pairs: [string, unknown][] = [
      ['name', 'a card'],
      ['file', new FileLike('hello')],
      ['blob', new BlobLike('there')],
      ['own', new File(['mine'], 'own.txt')],
    ]
    await api.post('/1/cards', { body: new FormDataLike(pairs) })
    const form = await sent[0]?.request.formData()
    expect(form?.get('name')).toBe('a card')
    const files = ['file', 'blob', 'own'].map((name) => form?.get(name) as File)
    expect(files.map(({ name }) => name)).toEqual(['note.txt', 'blob', 'own.txt'])
    expect(await Promise.all(files.map((file) => file.text()))).toEqual(['hello', 'there', 'mine'])
  })

  it('that is a FormData which fetch takes, with a file which it does not, is copied or refused', async () => {
    const { api, fetch, sent } = await setUp()
    await api.post('/1/cards', { body: new FakeDomFormData([['file', new FileLike('hello')]]) })
    expect(sent[0]?.body).toContain('hello')
    const unreadable = { [Symbol.toStringTag]: 'File', name: 'note.txt', type: '', size: 5 }
    const body = new FakeDomFormData([['file', unreadable]])
    const refused = { name: 'ConfigurationError', code: 'invalidRequest' }
    expect(await errorOf(api.post('/1/cards', { body }))).toMatchObject(refused)
    const init = { method: 'POST', body: body as unknown as BodyInit }
    expect(await errorOf(fetch('/1/cards', init))).toMatchObject(refused)
    expect(sent).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['a FormData that can not be read', { [Symbol.toStringTag]: 'FormData' }],
    [
      'a form with a file that can not be read',
      new FormDataLike([['file', { [Symbol.toStringTag]: 'File' }]]),
    ],
    ['a Blob that can not be read', { [Symbol.toStringTag]: 'Blob' }],
    ['a stream', { [Symbol.toStringTag]: 'ReadableStream' }],
  ])('that is %s is refused before anything is sent', async (_case, body) => {
    const { api, fetch, sent } = await setUp()
    const { length: requests } = sent
    const error = await errorOf(api.post('/1/cards', { body }))
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    expect(await errorOf(fetch('/1/cards', { method: 'POST', body: body as BodyInit }))).toMatchObject({
      code: 'invalidRequest',
    })
    expect(sent).toHaveLength(requests)
  })

  it('that fetch would write as [object Object] is refused', async () => {
    const { fetch, sent } = await setUp()
    for (const body of [{ name: 'x' }, new Map(), Promise.resolve('x')]) {
      const error = await errorOf(fetch('/1/cards', { method: 'POST', body: body as unknown as BodyInit }))
      expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('body') })
    }
    await fetch('/1/cards', { method: 'POST', body: new URL('https://a.example') as unknown as BodyInit })
    expect(sent).toMatchObject([{ body: 'https://a.example/' }])
  })
})

describe('bytes in memory that may change', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4))
  shared.set([0, 104, 105, 0])
  const resizable: ArrayBuffer = runInNewContext('new ArrayBuffer(2, { maxByteLength: 8 })')
  new Uint8Array(resizable).set([104, 105])

  it.each<[string, unknown]>([
    ['a part of a shared buffer', shared.subarray(1, 3)],
    ['a resizable buffer', resizable],
    ['a view of a resizable buffer', new DataView(resizable)],
  ])('are sent as they are at the call: %s', async (_case, body) => {
    const { api, fetch, sent } = await setUp()
    await api.post('/1/cards', { body })
    await fetch('/1/cards', { method: 'POST', body: body as BodyInit })
    expect(sent.map(({ body }) => body)).toEqual(['hi', 'hi'])
  })
})

describe('a body that is used up', () => {
  const gone = new Uint8Array(2)
  structuredClone(gone, { transfer: [gone.buffer] })
  async function readStream() {
    const stream = new Blob(['x']).stream()
    const reader = stream.getReader()
    await reader.read()
    reader.releaseLock()
    return stream
  }

  it.each<[string, () => unknown]>([
    ['a buffer that was given away', () => gone.buffer],
    ['a view of such a buffer', () => gone],
    ['a stream that was read', readStream],
  ])('is refused before anything is sent: %s', async (_case, make) => {
    const { api, fetch, sent } = await setUp()
    const body = await make()
    const refused = { name: 'ConfigurationError', code: 'invalidRequest' }
    expect(await errorOf(api.post('/1/cards', { body }))).toMatchObject(refused)
    const init = { method: 'POST', body: body as BodyInit, duplex: 'half' }
    expect(await errorOf(fetch('/1/cards', init))).toMatchObject(refused)
    expect(sent).toEqual([])
  })
})

describe("the platform's own bodies", () => {
  it.each<[string, BodyInit, string]>([
    ['a text', 'name=x', 'name=x'],
    ['a Blob with a type like that of a text', new Blob(['x'], { type: 'text/plain;charset=UTF-8' }), 'x'],
    ['a Blob', new Blob(['x']), 'x'],
    ['a URLSearchParams', new URLSearchParams('a=1'), 'a=1'],
    ['a stream', new Blob(['x']).stream(), 'x'],
  ])('%s is sent as it is', async (_case, body, text) => {
    const { fetch, sent } = await setUp()
    await fetch('/1/cards', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(sent).toMatchObject([{ body: text }])
  })
})

describe('a Request of another frame or of a polyfill', () => {
  it('is sent for what it is, to Trello only', async () => {
    const { fetch, sent } = await setUp()
    await fetch(new RequestLike() as unknown as Request)
    expect(sent).toMatchObject([
      {
        url: 'https://api.trello.com/1/cards',
        method: 'POST',
        body: 'name=x',
        authorization: 'Bearer access-0',
      },
    ])
    expect(sent[0]?.headers.get('x-mine')).toBe('1')
    const elsewhere = Object.assign(new RequestLike(), { url: 'https://evil.example/' })
    expect(await errorOf(fetch(elsewhere as unknown as Request))).toMatchObject({ code: 'untrustedUrl' })
    const keyed = Object.assign(new RequestLike(), { headers: new Map([['Authorization', 'Bearer mine']]) })
    expect(await errorOf(fetch(keyed as unknown as Request))).toMatchObject({ code: 'invalidRequest' })
    expect(sent).toHaveLength(1)
  })

  it('that can not be read is refused', async () => {
    const { fetch, sent } = await setUp()
    const closed = Object.assign(new RequestLike(), { blob: undefined })
    expect(await errorOf(fetch(closed as unknown as Request))).toMatchObject({ code: 'invalidRequest' })
    expect(sent).toEqual([])
  })
})

describe('options of another frame', () => {
  it('are sent for what they are', async () => {
    const { fetch, sent } = await setUp()
    await fetch('/1/cards', runInNewContext("({ method: 'POST', headers: { a: '1' }, body: 'x' })"))
    expect(sent).toMatchObject([{ method: 'POST', body: 'x' }])
    expect(sent[0]?.headers.get('a')).toBe('1')
  })
})

describe('a signal of a polyfill', () => {
  class AbortSignalLike extends EventTarget {
    get [Symbol.toStringTag]() {
      return 'AbortSignal'
    }
    aborted = false
    reason: unknown
    abort() {
      this.aborted = true
      this.reason = 'enough'
      this.dispatchEvent(new Event('abort'))
    }
  }

  it('ends a call where fetch takes it', async () => {
    const { api, sent } = await setUp()
    const signal = new AbortSignalLike()
    signal.abort()
    expect(await errorOf(api.get('/1/x', { signal: signal as unknown as AbortSignal }))).toBe('enough')
    expect(sent).toEqual([])
  })

  it.each<unknown>([
    '',
    0,
    Number.NaN,
    false,
    { [Symbol.toStringTag]: 'AbortSignal' },
    { [Symbol.toStringTag]: 'AbortSignal', aborted: false },
  ])('is refused before anything is sent where fetch does not', async (odd) => {
    const { fetch, sent } = await setUp()
    expect(await errorOf(fetch('/1/x', { signal: odd as unknown as AbortSignal }))).toMatchObject({
      name: 'ConfigurationError',
      code: 'invalidRequest',
      message: expect.stringContaining('`signal`'),
    })
    expect(sent).toEqual([])
  })
})
