// @vitest-environment node
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { batch } from '../../../src/api/batch'
import { checkClient, isIterable, itemsOf, optionsOf, readGiven, wholeItemsOf } from '../../../src/api/given'
import { paginate } from '../../../src/api/paginate'
import { trelloJsClient } from '../../../src/api/trello-js'
import { ConfigurationError } from '../../../src/base/errors'
import { thrownBy } from '../support/outcome'

function* endless() {
  for (;;) yield 'a'
}

describe('what a caller has passed', () => {
  it('is read', () => {
    expect(readGiven(() => 'value')).toBe('value')
  })

  it.each([new TypeError('mine'), 'mine'])('is refused where it throws %o', (thrown) => {
    const error = thrownBy(() =>
      readGiven(() => {
        throw thrown
      }),
    )
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', cause: { message: 'mine' } })
  })

  it('keeps the words of a refusal', () => {
    const refusal = new ConfigurationError('untrustedUrl', 'Not there.')
    const refuse = () => {
      throw refusal
    }
    expect(thrownBy(() => readGiven(refuse))).toBe(refusal)
  })
})

describe('a client', () => {
  it('is what has an api', () => {
    checkClient({ api: { get: async () => undefined } })
  })

  it.each([undefined, null, 'client', ['/members/me'], { client: { api: {} } }, { api: undefined }])(
    'is not %j',
    (given) => {
      const error = thrownBy(() => checkClient(given))
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
    },
  )

  it.each<[string, (client: never) => unknown]>([
    ['batch', (client) => batch(client, ['/members/me'])],
    ['paginate', (client) => paginate(client, '/members/me/boards').next()],
    ['trelloJsClient', async (client) => trelloJsClient(client)],
  ])('is wanted by %s, and the object of t.getRestApi() is none', async (_name, call) => {
    const restApi = { client: { api: { get: async () => undefined } } }
    await expect(call(restApi as never)).rejects.toMatchObject({ code: 'invalidRequest' })
  })
})

describe('options', () => {
  it.each([undefined, null])('that are %s are empty', (given) => {
    expect(optionsOf(given)).toEqual({})
  })

  it.each<object>([
    {},
    { signal: undefined },
    Object.create(null),
    Object.create({ query: 'inherited' }),
    runInNewContext('({ query: {} })'),
  ])('may be %o', (given) => {
    expect(optionsOf(given)).toBe(given)
  })

  it.each<[string, unknown]>([
    ['a text', 'fields=id'],
    ['an empty text', ''],
    ['a number', 0],
    ['false', false],
    ['a function', () => ({})],
    ['a list', [{}]],
    ['a Map', new Map([['query', {}]])],
    ['a promise', Promise.resolve({})],
    ['a symbol', Symbol('query')],
  ])('are refused that are %s', (_case, given) => {
    expect(thrownBy(() => optionsOf(given as object))).toMatchObject({
      name: 'ConfigurationError',
      code: 'invalidRequest',
      message: expect.stringContaining('options'),
    })
  })
})

describe('a list', () => {
  it('is listed, whatever its kind', () => {
    expect(itemsOf(new Set(['a', 'b']))).toEqual(['a', 'b'])
    expect(wholeItemsOf(['a', 'b'].values())).toEqual(['a', 'b'])
    expect(wholeItemsOf(runInNewContext("new Set(['a'])"))).toEqual(['a'])
  })

  it('may have a hundred thousand items, and no more', () => {
    const most = new Array(100_000).fill('a')
    expect(itemsOf(most)).toHaveLength(100_000)
    expect(thrownBy(() => itemsOf([...most, 'a']))).toMatchObject({ code: 'invalidRequest' })
    expect(thrownBy(() => itemsOf(endless()))).toMatchObject({ code: 'invalidRequest' })
  })

  it('may be empty', () => {
    expect(itemsOf([].values())).toEqual([])
    for (const empty of [[], new Set(), new Map(), new URLSearchParams()])
      expect(wholeItemsOf(empty)).toEqual([])
  })

  it('of which nothing may get lost is refused once it is used up', () => {
    for (const iterator of [
      ['a'].values(),
      new Map([['a', 1]]).entries(),
      new Set(['a'])[Symbol.iterator](),
    ]) {
      expect(wholeItemsOf(iterator)).toHaveLength(1)
      expect(thrownBy(() => wholeItemsOf(iterator))).toMatchObject({
        name: 'ConfigurationError',
        code: 'invalidRequest',
        message: expect.stringContaining('used up'),
      })
    }
  })

  it('is told from a text and from other values', () => {
    expect([[], new Set(), endless(), new FormData()].map(isIterable)).toEqual([true, true, true, true])
    expect(['a', undefined, null, 1, {}, () => undefined].some(isIterable)).toBe(false)
  })
})
