// @vitest-environment node
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encoded, queryPairs, queryText } from '../../../src/api/query'
import { ConfigurationError } from '../../../src/base/errors'
import { thrownBy } from '../support/outcome'

const half = '\ud83d'

describe('a query', () => {
  it.each<[string, unknown]>([
    ['an object', { a: '1', b: '2' }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: '1', b: '2' })],
    ['an object of another frame', runInNewContext("({ a: '1', b: '2' })")],
    ['an instance of a class', Object.assign(new (class Filter {})(), { a: '1', b: '2' })],
    ['a URLSearchParams', new URLSearchParams('a=1&b=2')],
    [
      'a Map',
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    ],
    ['a Map of another frame', runInNewContext("new Map([['a', '1'], ['b', '2']])")],
    [
      'an array of pairs',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['an iterator of pairs', Object.entries({ a: '1', b: '2' }).values()],
    ['a text', 'a=1&b=2'],
    ['a text with a question mark', '?a=1&b=2'],
  ])('may be %s', (_case, query) => {
    expect(queryPairs(query)).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })

  it('keeps a name that stands twice in a list of pairs', () => {
    expect(queryPairs(new URLSearchParams('a=1&a=2'))).toEqual([
      ['a', '1'],
      ['a', '2'],
    ])
  })

  it.each([undefined, null, {}, [], '', new Map()])('%o is empty', (query) => {
    expect(queryPairs(query)).toEqual([])
  })

  it('is refused that is an iterator which is used up', () => {
    const query = Object.entries({ a: '1' }).values()
    expect(queryPairs(query)).toEqual([['a', '1']])
    expect(thrownBy(() => queryPairs(query))).toMatchObject({ code: 'invalidRequest' })
  })

  it('may be a form without files', () => {
    const form = new FormData()
    expect(queryPairs(form)).toEqual([])
    form.append('a', '1')
    expect(queryPairs(form)).toEqual([['a', '1']])
    form.append('file', new Blob(['x']))
    expect(thrownBy(() => queryPairs(form))).toMatchObject({ message: expect.stringContaining('`file`') })
  })

  it.each<[string, unknown]>([
    ['a number', 5],
    ['a boolean', true],
    ['a function', () => ({ a: '1' })],
    ['a symbol', Symbol('a')],
    ['a promise', Promise.resolve({ a: '1' })],
    ['a Date', new Date()],
    ['a list of texts', ['a', 'b']],
    ['a list of triples', [['a', '1', '2']]],
    ['a Set of texts', new Set(['a'])],
    ['an async iterator', (async function* () {})()],
    ['an object that inherits its fields', Object.create({ a: '1' })],
  ])('%s is refused', (_case, query) => {
    const error = thrownBy(() => queryPairs(query))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('`query`') })
  })
})

describe('a value', () => {
  it.each<[unknown, string]>([
    ['text', 'text'],
    ['', ''],
    [0, '0'],
    [-1.5, '-1.5'],
    [true, 'true'],
    [false, 'false'],
    [12n, '12'],
    [new Date(Date.UTC(2027, 0, 1)), '2027-01-01T00:00:00.000Z'],
    [runInNewContext('new Date(0)'), '1970-01-01T00:00:00.000Z'],
    [new URL('https://a.example/?b=c'), 'https://a.example/?b=c'],
    [{ toJSON: () => '2027-01-01' }, '2027-01-01'],
    [Object('boxed'), 'boxed'],
    [Object(7), '7'],
    [['id', 'name'], 'id,name'],
    [[], ''],
    [['a', ['b', ['c']]], 'a,b,c'],
    [['a', undefined, null, 'b'], 'a,b'],
    [[1, true, 2n], '1,true,2'],
    [new Set(['id', 'name']), 'id,name'],
    [runInNewContext("new Set(['id', 'name'])"), 'id,name'],
    [['id', 'name'].values(), 'id,name'],
    [new Uint8Array([1, 2]), '1,2'],
  ])('%o is sent as %j', (value, text) => {
    expect(queryPairs({ a: value })).toEqual([['a', text]])
  })

  it.each([undefined, null])('%s leaves its parameter out', (value) => {
    expect(queryPairs({ a: value, b: '1' })).toEqual([['b', '1']])
    expect(queryPairs([['a', value]])).toEqual([])
  })

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['an invalid date', new Date('never')],
    ['an object', { b: '1' }],
    ['an object without a prototype', Object.create(null)],
    ['a function', () => 'b'],
    ['a symbol', Symbol('b')],
    ['a promise', Promise.resolve('b')],
    ['a regular expression', /b/],
    ['a Map', new Map([['b', '1']])],
    ['a URLSearchParams', new URLSearchParams('b=1')],
    ['an empty Map', new Map()],
    ['an empty FormData', new FormData()],
    ['an empty URLSearchParams', new URLSearchParams()],
    ['a Blob', new Blob(['b'])],
    ['a list with an object in it', ['b', {}]],
    ['a list with NaN in it', [1, Number.NaN]],
    ['a list with an invalid date in it', [new Date('never')]],
    ['an object whose toJSON is a text', { toJSON: 'b' }],
    ['an object whose toJSON gives none', { toJSON: () => undefined }],
    ['an object whose toJSON gives another object', { toJSON: () => ({}) }],
  ])('%s is refused, and the parameter named', (_case, value) => {
    const error = thrownBy(() => queryPairs({ due: value }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('`due`') })
  })

  it('that is an iterator is refused once it is used up: the list would be empty', () => {
    const fields = ['id'].values()
    expect(queryPairs({ fields })).toEqual([['fields', 'id']])
    expect(thrownBy(() => queryPairs({ fields }))).toMatchObject({ code: 'invalidRequest' })
  })

  it.each([Symbol('a'), {}, undefined, null, Number.NaN])('a name %o is refused', (name) => {
    expect(thrownBy(() => queryPairs([[name, '1']]))).toMatchObject({ code: 'invalidRequest' })
  })
})

describe('the text of a query', () => {
  it('escapes names and values', () => {
    expect(
      queryText([
        ['c d', 'é&='],
        ['e', ''],
      ]),
    ).toBe('c%20d=%C3%A9%26%3D&e=')
  })

  it.each([half, '\ude00', `a${half}b`, `${half}${half}`, `\ude00${half}`])(
    'has U+FFFD for half a character: %j',
    (text) => {
      const expected = new URLSearchParams({ a: text }).get('a')
      expect(decodeURIComponent(encoded(text))).toBe(expected)
      expect(queryText([[text, text]])).toBe(`${encoded(text)}=${encoded(text)}`)
    },
  )

  it('is read as the same pairs by the platform, whatever they are', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(half, '😀', '%', '+', '&', '='),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        expect([...new URLSearchParams(queryText(pairs))]).toEqual([...new URLSearchParams(pairs)])
      }),
    )
  })
})
