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

  it('that could be changed is kept as it is now', () => {
    const pairs = new URLSearchParams('a=1')
    const { body, contentType } = write(pairs)
    pairs.set('a', '2')
    expect([String(body), contentType]).toEqual(['a=1', null])
  })

  it.each([new FormData(), foreign('FormData')])(
    'that is a FormData loses a content type without its boundary',
    (form) => {
      expect(write(form, 'multipart/form-data')).toEqual({ body: form, contentType: null })
      expect(write(new Blob(), 'image/png').contentType).toBe('image/png')
    },
  )
})

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
