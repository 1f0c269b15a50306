// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createFakeClient } from '../../../src/testing/fake-client'
import { createFakeTrello } from '../../../src/testing/fake-trello'
import { errorOf } from '../support/outcome'

const connected = { status: 'authorized', scopes: [], missingScopes: [], persistent: true } as const

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('in an environment without fetch classes, as in Jest with jsdom', () => {
  function takeAway(): void {
    // Node makes its classes at their first use, out of the others.
    new Headers()
    for (const name of ['fetch', 'Request', 'Response', 'structuredClone', 'TextEncoder', 'ReadableStream'])
      vi.stubGlobal(name, undefined)
  }

  it('the fake client answers, and notes what it was asked', async () => {
    takeAway()
    const client = createFakeClient(connected)
    client.respond('GET', '/1/members/me', { id: 'member-1' })
    client.respond('POST', '/1/cards', { id: 'card-1' })
    client.respond('DELETE', '/1/cards/card-1', undefined)
    expect(await client.api.get('/1/members/me', { query: { fields: 'id' } })).toEqual({ id: 'member-1' })
    const headers = { 'X-Reason': 'test' }
    expect(await client.api.post('/1/cards', { body: { name: 'A card' }, headers })).toEqual({ id: 'card-1' })
    await client.api.delete('/1/cards/card-1')
    const response = await client.fetch('/1/members/me')
    expect([response.ok, await response.clone().json()]).toEqual([true, { id: 'member-1' }])
    expect(client.calls[1]).toMatchObject({ method: 'POST', path: '/1/cards', body: { name: 'A card' } })
    expect(client.calls[1]).toMatchObject({
      headers: { 'x-reason': 'test', authorization: expect.any(String) },
    })
  })

  it('the fake client takes forms, which it can not check', async () => {
    const body = new URLSearchParams({ name: 'A card' })
    takeAway()
    const client = createFakeClient(connected)
    client.respond('POST', '/1/cards', {})
    await client.fetch('/1/cards', { method: 'POST', body })
    expect(client.calls[0]).toMatchObject({ body })
  })

  it('the fake client refuses what the real one refuses', async () => {
    takeAway()
    const client = createFakeClient(connected)
    expect(await errorOf(client.fetch('https://evil.example/'))).toMatchObject({ code: 'untrustedUrl' })
    expect(await errorOf(client.fetch('/1/boards/b'))).toMatchObject({ code: 'invalidRequest' })
  })

  it('the fake Trello keeps copies', async () => {
    takeAway()
    const t = createFakeTrello()
    const value = { a: 1 }
    await t.set('card', 'shared', 'key', value)
    value.a = 2
    expect(await t.get('card', 'shared', 'key')).toEqual({ a: 1 })
    expect(await t.get('card', 'shared', 'other', 'fallback')).toBe('fallback')
  })
})

describe('in an environment whose files fetch does not know, as in vitest with jsdom', () => {
  class FakeDomFile {
    readonly [Symbol.toStringTag] = 'File'
    readonly size = 1
    readonly type = 'text/plain'
    readonly name = 'note.txt'
  }
  class FakeDomForm {
    readonly [Symbol.toStringTag] = 'FormData'
    readonly all: [string, unknown][] = []
    append(name: string, value: unknown) {
      this.all.push([name, value])
    }
    [Symbol.iterator]() {
      return this.all.values()
    }
  }
  class FakeDomParams extends URLSearchParams {}
  /** That of Node 24 writes parameters which it doesn't know as it writes any object. Its Blobs are those of jsdom. */
  class Node24Request extends Request {
    constructor(input: string | URL | Request, init: RequestInit = {}) {
      const { body } = init
      super(input, body instanceof FakeDomParams ? { ...init, body: '[object Object]' } : init)
    }
  }
  const form = new FakeDomForm()
  const file = new FakeDomFile()
  form.append('file', file)

  function putIn(): void {
    vi.stubGlobal('FormData', FakeDomForm)
    vi.stubGlobal('File', FakeDomFile)
    vi.stubGlobal('Blob', FakeDomFile)
    vi.stubGlobal('URLSearchParams', FakeDomParams)
    vi.stubGlobal('Request', Node24Request)
    vi.spyOn(Response.prototype, 'blob').mockResolvedValue(file as unknown as Blob)
  }

  it.each([
    ['a form with a file', form],
    ['a file', file],
    ['parameters', new FakeDomParams()],
  ])('the fake client takes %s', async (_which, body) => {
    putIn()
    const client = createFakeClient(connected)
    client.respond('POST', '/1/cards/c/attachments', { id: 'attachment-1' })
    const path = '/1/cards/c/attachments'
    expect(await client.api.post(path, { body })).toEqual({ id: 'attachment-1' })
    expect(client.calls[0]).toMatchObject({ method: 'POST', body })
  })

  it('the fake client takes a signal that Request does not know, as with Node 24', async () => {
    class StrictRequest extends Request {
      constructor(input: string | URL | Request, init: RequestInit = {}) {
        if (init.signal) throw new TypeError('Expected signal to be an instance of AbortSignal.')
        super(input, init)
      }
    }
    vi.stubGlobal('Request', StrictRequest)
    const client = createFakeClient(connected)
    client.respond('GET', '/1/boards/b', { id: 'b' })
    const caller = new AbortController()
    const { signal } = caller
    expect(await client.api.get('/1/boards/b', { signal })).toEqual({ id: 'b' })
    expect((await client.fetch(new Request('https://api.trello.com/1/boards/b'), { signal })).ok).toBe(true)
    const calledOff = client.api.get('/1/boards/b', { signal })
    caller.abort()
    expect(await errorOf(calledOff)).toMatchObject({ name: 'AbortError' })
  })

  it('a fake client with a fetch of its own refuses a file that this can not send', async () => {
    putIn()
    const fetch = vi.fn(async () => new Response('{}'))
    const client = createFakeClient(connected, { fetch })
    const body = form as unknown as FormData
    expect(await errorOf(client.fetch('/1/cards', { method: 'POST', body }))).toMatchObject({
      code: 'invalidRequest',
    })
    expect(fetch).not.toHaveBeenCalled()
  })
})
