import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** A server that listens already and answers once it was told who answers for which host name. */
export interface OnePort {
  port: number
  /**
   * @param onRequest - hears of every request, before anybody answers it
   * @param upgrades - who takes the connections that are no HTTP any more, by host name
   */
  dispatch(
    handlers: Record<string, Handler>,
    onRequest: (request: IncomingMessage) => void,
    upgrades?: Record<string, UpgradeHandler>,
  ): void
  close(): Promise<void>
}

/**
 * Listens on the loopback interface only.
 * @param port - 0 takes any free one; a taken port means the next one.
 */
export async function openOnePort(port: number, onTaken: (port: number) => void): Promise<OnePort> {
  let handlers: Record<string, Handler> = {}
  let takeUpgrades: Record<string, UpgradeHandler> = {}
  let hear: (request: IncomingMessage) => void = () => {}
  const upgraded = new Set<Duplex>()
  const server = createServer((request, response) => {
    hear(request)
    if (request.url === '/favicon.ico') {
      response.writeHead(204).end()
      return
    }
    const hostname = hostnameOf(request)
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
  server.on('upgrade', (request, socket, head) => {
    const take = takeUpgrades[hostnameOf(request)]
    if (take === undefined) {
      socket.destroy()
      return
    }
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    take(request, socket, head)
  })
  await listen(server, port, onTaken)
  return {
    port: (server.address() as AddressInfo).port,
    dispatch(given, onRequest, upgrades = {}) {
      handlers = given
      hear = onRequest
      takeUpgrades = upgrades
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        // These are no connections of HTTP any more, and would keep it open.
        for (const socket of upgraded) socket.destroy()
      }),
  }
}

function hostnameOf({ headers: { host = '' } }: IncomingMessage): string {
  return host.replace(/:\d+$/, '')
}

async function listen(server: Server, port: number, onTaken: (port: number) => void): Promise<void> {
  for (let candidate = port; ; candidate++) {
    const error = (await isAnswered(candidate)) ? taken : await tryPort(server, candidate)
    if (error === undefined) return
    if (error.code !== 'EADDRINUSE' || candidate >= port + 100) throw error
    onTaken(candidate)
  }
}

const taken: NodeJS.ErrnoException = Object.assign(new Error('The port is taken.'), { code: 'EADDRINUSE' })

/**
 * Tells a port that somebody answers at on `::1`, where a development server on `localhost` may be. Browsers look for
 * `trello.localhost` there first, and would show that server.
 */
function isAnswered(port: number): Promise<boolean> {
  if (port === 0) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect({ host: '::1', port }, () => settle(true))
    const settle = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('error', () => settle(false))
  })
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
