/** Makes the headers of an answer that pages of this origin may read. Requests may have the headers in `allowed`. */
export function corsHeaders(origin: string, allowed: string): Record<string, string> {
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
