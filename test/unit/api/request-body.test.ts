// @vitest-environment node
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { requestBody } from '../../../src/api/request-body'
import { ConfigurationError } from '../../../src/base/errors'
import { thrownBy } from '../support/outcome'

function write(value: unknown, contentType?: string) {
  const headers = new Headers(contentType === undefined ? {} : { 'Content-Type': contentType })
  return { body: requestBody(value, headers), contentType: headers.get('Content-Type') }
}

/** An object of another frame, or of a polyfill: it has the name of the kind, and not our class. */
function foreign(tag: string) {
  return Object.assign(Object.create({ [Symbol.toStringTag]: tag }), { _data: [] })
}

class Card {
  name = 'a card'
  due = new Date(0)
}

describe('a body', () => {
  it.each([undefined, null])('%s is none', (value) => {
    expect(write(value)).toEqual({ body: undefined, contentType: null })
  })

  it.each<[string, unknown]>([
    ['Blob', new Blob(['x'])],
    ['File', new File(['x'], 'x')],
    ['stream', new ReadableStream()],
    ...['FormData', 'URLSearchParams', 'Blob', 'File', 'ReadableStream'].map((tag): [string, unknown] => [
      `${tag} of another frame`,
      foreign(tag),
    ]),
  ])('that is a %s stays as it is, without a content type of ours', (_case, value) => {
    const { body, contentType } = write(value)
    expect(body).toBe(value)
    expect(contentType).toBeNull()
  })

  it.each<[string, BodyInit, (body: BodyInit) => unknown]>([
    ['FormData', formOf('a', '1'), (form) => form instanceof FormData && form.set('a', '2')],
    [
      'URLSearchParams',
      new URLSearchParams('a=1'),
      (pairs) => Reflect.apply(URLSearchParams.prototype.set, pairs, ['a', '2']),
    ],
    ['ArrayBuffer', Uint8Array.of(1).buffer, changeByte],
    ['ArrayBuffer of another frame', runInNewContext('Uint8Array.of(1).buffer'), changeByte],
    ['view of a buffer', Uint8Array.of(0, 1).subarray(1), changeByte],
    ['view of another frame', runInNewContext('Uint8Array.of(1)'), changeByte],
    ['DataView', new DataView(Uint8Array.of(0, 1).buffer, 1), changeByte],
  ])('that is a %s is sent as it is now, without a content type of ours', async (_case, value, change) => {
    const before = await sentAs(value)
    const { body, contentType } = write(value)
    change(value)
    expect(await sentAs(body)).toEqual(before)
    expect(await sentAs(value)).not.toEqual(before)
    expect(contentType).toBeNull()
  })

  it('that is a form keeps its files, with their names, and the order of its entries', async () => {
    const form = formOf('a', '1')
    form.append('file', new File(['x'], 'one.txt', { type: 'text/plain' }))
    form.append('a', '2')
    form.append('file', new Blob(['y']), 'two.bin')
    expect([...(write(form).body as FormData)]).toEqual([...form])
  })

  it.each([new FormData(), foreign('FormData')])(
    'that is a FormData loses a content type without its boundary',
    (form) => {
      expect(write(form, 'multipart/form-data')).toEqual({ body: form, contentType: null })
      expect(write(new Blob(), 'image/png').contentType).toBe('image/png')
    },
  )
})

function formOf(name: string, value: string): FormData {
  const form = new FormData()
  form.set(name, value)
  return form
}

function changeByte(body: BodyInit): void {
  const { buffer, byteOffset = 0 } = ArrayBuffer.isView(body) ? body : { buffer: body as ArrayBuffer }
  new Uint8Array(buffer)[byteOffset] = 2
}

/** What `fetch` makes of a body. The boundary of a form is another one each time. */
async function sentAs(body: BodyInit | undefined): Promise<unknown> {
  if (body instanceof FormData) return [...body]
  return [...new Uint8Array(await new Response(body ?? null).arrayBuffer())]
}

