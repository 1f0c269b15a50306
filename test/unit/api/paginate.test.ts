import { describe, expect, it } from 'vitest'
import type { ApiMethod, ApiOptions } from '../../../src/api/api'
import { paginate } from '../../../src/api/paginate'

/** Items from `newest` down to 1, in pages as Trello gives them. */
function clientWith(newest: number, answer = pageOf) {
  const asked: ApiOptions['query'][] = []
  const get = async (_path: string, { query = {} }: ApiOptions = {}) => {
    asked.push(query)
    return answer(newest, query)
  }
  return { asked, client: { api: { get: get as ApiMethod } } }
}

function pageOf(newest: number, { limit, before, page }: NonNullable<ApiOptions['query']>) {
  const size = Number(limit)
  const from = before === undefined ? newest - Number(page ?? 0) * size : Number(before) - 1
  return Array.from({ length: Math.max(0, Math.min(size, from)) }, (_, i) => ({ id: String(from - i) }))
}

async function idsOf(items: AsyncIterable<{ id: string }>) {
  const ids: string[] = []
  for await (const { id } of items) ids.push(id)
  return ids
}

describe('paginate', () => {
  it.each(['before', 'page'] as const)('gives every item once, by %s', async (style) => {
    const { client } = clientWith(25)
    const ids = await idsOf(paginate(client, '/boards/b/actions', { pageSize: 10, style }))
    expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => String(25 - i)))
  })

  it('asks once more after a full last page, and not after a short one', async () => {
    const full = clientWith(20)
    await idsOf(paginate(full.client, '/a', { pageSize: 10 }))
    expect(full.asked).toHaveLength(3)
    const short = clientWith(19)
    await idsOf(paginate(short.client, '/a', { pageSize: 10 }))
    expect(short.asked).toHaveLength(2)
  })

  it("keeps the caller's query and asks for the largest page by default", async () => {
    const { asked, client } = clientWith(1)
    await idsOf(paginate(client, '/a', { query: { filter: 'commentCard' } }))
    expect(asked).toEqual([{ filter: 'commentCard', limit: 1000 }])
  })

  it('asks for no further page once the loop is left', async () => {
    const { asked, client } = clientWith(100)
    for await (const { id } of paginate(client, '/a', { pageSize: 10 })) if (id === '95') break
    expect(asked).toHaveLength(1)
  })

  it('takes the page size from the query where it stands there', async () => {
    const { asked, client } = clientWith(3)
    await idsOf(paginate(client, '/a', { query: { limit: 2 } }))
    expect(asked).toEqual([{ limit: 2 }, { limit: 2, before: '2' }])
  })

  it.each(['before', 'page'] as const)(
    'ends where a route knows no `%s` and gives the same page again, whose items come once',
    async (style) => {
      const { asked, client } = clientWith(10, (newest, { limit }) => pageOf(newest, { limit }))
      const ids = await idsOf(paginate(client, '/a', { pageSize: 10, style }))
      expect(ids).toHaveLength(10)
      expect(asked).toHaveLength(2)
    },
  )

  it('of an empty list asks once', async () => {
    const { asked, client } = clientWith(0)
    expect(await idsOf(paginate(client, '/a', { pageSize: 0 }))).toEqual([])
    expect(asked).toHaveLength(1)
  })
})
