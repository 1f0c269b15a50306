// @vitest-environment node
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http, passthrough } from 'msw'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import { server } from '../../support/network'
import { type Answer, type Asked, ask } from './support/http'

let development: Server
let answer: RequestListener
let trello: LocalTrello

beforeEach(async () => {
  server.use(http.all('http://*', () => passthrough()))
  answer = (_request, response) => response.end('ok')
  development = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => development.listen(0, '127.0.0.1', resolve))
  const { port } = development.address() as AddressInfo
  trello = await startLocalTrello({ port: 0, quiet: true, powerUpUrl: `http://127.0.0.1:${port}/` })
})
afterEach(async () => {
  await trello.close()
  development.closeAllConnections()
  development.close()
})

function get(path: string, asked: Asked = {}): Promise<Answer> {
  return ask(trello, trello.origins.powerUp + path, asked)
}

describe('the development server of a Power-Up', () => {
  it('says itself what it has not got, as the backend of a Power-Up does', async () => {
    answer = (_request, response) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"no such member"}')
    }
    const { status, headers, json } = await get('/api/members/1', { method: 'POST', body: '{}' })
    expect([status, headers['content-type'], json]).toEqual([
      404,
      'application/json',
      { error: 'no such member' },
    ])
  })

  it('gets a notice in the place of a callback page that it has not got', async () => {
    answer = (_request, response) => response.writeHead(404).end('none')
    const { status, text } = await get('/callback.html?code=1')
    expect([status, text.includes('powerup-oauth-callback.js')]).toEqual([404, true])
  })

  it.each(['text/html', 'text/javascript', 'application/json'])(
    'may die in the middle of an answer of %s, and be there again',
    async (type) => {
      answer = ({ socket }, response) => {
        response.writeHead(200, { 'content-type': type, 'content-length': 1000 })
        response.write('<p>', () => socket.destroy())
      }
      await expect(get('/index.html')).rejects.toThrow()
      answer = (_request, response) => response.end('ok')
      expect((await get('/index.html')).text).toBe('ok')
    },
  )
})
