import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a page of this very origin sent; `undefined` where it was refused, which is answered already. */
export async function readJson<T>(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<T | undefined> {
  // A page of another origin can't send this type without a preflight, and gets no permission from one.
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    sendJson(response, 415, { error: 'Send JSON, with the content type application/json.' })
    return undefined
  }
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch (error) {
    sendJson(response, 400, { error: String(error) })
    return undefined
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json;charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify(body))
}
