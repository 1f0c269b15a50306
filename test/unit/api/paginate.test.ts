import { describe, expect, it } from 'vitest'
import type { ApiMethod, ApiOptions } from '../../../src/api/api'
import { type PaginateOptions, paginate } from '../../../src/api/paginate'
import { ConfigurationError } from '../../../src/base/errors'
import { errorOf } from '../support/outcome'

interface Asked {
  path: string
  limit?: number
  before?: string
  since?: string
  page?: number
  filter?: string
}

/** A client whose `get` gives a list, and notes how it was asked. */
function clientGiving(answer: (asked: Asked) => unknown) {
  const asked: Asked[] = []
  const get = async (path: string | URL, options: ApiOptions = {}) => {
    const one = { path: String(path), ...(options.query as object) }
    asked.push(one)
    return answer(one)
  }
  return { asked, client: { api: { get: get as ApiMethod } } }
}

/** Items from `newest` down to 1, newest first, as Trello gives actions. */
function actions(newest: number) {
  return clientGiving(({ limit = 0, before, page = 0 }) => {
    const from = before === undefined ? newest - page * limit : Number(before) - 1
    return Array.from({ length: Math.max(0, Math.min(limit, from)) }, (_, i) => ({ id: String(from - i) }))
  })
}

/** Cards as Trello gives them: a page is cut by the time of creation, newest first, and comes in the order of the board. */
function cards(inBoardOrder: readonly string[]) {
  return clientGiving(({ limit = 0, before }) => {
    const age = (id: string) => inBoardOrder.length - [...inBoardOrder].sort().indexOf(id)
    const older = [...inBoardOrder].filter((id) => before === undefined || age(id) > age(before))
    const page = older.sort((a, b) => age(a) - age(b)).slice(0, limit)
    return inBoardOrder.filter((id) => page.includes(id)).map((id) => ({ id }))
  })
}

async function idsOf(items: AsyncIterable<{ id: string }>) {
  const ids: string[] = []
  for await (const { id } of items) ids.push(id)
  return ids
}

function refusalOf(options: unknown, path = '/a') {
  const { client } = actions(30)
  return errorOf(idsOf(paginate(client, path, options as PaginateOptions)))
}

const objectId = (number: number) => number.toString(16).padStart(24, '0')

