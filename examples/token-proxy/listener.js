import { Readable } from 'node:stream'

/** A handler of `Request` and `Response` as a listener of Node's `http.createServer`. */
export function listenerOf(handler) {
  return async (incoming, outgoing) => {
    try {
      const response = await handler(requestOf(incoming))
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      outgoing.end(await response.text())
    } catch (error) {
      console.error(error) // a rate limit that threw; no token is in it
      outgoing.writeHead(500).end()
    }
  }
}

function requestOf(incoming) {
  const { method, url, headers } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {}
  return new Request(new URL(url, 'http://localhost'), { method, headers, ...body })
}
