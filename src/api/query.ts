import { ConfigurationError } from '../base/errors'
import { isIterable, wholeItemsOf } from './given'
import { isOpaque, unboxed } from './opaque'

/** A value that has one text. A `Date` is sent as ISO 8601 in UTC. */
export type QueryScalar = string | number | bigint | boolean | Date | URL

/** A value of a parameter. A list is sent with commas, as Trello wants it; `undefined` and `null` leave the parameter out. */
export type QueryValue = QueryScalar | null | undefined | Iterable<QueryScalar | null | undefined>

/** Parameters as an object, as pairs (an array, a `Map`, a `URLSearchParams`), or as the text of a query. */
export type Query = string | Readonly<Record<string, QueryValue>> | Iterable<readonly [string, QueryValue]>

/**
 * Reads the parameters of a query, each as a name and a text.
 * @throws ConfigurationError for a value that has no text, such as an invalid `Date`, `NaN` or an object
 */
export function queryPairs(query: unknown): [name: string, value: string][] {
  const pairs = typeof query === 'string' ? new URLSearchParams(query) : query
  return textPairs(pairs, '`query`', 'The parameter')
}

/**
 * Reads pairs, or the members of an object, each as a name and a text. `undefined` and `null` leave a member out.
 * @throws ConfigurationError for a value that has no text. It says `what` is wrong, or `which` member is.
 */
export function textPairs(given: unknown, what: string, which: string): [name: string, value: string][] {
  return entriesOf(given, what).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || value === null) return []
    const text = textOf(name, `A name in ${what}`)
    return [[text, listOf(value, `${which} \`${text}\``)]]
  })
}

/** Writes parameters as the text of a query. Half a surrogate pair becomes U+FFFD, as in the platform's own URLs. */
export function queryText(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map((pair) => pair.map(encoded).join('=')).join('&')
}

/** Escapes a text for a query. Half a surrogate pair, on which `encodeURIComponent` throws, becomes U+FFFD. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}

function entriesOf(given: unknown, what: string): (readonly [unknown, unknown])[] {
  if (given === undefined || given === null) return []
  if (isIterable(given)) return wholeItemsOf(given).map((pair) => pairOf(pair, what))
  if (typeof given === 'object' && !isOpaque(given)) return Object.entries(given)
  throw refusal(what, 'an object or pairs [name, value]')
}

function pairOf(pair: unknown, what: string): readonly [unknown, unknown] {
  if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]]
  throw refusal(what, 'a list of pairs [name, value]')
}

function listOf(value: unknown, what: string): string {
  const plain = primitiveOf(value)
  if (!isIterable(plain) || isListOfPairs(plain)) return textOf(plain, what)
  const items = wholeItemsOf(plain).filter((item) => item !== undefined && item !== null)
  const isNested = (item: unknown) => Array.isArray(plain) && Array.isArray(item)
  return items.map((item) => (isNested(item) ? listOf(item, what) : textOf(item, what))).join(',')
}

function textOf(value: unknown, what: string): string {
  const plain = primitiveOf(value)
  const isText = ['string', 'boolean', 'bigint'].includes(typeof plain) || Number.isFinite(plain)
  if (isText) return String(plain)
  throw refusal(what, 'a text, a finite number, a boolean, a valid date, or a list of these')
}

/** Dates, URLs, and the date classes of libraries say in `toJSON` how they are written. */
function primitiveOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON()
  return unboxed(value)
}

/** Tells a Map, a FormData and their like, also where they are empty. */
function isListOfPairs(list: Iterable<unknown>): boolean {
  return 'entries' in list && list.entries === list[Symbol.iterator]
}

function refusal(what: string, must: string): ConfigurationError {
  return new ConfigurationError('invalidRequest', `${what} must be ${must}.`)
}
