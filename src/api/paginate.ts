import type { Api, QueryValue } from './api'

export interface PaginateOptions {
  query?: Record<string, QueryValue>
  /** Items per request. Default: the `limit` of the query, else 1000, Trello's maximum for actions. */
  pageSize?: number
  /** `before`: each request asks for what is older than the last item (actions). `page`: requests are numbered. */
  style?: 'before' | 'page'
  signal?: AbortSignal
}

/**
 * Iterates over all items of a list that Trello gives in pages, and asks for the next page only when it is needed.
 * @throws the errors of `api.get`
 * @see https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/#paging
 */
export async function* paginate<T extends { id: string } = { id: string }>(
  client: { api: Pick<Api, 'get'> },
  path: string,
  { query = {}, pageSize = Number(query.limit ?? 1_000), style = 'before', signal }: PaginateOptions = {},
): AsyncGenerator<T, void, undefined> {
  let before: string | undefined
  for (let page = 0; ; page++) {
    const position = style === 'page' ? { page } : before === undefined ? {} : { before }
    const items = await client.api.get<T[]>(path, {
      query: { ...query, limit: pageSize, ...position },
      signal,
    })
    const last = items.at(-1)?.id
    // A route that knows no `before`, or no `page`, gives the same page again and again.
    if (last !== undefined && last === before) return
    yield* items
    if (items.length < pageSize || last === undefined) return
    before = last
  }
}
