import { throwIfAborted } from '../base/async'
import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'
import { addressOf } from './address'
import type { Api } from './api'
import { checkClient, optionsOf, readGiven, refuseOthers } from './given'
import { type Query, queryPairs } from './query'

/** The options of `paginate`. */
export interface PaginateOptions {
  /**
   * Parameters of every request. A `before` or a `page` in it is where the first request begins. `limit` is the default
   * of `pageSize`.
   */
  query?: Query | null | undefined
  /** Items per request, a whole number from 1. Above 1,000, Trello's maximum, 1,000 are asked for. Default: 1,000. */
  pageSize?: number | undefined
  /**
   * `'before'`, the default: each request asks for what is older than the oldest item so far (actions, cards,
   * notifications). `'page'`: requests are numbered, for routes that know no `before`. Trello numbers pages while
   * `page * limit` is under 1,000; then it goes on as `'before'`.
   */
  style?: 'before' | 'page' | undefined
  /** Ends the iteration with the signal's reason, before the next request at the latest. */
  signal?: AbortSignal | null | undefined
}

/**
 * Iterates over all items of a list that Trello gives in pages. Each item comes once, in the order of the answers. The
 * next page is asked for when it is needed, and none after a page that is shorter than `pageSize`.
 * @throws the errors of `api.get`; ConfigurationError for a wrong option, for an answer that is no list, and where Trello
 * gives no way to the items that are left
 * @example
 * for await (const card of paginate(client, `/boards/${id}/cards`)) show(card)
 * @see https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/#paging
 */
export async function* paginate<T extends { id: string } = { id: string }>(
  client: { api: Pick<Api, 'get'> },
  path: string | URL,
  options?: PaginateOptions | null,
): AsyncGenerator<T, void, undefined> {
  checkClient(client)
  const { address, parameters, limit, start, signal } = readGiven(() => readOptions(path, optionsOf(options)))
  const seen = new Set<string>()
  let oldest: string | undefined
  let position = start
  for (;;) {
    throwIfAborted(signal)
    const query = { ...parameters, ...position, limit }
    const items = listOf<T>(await client.api.get(address, { query, signal }))
    const fresh = items.filter((item) => isNew(item, seen))
    oldest = oldestOf(fresh, oldest)
    yield* fresh
    if (items.length < limit) return
    if (oldest === undefined) throw refusal('The items have no `id`, which names the place of the next page.')
    // A route that doesn't know `before` or `page` gives the same page again, or another one that is no older.
    const isStuck = fresh.length === 0 || position.before === oldest
    if (isStuck && start.page !== undefined && position.page === undefined) {
      throw refusal(
        'Trello gives no more pages by number, and this route knows no `before`; more items may be left.',
      )
    }
    if (isStuck) return
    position = nextPosition(position, limit, oldest)
  }
}

const PAGE_SIZE_MAX = 1_000

/** Trello's bound for numbered pages: `page * limit` is less than this. */
const NUMBERED_MAX = 1_000

/** The parameters that say which page is asked for. */
interface Position {
  page?: number
  before?: string
}

function startOf(style: unknown, page: string | undefined, limit: number): Position {
  if (style === 'before' && page === undefined) return {}
  if (style === 'before') throw refusal("A `page` in the query needs the style 'page'.")
  if (style !== 'page') throw refusal("`style` must be 'before' or 'page'.")
  const number = Number(page ?? 0)
  if (isWhole(number, 0) && number * limit < NUMBERED_MAX) return { page: number }
  throw refusal(`\`page\` must be a whole number, and \`page * limit\` less than ${NUMBERED_MAX}.`)
}

function nextPosition({ page }: Position, limit: number, oldest: string): Position {
  return page !== undefined && (page + 1) * limit < NUMBERED_MAX ? { page: page + 1 } : { before: oldest }
}

/** Takes the query out of a path. Parameters of the options win over those of the path. */
function readOptions(
  path: string | URL,
  { style = 'before', pageSize, query, signal, ...others }: Partial<PaginateOptions>,
) {
  refuseOthers(others, 'style, pageSize, query and signal')
  addressOf(path, undefined) // refuses what is no path
  const [, address = '', text] = /^([^?#]*)\??([^#]*)/.exec(String(path)) ?? []
  const { page, ...parameters } = { ...parametersOf(text), ...parametersOf(query) }
  const limit = readPageSize(pageSize ?? parameters.limit ?? PAGE_SIZE_MAX)
  return { address, parameters, limit, start: startOf(style, page, limit), signal }
}

/** Joins the values of one name by commas, as Trello's lists are. */
function parametersOf(query: unknown): Record<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of queryPairs(query)) {
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(fields)
}

function readPageSize(value: unknown): number {
  const isNumber = ['number', 'bigint', 'string'].includes(typeof value)
  const size = isNumber ? Math.min(Number(value), PAGE_SIZE_MAX) : 0
  if (isWhole(size, 1)) return size
  throw refusal('`pageSize` must be a whole number from 1.')
}

function isWhole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least
}

function listOf<T>(answer: unknown): T[] {
  if (Array.isArray(answer)) return answer
  throw refusal('The answer is no list, so it has no pages.')
}

/** Tells whether an item was not given before, and remembers it. Items without an id can't be told apart. */
function isNew(item: unknown, seen: Set<string>): boolean {
  const id = idOf(item)
  if (id === undefined) return true
  const isFirst = !seen.has(id)
  seen.add(id)
  return isFirst
}

function oldestOf(items: readonly unknown[], known: string | undefined): string | undefined {
  const ids = items.map(idOf).filter((id) => id !== undefined)
  return ids.reduce(
    (oldest: string | undefined, id) => (oldest === undefined || isOlder(id, oldest) ? id : oldest),
    known,
  )
}

function idOf(item: unknown): string | undefined {
  const { id } = fieldsOf(item)
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

/** Compares ids of Trello: hexadecimal numbers that begin with the time of creation. */
function isOlder(id: string, other: string): boolean {
  if (id.length !== other.length) return id.length < other.length
  return id.toLowerCase() < other.toLowerCase()
}

function refusal(message: string): ConfigurationError {
  return new ConfigurationError('invalidRequest', message)
}