describe('paginate', () => {
  it.each(['before', 'page'] as const)('gives every item once, by %s', async (style) => {
    const { client } = actions(25)
    const ids = await idsOf(paginate(client, '/boards/b/actions', { pageSize: 10, style }))
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => String(25 - i)))
  })

  it('goes on behind the smallest id, in whatever order a page comes', async () => {
    const { asked, client } = cards(['2', '3', '1'])
    expect(await idsOf(paginate(client, '/boards/b/cards', { pageSize: 2 }))).toEqual(['2', '3', '1'])
    expect(asked.map(({ before }) => before)).toEqual([undefined, '2'])
  })

  it('asks twice for 1,500 cards that were added at the bottom of the board', async () => {
    const ids = Array.from({ length: 1_500 }, (_, i) => objectId(i))
    const { asked, client } = cards(ids)
    expect((await idsOf(paginate(client, '/boards/b/cards'))).sort()).toEqual(ids)
    expect(asked).toHaveLength(2)
  })

  it('compares ids as hexadecimal numbers, in either case', async () => {
    const { asked, client } = clientGiving(({ before }) =>
      before === undefined ? [{ id: 'aF' }, { id: 'Ab' }, { id: '100' }] : [],
    )
    await idsOf(paginate(client, '/a', { pageSize: 3 }))
    expect(asked[1]?.before).toBe('Ab')
  })

  it('gives an item once that stands in two pages, or twice in one', async () => {
    const pages = [['5', '4', '4'], ['4', '3', '5'], ['2']]
    const { client } = clientGiving(() => pages.shift()?.map((id) => ({ id })))
    expect(await idsOf(paginate(client, '/a', { pageSize: 3 }))).toEqual(['5', '4', '3', '2'])
  })

  it('gives an item once that moved to the next numbered page meanwhile', async () => {
    const pages = [['5', '4'], ['4', '3'], ['2']]
    const { client } = clientGiving(({ page }) => pages[page ?? 0]?.map((id) => ({ id })))
    expect(await idsOf(paginate(client, '/a', { pageSize: 2, style: 'page' }))).toEqual(['5', '4', '3', '2'])
  })

  it('asks once more after a full last page, and not after a short one', async () => {
    const full = actions(20)
    await idsOf(paginate(full.client, '/a', { pageSize: 10 }))
    expect(full.asked).toHaveLength(3)
    const short = actions(19)
    await idsOf(paginate(short.client, '/a', { pageSize: 10 }))
    expect(short.asked).toHaveLength(2)
  })

  it('asks once for an empty list', async () => {
    const { asked, client } = actions(0)
    expect(await idsOf(paginate(client, '/a'))).toEqual([])
    expect(asked).toHaveLength(1)
  })

  it('asks for no further page once the loop is left', async () => {
    const { asked, client } = actions(100)
    for await (const { id } of paginate(client, '/a', { pageSize: 10 })) if (id === '95') break
    expect(asked).toHaveLength(1)
  })

  it.each(['before', 'page'] as const)(
    'ends at a route that knows no `%s` and repeats the page',
    async (style) => {
      const { asked, client } = clientGiving(() => Array.from({ length: 10 }, (_, i) => ({ id: String(i) })))
      const ids = await idsOf(paginate(client, '/a', { pageSize: 10, style }))
      expect(ids).toHaveLength(10)
      expect(asked).toHaveLength(2)
    },
  )

  it('ends at a route that gives other items each time, and no older ones', async () => {
    let count = 0
    const { asked, client } = clientGiving(() => [{ id: `a${count++}` }, { id: `b${count++}` }])
    expect(await idsOf(paginate(client, '/a', { pageSize: 2 }))).toEqual(['a0', 'b1', 'a2', 'b3'])
    expect(asked).toHaveLength(2)
  })

  it('gives all items of a route that knows no `limit`', async () => {
    const { asked, client } = clientGiving(() => Array.from({ length: 12 }, (_, i) => ({ id: String(i) })))
    expect(await idsOf(paginate(client, '/a', { pageSize: 10 }))).toHaveLength(12)
    expect(asked).toHaveLength(2)
  })

  it('stops with the reason of an aborted signal, before the next request', async () => {
    const { asked, client } = actions(100)
    const caller = new AbortController()
    const items = paginate(client, '/a', { pageSize: 2, signal: caller.signal })
    await items.next()
    caller.abort()
    await items.next()
    expect(await errorOf(items.next())).toBe(caller.signal.reason)
    expect(asked).toHaveLength(1)
  })

  it('asks for nothing where the signal is aborted already', async () => {
    const { asked, client } = actions(1)
    const items = paginate(client, '/a', { signal: AbortSignal.abort() })
    expect(await errorOf(items.next())).toMatchObject({ name: 'AbortError' })
    expect(asked).toEqual([])
  })

  it('refuses an answer that is no list', async () => {
    const { client } = clientGiving(() => ({ id: '1' }))
    expect(await errorOf(idsOf(paginate(client, '/boards/b')))).toBeInstanceOf(ConfigurationError)
  })

  it('goes by ids that are numbers too', async () => {
    const pages = [[{ id: 9 }, { id: 10 }], [{ id: 10 }, { id: 8 }], []]
    const { asked, client } = clientGiving(() => pages.shift())
    expect(await idsOf(paginate(client, '/a', { pageSize: 2 }))).toEqual([9, 10, 8])
    expect(asked.map(({ before }) => before)).toEqual([undefined, '9', '8'])
  })

  it('gives items without an id, and refuses where it would need one to go on', async () => {
    const pages = [[null, { id: '2' }], [{ id: '1' }]]
    const some = clientGiving(() => pages.shift())
    const given: unknown[] = []
    for await (const item of paginate(some.client, '/a', { pageSize: 2 })) given.push(item)
    expect(given).toEqual([null, { id: '2' }, { id: '1' }])
    const none = clientGiving(() => [{ name: 'a' }, { name: 'b' }])
    expect(await idsOf(paginate(none.client, '/a', { pageSize: 3 }))).toHaveLength(2)
    const error = await errorOf(idsOf(paginate(none.client, '/a', { pageSize: 2 })))
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('`id`') })
  })
})

describe('the query of paginate', () => {
  it("is the caller's, with the largest page by default", async () => {
    const { asked, client } = actions(1)
    await idsOf(paginate(client, '/a', { query: { filter: 'commentCard' } }))
    expect(asked).toEqual([{ path: '/a', filter: 'commentCard', limit: 1000 }])
  })

  it.each<[string, string, PaginateOptions['query']]>([
    ['an object', '/a', { limit: 2, filter: ['b', 'c'] }],
    [
      'pairs',
      '/a',
      [
        ['limit', '2'],
        ['filter', 'b'],
        ['filter', 'c'],
      ],
    ],
    ['the path', '/a?limit=2&filter=b,c', undefined],
    ['the path, and what wins over it', '/a?limit=7&filter=b,c', { limit: 2 }],
  ])('may hold the page size: in %s', async (_case, path, query) => {
    const { asked, client } = actions(3)
    await idsOf(paginate(client, path, { query }))
    expect(asked).toEqual([
      { path: '/a', filter: 'b,c', limit: 2 },
      { path: '/a', filter: 'b,c', limit: 2, before: '2' },
    ])
  })

  it('begins at a `before` of the caller, and keeps `since`', async () => {
    const { asked, client } = actions(100)
    await idsOf(paginate(client, '/a', { query: { before: '4', since: '0' }, pageSize: 2 }))
    expect(asked.map(({ before, since }) => [before, since])).toEqual([
      ['4', '0'],
      ['2', '0'],
    ])
  })

  it('begins at a `page` of the caller', async () => {
    const { asked, client } = actions(25)
    const ids = await idsOf(paginate(client, '/a', { query: { page: 1 }, pageSize: 10, style: 'page' }))
    expect(ids).toEqual(Array.from({ length: 15 }, (_, i) => String(15 - i)))
    expect(asked.map(({ page }) => page)).toEqual([1, 2])
  })
})

