/**
 * Judges a request by its origin and its method, before anything else of it is read.
 * @param allowed the headers that a request may have
 * @returns the whole answer to a foreign page, a preflight or another method than POST; else the headers of the answer to come
 */
export function admitPost(
  request: Request,
  origins: ReadonlySet<string>,
  allowed: string,
): Response | Record<string, string> {
  const origin = request.headers.get('origin') ?? ''
  if (!origins.has(origin)) {
    return refusal(403, 'invalid_request', 'This origin is not one of allowedOrigins.', { vary: 'Origin' })
  }
  const headers = corsHeaders(origin, allowed)
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
  if (request.method === 'POST') return headers
  return refusal(405, 'invalid_request', 'Send a POST.', { ...headers, allow: 'POST, OPTIONS' })
}

/** Makes the header that says when to come again: after a second at least. */
export function retryAfter(ms: number): Record<string, string> {
  return { 'retry-after': String(Math.max(1, Math.ceil(ms / 1_000))) }
}

/** Makes the answer to a request that is refused, in the form of RFC 6749, section 5.2. */
export function refusal(
  status: number,
  error: string,
  description: string,
  headers: Record<string, string>,
): Response {
  return json(status, JSON.stringify({ error, error_description: description }), headers)
}

/** Makes an answer of JSON that nobody may store. */
export function json(status: number, body: string, headers: Record<string, string>): Response {
  return new Response(body, {
    status,
    headers: { ...headers, 'cache-control': 'no-store', 'content-type': 'application/json' },
  })
}

function corsHeaders(origin: string, allowed: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': allowed,
    'access-control-expose-headers': 'Retry-After',
    'access-control-max-age': '7200',
    'cache-control': 'no-store',
    vary: 'Origin',
  }
}
