import { ConfigurationError } from '../base/errors'
import { isAddress } from '../base/url'
import { queryPairs, queryText } from './query'

/**
 * Writes the address of a call: the path with its version, and with `query` behind the query that it has itself.
 * Absolute URLs stay as they are; the bearer fetch knows the hosts that they may name.
 * @throws ConfigurationError for what is no path, for a line break in it, and for a `#` inside of a query
 */
export function addressOf(path: unknown, query: unknown): string {
  const given = isAddress(path) ? String(path).trim() : ''
  const [address = '', fragment] = given.split('#', 2)
  if (address === '')
    throw new ConfigurationError('invalidRequest', 'The path must be a text such as /1/members/me.')
  if (/[\t\n\r]/.test(address)) {
    const message = 'The path has a line break or a tab in it, which browsers drop. Write %0A or %09.'
    throw new ConfigurationError('invalidRequest', message)
  }
  if (fragment !== undefined && address.includes('?')) {
    const message = 'A # ends the query: the rest is not sent. Write %23, or pass the value in `query`.'
    throw new ConfigurationError('invalidRequest', message)
  }
  const versioned = withVersion(address)
  const parameters = queryText(queryPairs(query))
  if (parameters === '') return versioned
  return `${versioned}${versioned.includes('?') ? '&' : '?'}${parameters}`
}

/** Tells whether an address names its own host: a URL, or two slashes of any kind. */
export function isAbsolute(address: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(address)
}

/** Puts `/1` before a path whose first segment is not a version. */
export function withVersion(path: string): string {
  return isAbsolute(path) || /^\/?\d+(?:[/?]|$)/.test(path) ? path : `/1/${path.replace(/^\//, '')}`
}
