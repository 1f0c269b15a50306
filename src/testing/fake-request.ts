/** The part of a Request that the fake client reads. A real one has it. */
export interface SentRequest {
  /** The method, in capital letters. */
  readonly method: string
  /** The headers that are sent. */
  readonly headers: Headers
  /** Reads the body as text. Empty where the body is no text. */
  text(): Promise<string>
}

/** Makes a request. Jest's jsdom has no Request: what the fake client reads of one is there all the same. */
export function requestOf(url: URL, init: RequestInit = {}): SentRequest {
  if (typeof Request === 'function') return new Request(url, init)
  const { method = 'GET', headers, body } = init
  return {
    method: method.toUpperCase(),
    headers: new Headers(headers),
    text: async () => (typeof body === 'string' ? body : ''),
  }
}

/** Tells a real Request, which a `fetch` takes. */
export function isRequest(request: SentRequest): request is Request {
  return typeof Request === 'function' && request instanceof Request
}

/** Makes a 200 with a body of JSON, or of nothing. Without a Response class it has the members that reading one takes. */
export function jsonResponse(body: string | undefined): Response {
  const headers = new Headers(body === undefined ? {} : { 'Content-Type': 'application/json' })
  if (typeof Response === 'function') return new Response(body, { headers })
  const text = async () => body ?? ''
  const members = {
    ok: true,
    status: 200,
    statusText: '',
    headers,
    text,
    json: async () => JSON.parse(body ?? ''),
  }
  // Nothing asks for the other members in an environment without streams and fetch.
  return { ...members, clone: () => jsonResponse(body) } as Partial<Response> as Response
}
