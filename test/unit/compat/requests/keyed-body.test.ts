import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyWithoutKey } from '../../../../src/compat/requests/keyed-body'
import { thrownBy } from '../../support/outcome'
import { APP_KEY } from '../support/rest-api'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const keyed = `key=${APP_KEY}&token=secret`
const keyedJson = `{"key":"${APP_KEY}","token":"secret"}`

const unkeyed = (body: unknown, contentType: string | null) => bodyWithoutKey(body, contentType, APP_KEY)

describe('a JSON object loses the members key and token', () => {
  it.each([
    [
      'with every other byte as it was',
      `{ "a" : 1.0, "token":"x" ,"b":12345678901234567890 }`,
      '{ "a" : 1.0,"b":12345678901234567890 }',
    ],
    ['in whatever order', `{"token":"x","2":1,"key":"${APP_KEY}","1":2}`, '{"2":1,"1":2}'],
    [
      'each time that they occur',
      `{"key":"${APP_KEY}","a":1,"key":"${APP_KEY}","token":1,"token":null}`,
      '{"a":1}',
    ],
    ['with their names escaped', `{"tok\\u0065n":"x","k\\u0065y":"${APP_KEY}","a":1}`, '{"a":1}'],
    [
      'with quotes, braces and commas in texts',
      `{"a":"\\"},{\\\\","token":"x","b":["{",","]}`,
      `{"a":"\\"},{\\\\","b":["{",","]}`,
    ],
    ['which may leave nothing', `  ${keyedJson}\n`, '  {}\n'],
  ])('%s', (_how, text, left) => {
    expect(unkeyed(text, JSON_TYPE).rest).toBe(left)
  })

  it.each([
    'application/json; charset=utf-8',
    'Application/JSON',
    ' application/json ;a=b',
    'text/json',
    'application/vnd.api+json',
  ])('whose Content-Type is %s', (type) =>
    expect(unkeyed(keyedJson, type)).toEqual({ hadKey: true, rest: '{}' }),
  )

  it('whatever else it holds', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const object = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('key', 'token', '__proto__')), value)
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (given, space) => {
        const { rest } = unkeyed(JSON.stringify(given, undefined, space), JSON_TYPE)
        const left = Object.entries(given).filter(
          ([name, each]) => name !== 'token' || (typeof each === 'object' && each !== null),
        )
        expect(JSON.parse(String(rest))).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(left))))
      }),
    )
  })
})

describe('a text keeps its bytes', () => {
  it.each([
    ['a list of objects', '[{"name":"https://x/?a=1&token=abc&b=2"}]', JSON_TYPE],
    ['a list of objects with the key', `[${keyedJson}]`, JSON_TYPE],
    ['a form inside of a JSON text', `"a&${keyed}"`, JSON_TYPE],
    ['a member of a member', `{"card":{"key":"${APP_KEY}","token":"x"}}`, JSON_TYPE],
    ['a token that is an object', '{"token":{"id":1}}', JSON_TYPE],
    ['another key', '{"key":"another","Token":"x","tokens":"y"}', JSON_TYPE],
    ['something that is not JSON', `{key:"${APP_KEY}",token:"x"}`, JSON_TYPE],
    ['a form where JSON is announced', keyed, JSON_TYPE],
    ['JSON where a form is announced', keyedJson, FORM_TYPE],
    ['plain text', `a=1&${keyed}`, 'text/plain'],
    ['plain JSON', keyedJson, 'text/plain'],
    ['an announced Blob', keyedJson, 'application/octet-stream'],
    ['XML', `<a>&${keyed}&</a>`, 'application/xml'],
    [
      'a written multipart',
      `--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nx\r\n--b--`,
      'multipart/form-data; boundary=b',
    ],
    ['a form without Content-Type', `a=1&${keyed}`, null],
    ['JSON without Content-Type and without the key', '{"token":"mine"}', null],
    ['two types at once', keyedJson, 'application/json, application/json'],
  ])('%s', (_what, text, type) => {
    expect(unkeyed(text, type)).toEqual({ hadKey: false, rest: text })
  })

  it.each([null, 'text/plain;charset=UTF-8'])(
    'unless its Content-Type is the default, %s, and it is a JSON object with the key',
    (type) =>
      expect(unkeyed(`{"a":1,"token":"x","key":"${APP_KEY}"}`, type)).toEqual({
        hadKey: true,
        rest: '{"a":1}',
      }),
  )
})