describe('the page size', () => {
  it.each<[unknown, number]>([
    [1, 1],
    ['50', 50],
    [50n, 50],
    [1_000, 1_000],
    [1_001, 1_000],
    [Number.POSITIVE_INFINITY, 1_000],
    [undefined, 1_000],
    [null, 1_000],
  ])('%o asks for %d items', async (pageSize, limit) => {
    const { asked, client } = actions(0)
    await idsOf(paginate(client, '/a', { pageSize } as PaginateOptions))
    expect(asked).toMatchObject([{ limit }])
  })

  it.each([
    0,
    -1,
    1.5,
    Number.NaN,
    -Infinity,
    '',
    'all',
    {},
    [],
    [5],
    true,
    new Date(),
    Symbol('5'),
    Object.create(null),
  ])('%o is refused', async (pageSize) => {
    const error = await refusalOf({ pageSize })
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('`pageSize`') })
    if (['number', 'string'].includes(typeof pageSize)) {
      expect(await refusalOf({ query: { limit: String(pageSize) } })).toMatchObject({
        code: 'invalidRequest',
      })
    }
  })
})

describe('an argument of paginate', () => {
  const fail = () => {
    throw new Error('mine')
  }
  it.each<[string, string, unknown]>([
    ['a # in its query', '/a?b=#c', {}],
    ['a path without a path', '#top', {}],
    ['options that are a text', '/a', 'limit=5'],
    ['options that fail', '/a', new Proxy({}, { get: fail })],
    ['a query that fails', '/a', { query: { since: { toJSON: fail } } }],
    ['a limit that stands twice', '/a?limit=5&limit=6', {}],
  ])('is refused before anything is asked for: %s', async (_case, path, options) => {
    expect(await refusalOf(options, path)).toMatchObject({
      name: 'ConfigurationError',
      code: 'invalidRequest',
    })
  })

  it('may be null for options, and have a fragment behind the path', async () => {
    const { asked, client } = actions(0)
    await idsOf(paginate(client, '/a#top?limit=5', null))
    expect(asked).toEqual([{ path: '/a', limit: 1_000 }])
  })
})

describe('numbered pages', () => {
  it.each<[number, number[]]>([
    [1_000, [0]],
    [999, [0, 1]],
    [500, [0, 1]],
    [300, [0, 1, 2, 3]],
  ])('of %d items end before page * limit is 1,000, then it goes on by `before`', async (pageSize, pages) => {
    const { asked, client } = actions(2_500)
    const ids = await idsOf(paginate(client, '/a', { pageSize, style: 'page' }))
    expect(ids).toEqual(Array.from({ length: 2_500 }, (_, i) => String(2_500 - i)))
    expect(asked.flatMap(({ page }) => page ?? [])).toEqual(pages)
    for (const { page, before } of asked) expect(page === undefined).toBe(before !== undefined)
  })

  it('refuse to end in silence where the route knows no `before`', async () => {
    const { client } = clientGiving(({ page = 0, limit = 0 }) =>
      Array.from({ length: limit }, (_, i) => ({ id: String(page * limit + i) })),
    )
    const given: string[] = []
    const error = await errorOf(
      (async () => {
        for await (const { id } of paginate(client, '/a', { pageSize: 500, style: 'page' })) given.push(id)
      })(),
    )
    expect(given).toHaveLength(1_000)
    expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining('by number') })
  })

  it.each<[string, unknown]>([
    ['a style that is unknown', { style: 'offset' }],
    ['a page without its style', { query: { page: 1 } }],
    ['a page that is no number', { style: 'page', query: { page: 'next' } }],
    ['a page below zero', { style: 'page', query: { page: -1 } }],
    ['a name that means nothing', { params: { filter: 'open' } }],
    ['a page beyond the bound', { style: 'page', query: { page: 10 }, pageSize: 100 }],
  ])('%s is refused', async (_case, options) => {
    expect(await refusalOf(options)).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
  })
})