describe('a body of JSON', () => {
  it.each<[unknown, string]>([
    [{ name: 'x' }, '{"name":"x"}'],
    [['a', 1, null], '["a",1,null]'],
    [{}, '{}'],
    [[], '[]'],
    [0, '0'],
    [false, 'false'],
    ['text', '"text"'],
    ['', '""'],
    ['{not json', '"{not json"'],
    ['12', '"12"'],
    [new Card(), '{"name":"a card","due":"1970-01-01T00:00:00.000Z"}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ url: new URL('https://a.example') }, '{"url":"https://a.example/"}'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [{ half: '\ud83d' }, '{"half":"\\ud83d"}'],
    [{ toJSON: () => ({ a: 1 }) }, '{"a":1}'],
    [Object('text'), '"text"'],
    [Object('{"written":"before"}'), '{"written":"before"}'],
    [{ a: Object('boxed'), b: Object(1), c: Object(false) }, '{"a":"boxed","b":1,"c":false}'],
    [
      runInNewContext("({ name: 'x', list: [{}], none: Object.create(null) })"),
      '{"name":"x","list":[{}],"none":{}}',
    ],
    [Object.create(null), '{}'],
  ])('%o is written as %s', (value, text) => {
    expect(write(value)).toEqual({ body: text, contentType: 'application/json' })
  })

  it.each(['application/json', 'application/vnd.api+json', 'Application/JSON; charset=utf-8'])(
    'keeps the content type %s of the caller',
    (contentType) => {
      expect(write({ a: 1 }, contentType)).toEqual({ body: '{"a":1}', contentType })
      expect(write('text', contentType)).toEqual({ body: '"text"', contentType })
    },
  )

  it.each(['{"name":"x"}', ' [1]', '{}'])('that was written before is not written twice: %s', (text) => {
    expect(write(text)).toEqual({ body: text, contentType: 'application/json' })
    expect(write(text, 'application/json').body).toBe(text)
  })

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'is not sent as %s; a text is, as it stands',
    (contentType) => {
      expect(write('a=1', contentType)).toEqual({ body: 'a=1', contentType })
      expect(thrownBy(() => write({ a: 1 }, contentType))).toMatchObject({
        code: 'invalidRequest',
        message: expect.stringContaining('Content-Type'),
      })
    },
  )

  const circular: Record<string, unknown> = {}
  circular.self = circular
  it.each<[string, unknown]>([
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
    ['an integer without bounds', 1n],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['an invalid date', new Date('never')],
    ['an object whose toJSON gives nothing', { toJSON: () => undefined }],
    ['an object in a circle', circular],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a promise', Promise.resolve({ a: 1 })],
    ['an async iterator', (async function* () {})()],
    ['an iterator', [1].values()],
    ['a regular expression', /x/],
    ['a boxed NaN', Object(Number.NaN)],
    ['an error', new Error('x')],
    ['an error with fields', Object.assign(new Error('x'), { status: 404 })],
    ['a request', new Request('https://a.example')],
    ['an answer', new Response()],
    ['headers', new Headers()],
    ['a shared buffer', new SharedArrayBuffer(1)],
  ])('%s is refused, at the top and inside', (_case, value) => {
    const top = thrownBy(() => write(value))
    expect(top).toBeInstanceOf(ConfigurationError)
    expect(top).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('The body') })
    expect(thrownBy(() => write({ due: value }))).toMatchObject({ code: 'invalidRequest' })
    expect(thrownBy(() => write([[value]]))).toMatchObject({ code: 'invalidRequest' })
  })

  it('that holds what only a form can send is refused', () => {
    for (const value of [new Blob(['x']), new FormData(), new Uint8Array(1), new ArrayBuffer(1)]) {
      const error = thrownBy(() => write({ file: value }))
      expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('`file`') })
    }
    expect(thrownBy(() => write([undefined]))).toMatchObject({ code: 'invalidRequest' })
  })

  it('that fails in its own code is refused with the cause', () => {
    const cause = new TypeError('mine')
    const toJSON = () => {
      throw cause
    }
    expect(thrownBy(() => write({ toJSON }))).toMatchObject({ code: 'invalidRequest', cause })
  })
})

describe('a stream as body', () => {
  it('is refused once somebody reads it', () => {
    const stream = new ReadableStream()
    stream.getReader()
    expect(thrownBy(() => write(stream))).toMatchObject({ code: 'invalidRequest' })
  })
})
