/** What a page has said of an XMLHttpRequest before its `send()`: enough to make the request again. */
export interface OpenedRequest {
  method: string
  url: string
  isAsync: boolean
  /** User and password, where they were given. */
  credentials: readonly unknown[]
  /** Those that were set since, in their order. */
  headers: Header[]
}

export type Header = readonly [name: string, value: string]

export function openedRequest(given: readonly unknown[]): OpenedRequest {
  const [method, url, isAsync, ...credentials] = given
  return {
    method: String(method),
    url: new URL(String(url), globalThis.document?.baseURI).href,
    isAsync: given.length < 3 || Boolean(isAsync),
    credentials,
    headers: [],
  }
}

/** The headers that the request is made again with: the page's, and the token in the place of its old credentials. */
export function headersFor(opened: OpenedRequest, body: unknown, token: string | undefined): Header[] {
  const kept = opened.headers.filter(([name]) => !isReplaced(name, body))
  return token === undefined ? kept : [...kept, ['Authorization', `Bearer ${token}`]]
}

/** The old credentials; and the boundary, which is another in a FormData that was made anew. */
function isReplaced(name: string, body: unknown): boolean {
  return /^authorization$/i.test(name) || (/^content-type$/i.test(name) && body instanceof FormData)
}
