import { request as askHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as askHttps } from 'node:https'
import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { connect as connectTls } from 'node:tls'
import { type LocalOrigins, rewritePage, rewritePolicy, rewriteScript, rewriteTags } from './page-rewrite'

/** A Power-Up that another server has: a development server, or a host on the internet. */
export interface PowerUpProxy {
  /** Hands a request on and sends the answer; false where that server has no callback page. */
  send(request: IncomingMessage, response: ServerResponse, page: ProxiedPage): Promise<boolean>
  /** Hands a connection on that is no HTTP any more, as the one that reloads pages after a change. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface ProxiedPage {
  /** For pages, beside those of the other server. */
  headers: Record<string, string>
  isCallback: boolean
}

/** @param target - the origin of that server */
export function createPowerUpProxy(target: URL, origins: LocalOrigins & { powerUp: string }): PowerUpProxy {
  const isTls = target.protocol === 'https:'
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.+\.localhost)$/.test(target.hostname)
  // A development server signs for itself.
  const rejectUnauthorized = !isHere

  function headersFor({ headers }: IncomingMessage): Record<string, string | string[] | undefined> {
    const origin = headers.origin === origins.powerUp ? target.origin : headers.origin
    return {
      ...headers,
      host: target.host,
      'accept-encoding': 'identity',
      ...(origin !== undefined && { origin }),
    }
  }

  return {
    send: (request, response, page) =>
      new Promise((resolve) => {
        const options = { method: request.method, headers: headersFor(request), rejectUnauthorized }
        const ask = isTls ? askHttps : askHttp
        const asked = ask(new URL(request.url ?? '/', target), options, (answer) => {
          if (answer.statusCode === 404 && page.isCallback) {
            answer.resume()
            resolve(false)
            return
          }
          // A development server that is started anew breaks off in the middle: so does this answer.
          void pass(answer, response, page)
            .catch(() => response.destroy())
            .then(() => resolve(true))
        })
        asked.on('error', ({ message }) => {
          response.writeHead(502, { 'content-type': 'text/plain;charset=utf-8' })
          response.end(`${target.origin} does not answer: ${message}. Is it running?`)
          resolve(true)
        })
        request.pipe(asked)
      }),
    upgrade(request, socket, head) {
      const port = Number(target.port || (isTls ? 443 : 80))
      const host = target.hostname.replace(/^\[|\]$/g, '')
      const other = isTls ? connectTls({ host, port, rejectUnauthorized }) : connectTcp({ host, port })
      other.once(isTls ? 'secureConnect' : 'connect', () => {
        const lines = Object.entries(headersFor(request)).map(([name, value]) => `${name}: ${value}`)
        other.write([`GET ${request.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
        other.write(head)
        socket.pipe(other).pipe(socket)
      })
      for (const each of [socket, other]) {
        each.on('error', () => {
          socket.destroy()
          other.destroy()
        })
      }
    },
  }

  async function pass(
    answer: IncomingMessage,
    response: ServerResponse,
    { headers, isCallback }: ProxiedPage,
  ): Promise<void> {
    const type = String(answer.headers['content-type'] ?? '')
    const isPage = type.includes('html')
    const rewriteHtml = isCallback ? rewriteTags : rewritePage
    const rewrite = isPage ? rewriteHtml : type.includes('javascript') ? rewriteScript : undefined
    const kept: Record<string, string | string[] | undefined> = { ...answer.headers, ...(isPage && headers) }
    const policy = answer.headers['content-security-policy']
    if (policy !== undefined) kept['content-security-policy'] = rewritePolicy(String(policy), origins)
    const { location } = answer.headers
    if (location !== undefined) kept.location = location.replace(target.origin, origins.powerUp)
    if (rewrite === undefined) {
      response.writeHead(answer.statusCode ?? 502, kept)
      await pipeline(answer, response)
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(chunk)
    delete kept['content-length']
    delete kept['transfer-encoding']
    delete kept.etag
    response.writeHead(answer.statusCode ?? 502, kept)
    response.end(rewrite(Buffer.concat(chunks).toString(), origins))
  }
}