describe('a form loses the pairs key and token', () => {
  it.each([
    ['with every other byte as it was', `a=%20b+c,d&${keyed}&e&=f&&g=%`, 'a=%20b+c,d&e&=f&&g=%'],
    ['each time that they occur', `token=1&a=1&token=2&key=${APP_KEY}&key=${APP_KEY}`, 'a=1'],
    ['with escaped names', `%74oken=x&k%65y=${APP_KEY}&a`, 'a'],
    ['with an escaped key', `key=${APP_KEY.replaceAll('-', '%2D')}&a`, 'a'],
    ['without a value', `token&token=&a`, 'a'],
    [
      'and no others',
      'Token=1&tokens=2&key=another&?token=3&to+ken=4&a[token]=5',
      'Token=1&tokens=2&key=another&?token=3&to+ken=4&a[token]=5',
    ],
    ['and no values', `name=key%3D${APP_KEY}%26token%3Dx`, `name=key%3D${APP_KEY}%26token%3Dx`],
  ])('%s', (_how, text, left) => {
    for (const type of [FORM_TYPE, `${FORM_TYPE};charset=UTF-8`]) expect(unkeyed(text, type).rest).toBe(left)
  })
})

describe('an object with a text', () => {
  it.each<[string, object]>([
    ['a wrapped text', Object(`${keyed}&a=1`)],
    ['an object that says its text', { toString: () => `${keyed}&a=1` }],
  ])('loses them as the text that is sent: %s', (_what, body) => {
    expect(unkeyed(body, FORM_TYPE)).toEqual({ hadKey: true, rest: 'a=1' })
  })

  it('stays the same object where nothing has to go, or where it has no text', () => {
    const fail = () => {
      throw new Error('mine')
    }
    for (const body of [
      Object('a=1'),
      new URL('https://a.example'),
      { toString: fail },
      Symbol('a'),
      5,
      false,
    ]) {
      expect(unkeyed(body, FORM_TYPE).rest).toBe(body)
    }
  })
})

describe('a form object', () => {
  const entries = [
    ['token', 'secret'],
    ['name', 'a'],
    ['key', APP_KEY],
    ['name', 'b'],
  ] as const

  it.each([
    ['URLSearchParams', () => new URLSearchParams()],
    ['FormData', () => new FormData()],
  ])('loses both as %s, in a copy', (_kind, empty) => {
    const form = empty()
    for (const [name, value] of entries) form.append(name, value)
    const { hadKey, rest } = unkeyed(form, null)
    expect({ hadKey, names: [...(rest as FormData).keys()] }).toEqual({
      hadKey: true,
      names: ['name', 'name'],
    })
    expect([...form.keys()]).toHaveLength(4)
  })

  it('is taken for what it is where it comes from another realm', () => {
    const foreign = Object.assign(Object.create({ [Symbol.toStringTag]: 'FormData' }), {
      *[Symbol.iterator]() {
        yield* entries
      },
    })
    expect(foreign instanceof FormData).toBe(false)
    const { rest } = unkeyed(foreign, null)
    expect([...(rest as FormData)]).toEqual([
      ['name', 'a'],
      ['name', 'b'],
    ])
  })

  it('keeps a file, also one whose name is token', () => {
    const form = new FormData()
    const file = new File(['content'], 'picture.png', { type: 'image/png' })
    form.append('token', file)
    form.append('key', APP_KEY)
    const { rest } = unkeyed(form, null)
    expect([...(rest as FormData)]).toEqual([['token', file]])
  })

  it('is refused where a file of another realm would be written as a text', () => {
    const file = { [Symbol.toStringTag]: 'File', name: 'picture.png' }
    const foreign = {
      [Symbol.toStringTag]: 'FormData',
      *[Symbol.iterator]() {
        yield ['file', file]
        yield ['key', APP_KEY]
      },
    }
    expect(thrownBy(() => unkeyed(foreign, null))).toMatchObject({
      name: 'ConfigurationError',
      code: 'invalidRequest',
      message: expect.stringContaining('`file`'),
    })
  })

  it.each([
    new URLSearchParams('a=1&key=another'),
    new FormData(),
    new Blob([keyed]),
    new TextEncoder().encode(keyed),
    new ArrayBuffer(3),
    null,
    undefined,
    { key: APP_KEY, token: 'secret' },
  ])('is the same object where nothing had to go: %o', (body) => {
    expect(unkeyed(body, JSON_TYPE)).toEqual({ hadKey: false, rest: body })
    expect(unkeyed(body, JSON_TYPE).rest).toBe(body)
  })
})
