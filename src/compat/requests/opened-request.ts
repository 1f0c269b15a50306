import { parseUrl } from '../../base/url'
import { isReplacedHeader, pageAddress } from './keyed-request'

/** The calls of a page before `send()`, with which an XMLHttpRequest can be made again. */
export interface OpenedRequest {
  /** The method as the page wrote it. */
  method: string
  /** The absolute address, with the user and password that `open()` was given. */
  url: string
  /** `false` for a request that `send()` waits for. */
  isAsync: boolean
  /** The headers that were set since, in their order. */
  headers: Header[]
}

/** A header as it was set. */
export type Header = [name: string, value: string]

/** Reads the arguments of `open()`, which the browser has accepted. `undefined` for an address that only it understands. */
export function openedRequest(given: readonly unknown[]): OpenedRequest | undefined {
  const [method, address, isAsync, username, password] = given
  const url = parseUrl(String(address), pageAddress())
  if (!url) return undefined
  if (username != null) url.username = String(username)
  if (password != null) url.password = String(password)
  return {
    method: String(method),
    url: url.href,
    isAsync: given.length < 3 || Boolean(isAsync),
    headers: [],
  }
}

/** Lists the headers that the request is made again with. The token replaces the old credentials. */
export function headersFor(opened: OpenedRequest, body: unknown, token: string | undefined): Header[] {
  const kept = opened.headers.filter(([name]) => !isReplacedHeader(name, body))
  return token === undefined ? kept : [...kept, ['Authorization', `Bearer ${token}`]]
}
