import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A server that listens already and answers once it was told who answers for which host name. */
export interface OnePort {
  port: number
  /** @param onRequest - hears of every request, before anybody answers it */
  dispatch(handlers: Record<string, Handler>, onRequest: (request: IncomingMessage) => void): void
  close(): Promise<void>
}

/**
 * Listens on the loopback interface only.
 * @param port - 0 takes any free one; a taken port means the next one.
 */
export async function openOnePort(port: number, onTaken: (port: number) => void): Promise<OnePort> {
  let handlers: Record<string, Handler> = {}
  let hear: (request: IncomingMessage) => void = () => {}
  const server = createServer((request, response) => {
    hear(request)
    if (request.url === '/favicon.ico') {
      response.writeHead(204).end()
      return
    }
    const hostname = (request.headers.host ?? '').replace(/:\d+$/, '')
    const handler = handlers[hostname]
    if (handler === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`Nobody lives at ${hostname}.`)
      return
    }
    handler(request, response).catch((error: unknown) => {
      console.error(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  await listen(server, port, onTaken)
  return {
    port: (server.address() as AddressInfo).port,
    dispatch(given, onRequest) {
      handlers = given
      hear = onRequest
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: Server, port: number, onTaken: (port: number) => void): Promise<void> {
  for (let candidate = port; ; candidate++) {
    const error = await tryPort(server, candidate)
    if (error === undefined) return
    if (error.code !== 'EADDRINUSE' || candidate >= port + 100) throw error
    onTaken(candidate)
  }
}

function tryPort(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', resolve)
      resolve(undefined)
    })
  })
}
