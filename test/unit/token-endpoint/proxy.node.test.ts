// @vitest-environment node
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listenerOf } from '../../../examples/token-proxy/listener.js'
import { createTokenProxy } from '../../../src/token-endpoint/proxy'
import { settle } from '../support/clock'
import { later } from '../support/token-endpoint'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function portOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** The proxy under Node's `http`, and what it has sent on. */
async function proxyUnderNode() {
  const sent: { url: string; init: RequestInit }[] = []
  const answer = later<Response>()
  const proxy = createTokenProxy({
    clientId: 'client-1',
    redirectUri: 'https://power-up.example/callback.html',
    allowedOrigins: ['https://power-up.example'],
    fetch: (url, init) => {
      sent.push({ url, init })
      return answer.promise
    },
  })
  const outcomes: Response[] = []
  const noting = async (request: Request) => {
    const response = await proxy(request)
    outcomes.push(response)
    return response
  }
  return { port: await portOf(listenerOf(noting)), sent, answer, outcomes }
}

/** What a bare socket is told for these bytes. */
function exchange(port: number) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  socket.on('error', () => undefined)
  return { socket, heard: () => text }
}

const form = 'grant_type=refresh_token&refresh_token=refresh-1'
const head = (...lines: string[]) =>
  ['POST /token HTTP/1.1', 'host: proxy', 'origin: https://power-up.example', ...lines, '', ''].join('\r\n')

describe("the proxy under Node's http", () => {
  it('passes on and answers', async () => {
    const { port, sent, answer } = await proxyUnderNode()
    answer.resolve(Response.json({ access_token: 'access-2' }))
    const { socket, heard } = exchange(port)
    socket.write(head(`content-length: ${form.length}`) + form)
    await vi.waitFor(() => expect(heard()).toMatch(/HTTP\/1\.1 200 .+\{"access_token":"access-2"\}/s))
    expect(heard()).toMatch(/access-control-allow-origin: https:\/\/power-up\.example/i)
    expect(sent.map(({ init }) => init.body)).toEqual([`${form}&client_id=client-1`])
  })

  it('says that a streamed body is too large, while it is still coming', async () => {
    const { port, sent } = await proxyUnderNode()
    const { socket, heard } = exchange(port)
    socket.write(head('transfer-encoding: chunked'))
    for (let part = 0; part < 20; part++) socket.write(`1000\r\n${'a'.repeat(0x1000)}\r\n`)
    await vi.waitFor(() => expect(heard()).toMatch(/HTTP\/1\.1 413 /))
    expect(sent).toEqual([])
  })

  it('sends nothing on for a caller that breaks off', async () => {
    const { port, sent, outcomes } = await proxyUnderNode()
    const { socket } = exchange(port)
    socket.write(head('content-length: 5000') + form, () => socket.destroy())
    await vi.waitFor(() => expect(outcomes.map(({ status }) => status)).toEqual([400]))
    expect(sent).toEqual([])
  })

  it('lets what it has sent on run to its end for a caller that is gone', async () => {
    const { port, sent, answer, outcomes } = await proxyUnderNode()
    const { socket } = exchange(port)
    socket.write(head(`content-length: ${form.length}`) + form)
    await vi.waitFor(() => expect(sent).toHaveLength(1))
    socket.destroy()
    await settle()
    answer.resolve(Response.json({ access_token: 'access-2' }))
    await vi.waitFor(() => expect(outcomes.map(({ status }) => status)).toEqual([200]))
  })
})
