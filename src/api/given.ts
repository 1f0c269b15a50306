import { ConfigurationError } from '../base/errors'
import { fieldsOf } from '../base/fields'

/** The most that is read of a list. A call has no use for more, and an iterator may never end. */
const ITEMS_MAX = 100_000

/**
 * Reads what a caller has passed.
 * @throws ConfigurationError, also where code of the caller's fails: a getter, an iterator, a `toJSON`
 */
export function readGiven<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    const message = 'An argument fails while it is read; `cause` says how.'
    throw new ConfigurationError('invalidRequest', message, { cause })
  }
}

/**
 * Reads the options of a call. `null` means none.
 * @throws ConfigurationError for what has no options in it, such as a text or a list
 */
export function optionsOf<T extends object>(given: T | null | undefined): Partial<T> {
  const options: unknown = given ?? {}
  const isObject = typeof options === 'object' && options !== null
  if (isObject && !isIterable(options) && !('then' in options)) return options
  throw new ConfigurationError('invalidRequest', 'The options must be an object.')
}

/**
 * Checks that no options are left over: what they say would get lost, as `params`, or the body in place of the options.
 * @throws ConfigurationError for a name that no option has
 */
export function refuseOthers(others: object, known: string): void {
  const [name] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (name === undefined) return
  throw new ConfigurationError('invalidRequest', `There is no option \`${name}\`; there are ${known}.`)
}

/** Checks a client that calls are made with. @throws ConfigurationError for anything else */
export function checkClient(client: unknown): void {
  if (typeof fieldsOf(client).api === 'object') return
  const message =
    'The first argument must be a client, which has `api`. That of `t.getRestApi()` is its member `client`.'
  throw new ConfigurationError('invalidRequest', message)
}

/** Lists the items of a list. @throws ConfigurationError where there are too many */
export function itemsOf(list: Iterable<unknown>): unknown[] {
  const items: unknown[] = []
  for (const item of list) {
    if (items.push(item) <= ITEMS_MAX) continue
    throw new ConfigurationError('invalidRequest', `A list has more than ${ITEMS_MAX} items.`)
  }
  return items
}

/** Does the same for a list of which nothing may get lost: an iterator that gives nothing may be used up. */
export function wholeItemsOf(list: Iterable<unknown>): unknown[] {
  const items = itemsOf(list)
  if (items.length > 0 || Object(list[Symbol.iterator]()) !== list) return items
  const message = 'An iterator gives nothing. It is used up after the first call; pass a list.'
  throw new ConfigurationError('invalidRequest', message)
}

/** Tells an object that can be listed. A text doesn't count. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
