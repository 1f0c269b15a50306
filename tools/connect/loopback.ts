import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { parseUrl } from '../../src/base/url'

/** The page on this machine that the consent comes back to. */
export interface Loopback {
  /**
   * Resolves with the query of the first request for the callback that `isOurs` takes, and with the function that answers it.
   */
  response(isOurs: (parameters: URLSearchParams) => boolean): Promise<LoopbackResponse>
  /** Stops listening. */
  close(): void
}

/** One redirect that came back. */
export interface LoopbackResponse {
  /** The query, without the question mark. */
  parameters: string
  /** Shows a sentence to the person. */
  say(sentence: string): void
}

/** Listens at a callback URL, on the loopback interface only. Rejects where the port is taken. */
export async function listenAt(callback: URL): Promise<Loopback> {
  const server = createServer()
  const host = callback.hostname === '[::1]' ? '::1' : '127.0.0.1'
  server.listen(Number(callback.port), host)
  await once(server, 'listening')
  return {
    response: (isOurs) =>
      new Promise((resolve) => {
        server.on('request', (request, response) => {
          // A page elsewhere may send a browser here, under a name of its own.
          const isHere = request.headers.host === callback.host
          const url = parseUrl(`${callback.origin}${request.url}`)
          if (!isHere || request.method !== 'GET' || url?.pathname !== callback.pathname) {
            return show(response, 404, 'There is nothing here.')
          }
          if (!isOurs(url.searchParams))
            return show(response, 400, 'This is not the sign-in that is waited for.')
          resolve({
            parameters: url.search.slice(1),
            say: (sentence) => show(response, 200, sentence),
          })
        })
      }),
    close: () => {
      server.close()
      server.closeIdleConnections()
    },
  }
}

function show(response: ServerResponse, status: number, sentence: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'",
      connection: 'close',
    })
    .end(`${sentence}\n`)
}
