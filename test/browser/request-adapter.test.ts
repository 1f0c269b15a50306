import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Frame } from './support/driver'
import { inEachEngine } from './support/engines'
import { openStage, type Stage, signIn } from './support/stage'

const APP_KEY = 'app-key-1'
const keyed = `key=${APP_KEY}&token=old-token`

const scopes = ['read:board:trello', 'write:board:trello', 'read:member:trello']

interface Heard {
  heard: string[]
  status: number
  readyState: number
  response: unknown
  timeout: number
}

let stage: Stage
let server: EchoServer
beforeAll(async () => {
  stage = await openStage()
  server = await serveEcho()
})
afterAll(async () => {
  server.close()
  await stage.close()
})

inEachEngine('the request adapter', (_engine, browser) => {
  let frame: Frame

  beforeAll(async () => {
    stage.trello.switches.reset()
    const { frames } = await stage.openBoard(browser(), { options: { scopes, apiOrigins: apiOrigins() } })
    frame = frames[0] as Frame
    expect(await signIn(browser(), frame)).toBe('authorized')
    await frame.evaluate(installation({ appKey: APP_KEY, apiOrigins: apiOrigins() }))
  })

  beforeEach(() => {
    stage.trello.switches.reset()
    stage.trello.log.clear()
    server.received.length = 0
  })

  function apiOrigins(): string[] {
    return [stage.trello.origins.api, server.origin]
  }

  const hear = (request: object) => frame.evaluate<Heard>(`requests.hear(${JSON.stringify(request)})`)

  /** With the key through the adapter, and natively with a Bearer header of the test's own: all must be alike. */
  async function pair(url: string, request: object): Promise<{ adapted: Heard; native: Heard }> {
    const native = await hearNatively(`${url}?a=b`, request)
    const adapted = await hear({ ...request, url: `${url}?${keyed}&a=b` })
    return { adapted, native }
  }

  describe('an adapted XMLHttpRequest', () => {
    it.each<[string, string, object]>([
      ['an answer', '/1/echo', {}],
      ['an answer to early listeners', '/1/echo', { early: true }],
      ['an upload with its progress', '/1/echo', { method: 'POST', body: 'x'.repeat(100_000), upload: true }],
      ['another status', '/1/status/404', {}],
      ['an answer as JSON', '/1/echo', { responseType: 'json' }],
      ['an answer as a Blob', '/1/echo', { responseType: 'blob' }],
      ['an answer as bytes', '/1/echo', { responseType: 'arraybuffer' }],
      ['a request that was opened twice', '/1/echo', { method: 'PUT', openTwice: true }],
      ['a connection that is cut', '/1/cut', {}],
      ['a cut upload', '/1/cut', { method: 'POST', body: 'x', upload: true }],
      ['a time that is over', '/1/slow', { timeout: 100 }],
      ['an abort at the headers', '/1/slow-body', { abortOn: 'readystatechange 2' }],
      ['an abort at the start', '/1/slow', { abortOn: 'loadstart 1' }],
    ])('a page hears the same of %s as from the browser', async (_what, path, request) => {
      const { adapted, native } = await pair(server.origin + path, request)
      const compared = path === '/1/cut' ? ended : (heard: Heard) => heard
      expect(compared(adapted)).toEqual(compared(native))
      expect(native.heard.length).toBeGreaterThan(3)
    })

    it.each<[string, object]>([
      ['without a body', {}],
      ['with one', { method: 'POST', body: 'x', upload: true }],
    ])('an abort before the token is there ends like any other: %s', async (_what, request) => {
      const native = await hearNatively(`${server.origin}/1/slow?native`, { ...request, abortOn: 'send' })
      const adapted = await hear({ ...request, abortOn: 'send', url: `${server.origin}/1/slow?${keyed}` })
      expect(adapted).toEqual(native)
      expect(adaptedOnes()).toEqual([])
    })

    it('the wait for a token counts into the time that the page allows', async () => {
      await frame.evaluate('slowTokens(2000)')
      const native = await hearNatively(`${server.origin}/1/slow?native`, { timeout: 100 })
      const adapted = await hear({ url: `${server.origin}/1/slow?${keyed}`, timeout: 100 })
      await frame.evaluate('slowTokens(0)')
      expect(adapted).toEqual(native)
      // On a busy machine not even the native one comes as far as the server.
      expect(adaptedOnes()).toEqual([])
    })

    it('a request with a grant and no token available ends without an answer', async () => {
      const request = { method: 'POST', body: 'x', upload: true }
      const native = await hearNatively(`${server.origin}/1/cut`, request)
      await frame.evaluate('slowTokens(0, true)')
      const adapted = await hear({ ...request, url: `${server.origin}/1/echo?${keyed}` })
      await frame.evaluate('slowTokens(0)')
      expect(ended(adapted)).toEqual(ended(native))
      expect(server.received.filter(({ url }) => url.includes('echo'))).toEqual([])
    })

    it('headers keep their order, and those of the browser stay', async () => {
      const headers = [
        ['X-Other', '1'],
        ['Content-Type', 'application/json'],
        ['Accept', 'text/plain'],
        ['X-Other', '2'],
        ['Authorization', `OAuth oauth_consumer_key="${APP_KEY}", oauth_token="old"`],
      ]
      const url = `${server.origin}/1/echo?${keyed}`
      await hear({ method: 'POST', url, headers, body: JSON.stringify({ name: 'A', token: 'old' }) })
      const { url: path, headers: sent, body } = server.last()
      expect({ path, body }).toEqual({ path: '/1/echo', body: '{"name":"A"}' })
      expect(sent).toMatchObject({
        'x-other': '1, 2',
        'content-type': 'application/json',
        accept: 'text/plain',
      })
      expect(sent.authorization).toMatch(/^Bearer /)
    })

    it('a FormData is sent without the old credentials', async () => {
      const form = `() => { const form = new FormData(); form.append('key', '${APP_KEY}'); form.append('token', 'old'); form.append('name', 'A'); form.append('file', new File(['content'], 'a.txt')); return form }`
      await frame.evaluate(
        `requests.hear({ method: 'POST', url: '${server.origin}/1/echo', headers: [['Content-Type', 'multipart/form-data; boundary=x']], body: ${form} })`,
      )
      const { headers, body } = server.last()
      const boundary = /boundary=(.*)$/.exec(String(headers['content-type']))?.[1] ?? 'none'
      expect(body.split(`--${boundary}`)).toHaveLength(4)
      expect(body).toContain('filename="a.txt"')
      expect(body).not.toMatch(/app-key-1|old/)
    })

    it('a synchronous request, or one with the token in its path, is refused', async () => {
      const url = `${server.origin}/1/echo?${keyed}`
      const synchronous = await frame.evaluate(`requests.thrownBySend({ url: '${url}', isAsync: false })`)
      expect(synchronous).toMatchObject({ name: 'ConfigurationError', code: 'invalidRequest' })
      const inPath = `${server.origin}/1/tokens/old-token/webhooks?${keyed}`
      const error = await frame.evaluate<{ message: string }>(`requests.thrownBySend({ url: '${inPath}' })`)
      expect(error.message).toContain('POST /1/webhooks')
      expect(error.message).not.toContain('old-token')
      expect(server.received).toEqual([])
    })

    it('a request under way refuses what the browser refuses', async () => {
      const url = `${server.origin}/1/echo?${keyed}`
      expect(await frame.evaluate(`requests.misuse('${url}')`)).toEqual({
        sendTwice: 'InvalidStateError',
        headerAfterSend: 'InvalidStateError',
        sendUnopened: 'InvalidStateError',
        again: 200,
      })
    })
  })

  describe('a token that Trello refuses', () => {
    const me = () => `${stage.trello.origins.api}/1/members/me`

    it.each([false, true])(
      'the page hears only the second answer, with listeners that capture: %s',
      async (capture) => {
        const { native } = await pair(me(), { capture })
        stage.trello.expireAccessTokens()
        stage.trello.log.clear()
        const adapted = await hear({ url: `${me()}?${keyed}&a=b`, capture })
        expect(adapted).toEqual(native)
        expect(stage.trello.log.tokenRequests).toHaveLength(1)
      },
    )

    it.each([false, true])('an upload is told once, to listeners that capture: %s', async (capture) => {
      const url = `${stage.trello.origins.api}/1/cards/${await cardOf(frame)}/actions/comments`
      const headers = [['Content-Type', 'application/x-www-form-urlencoded']]
      const request = { method: 'POST', body: `text=${'x'.repeat(1_000)}`, upload: true, capture }
      const native = await hearNatively(url, request, headers)
      stage.trello.expireAccessTokens()
      stage.trello.log.clear()
      const adapted = await hear({ ...request, url: `${url}?${keyed}`, headers })
      expect(adapted.heard).toEqual(native.heard)
      expect([native.status, adapted.status]).toEqual([200, 200])
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    it('a refusal that is not about the token brings no second attempt', async () => {
      stage.trello.switches.set({
        api: 'always401',
        always401Text: 'unauthorized permission requested',
        apiTimes: 1,
      })
      const native = await hearNatively(me(), {})
      stage.trello.switches.set({
        api: 'always401',
        always401Text: 'unauthorized permission requested',
        apiTimes: 1,
      })
      stage.trello.log.clear()
      const adapted = await hear({ url: `${me()}?${keyed}` })
      expect(adapted).toEqual(native)
      expect(adapted.status).toBe(401)
      expect(stage.trello.log.tokenRequests).toEqual([])
    })

    it.each([
      ['by fetch', (url: string) => `fetch('${url}').then(({ status }) => status)`],
      ['by XMLHttpRequest', (url: string) => `requests.hear({ url: '${url}' }).then(({ status }) => status)`],
    ])('many requests at once cost one refresh, %s', async (_how, call) => {
      stage.trello.expireAccessTokens()
      const url = `${me()}?${keyed}`
      const calls = Array.from({ length: 8 }, () => call(url)).join()
      expect(await frame.evaluate(`Promise.all([${calls}])`)).toEqual(Array(8).fill(200))
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    it('a request times out while its refusal is still being judged', async () => {
      stage.trello.expireAccessTokens()
      stage.trello.switches.set({ tokenEndpoint: 'slow', slowMs: 3_000 })
      const adapted = hear({ url: `${me()}?${keyed}`, timeout: 300 })
      expect(await adapted).toMatchObject({
        heard: ['loadstart 1', 'on loadstart 1', ...ending('timeout')],
        status: 0,
        timeout: 300,
      })
      stage.trello.switches.reset()
      expect(await hear({ url: `${me()}?${keyed}` })).toMatchObject({ status: 200 })
    })
  })

  it('an ended grant is answered with 401, by fetch and by XMLHttpRequest', async () => {
    stage.trello.revokeGrants()
    const url = `${stage.trello.origins.api}/1/members/me?${keyed}`
    expect(await frame.evaluate(`fetch('${url}').then(({ status }) => status)`)).toBe(401)
    expect(await hear({ url })).toMatchObject({ status: 401, response: 'invalid token' })
    expect(await frame.evaluate('client.state.status')).toBe('tokenExpired')
    expect(await signIn(browser(), frame)).toBe('authorized')
    expect(await hear({ url })).toMatchObject({ status: 200 })
  })

  it('every other request is sent byte for byte as by the browser', async () => {
    const other = server.origin.replace('echo', 'other')
    const requests = fc.sample(
      anyRequest([`${other}/1/echo`, `${server.origin}/2/echo`], `${server.origin}/1/echo`),
      40,
    )
    await frame.evaluate(`requests.sendAll(${JSON.stringify(requests)})`)
    expect(server.received.length).toBeGreaterThan(4 * 40 - 1)
    for (let at = 0; at < server.received.length; at += 2) {
      expect(server.received[at + 1]).toEqual(server.received[at])
    }
    expect(server.received.filter(({ headers }) => 'authorization' in headers)).toEqual([])
  })

  describe('objects and bodies of every kind', () => {
    const url = () => `${server.origin}/1/echo?${keyed}`
    const foreign = `(() => {
      const holder = document.createElement('iframe')
      document.body.append(holder)
      return holder.contentWindow
    })()`

    it('a Request and a FormData of another frame are taken for what they are', async () => {
      await frame.evaluate(`(async () => {
        const other = ${foreign}
        const form = new other.FormData()
        for (const [name, value] of [['key', '${APP_KEY}'], ['token', 'old'], ['name', 'A']]) form.append(name, value)
        await fetch('${server.origin}/1/echo', { method: 'POST', body: form })
        const headers = { 'content-type': 'application/json' }
        const body = JSON.stringify({ token: 'old', name: 'A' })
        await fetch(new other.Request('${url()}', { method: 'PUT', headers, body }))
      })()`)
      const [posted, put] = server.received
      expect([posted?.headers.authorization, put?.headers.authorization]).toEqual([
        expect.stringMatching(/^Bearer /),
        expect.stringMatching(/^Bearer /),
      ])
      expect(posted?.body).toContain('name="name"')
      expect(posted?.body).not.toMatch(/app-key-1|old/)
      expect(put).toMatchObject({ method: 'PUT', url: '/1/echo', body: '{"name":"A"}' })
    })

    it('a form that serves several requests arrives as it was at each', async () => {
      await frame.evaluate(`(async () => {
        const form = new FormData()
        const ways = [
          (body) => client.fetch('${server.origin}/1/echo', { method: 'POST', body }),
          (body) => client.api.post('${server.origin}/1/echo', { body }).catch(() => undefined),
          (body) => fetch('${url()}', { method: 'POST', body }),
          (body) => new Promise((resolve) => {
            const xhr = new XMLHttpRequest()
            xhr.onloadend = resolve
            xhr.open('POST', '${url()}')
            xhr.send(body)
          }),
        ]
        await Promise.all(ways.map((send, number) => {
          form.set('file', new File(['content ' + number], number + '.txt'))
          return send(form)
        }))
      })()`)
      const files = server.received.map(({ body }) => [
        /filename="(.*)"/.exec(body)?.[1],
        /content \d/.exec(body)?.[0],
      ])
      expect(files.sort()).toEqual([0, 1, 2, 3].map((number) => [`${number}.txt`, `content ${number}`]))
    })

    it('a text that is neither a form nor a JSON object is sent as it is', async () => {
      const list = '[{"name":"https://x/?a=1&token=abc&b=2"}]'
      const types = ['application/json', 'text/plain', undefined]
      for (const type of types) {
        const headers = type ? [['Content-Type', type]] : []
        await hear({ method: 'POST', url: url(), headers, body: list })
        const init = JSON.stringify({ method: 'POST', body: list, headers })
        await frame.evaluate(`fetch('${url()}', ${init}).then(() => undefined)`)
      }
      expect(server.received.map(({ url: path, body }) => ({ path, body }))).toEqual(
        types.flatMap(() => Array(2).fill({ path: '/1/echo', body: list })),
      )
    })

    it('a redirect of the API to another host loses the bearer', async () => {
      const target = server.origin.replace('echo', 'other')
      const redirect = `${server.origin}/1/redirect?to=${encodeURIComponent(`${target}/1/echo`)}&${keyed}`
      await hear({ url: redirect })
      await frame.evaluate(`fetch('${redirect}').then(() => undefined, () => undefined)`)
      const at = (path: string) => server.received.filter(({ url: each }) => each.startsWith(path))
      const bearers = (path: string) => at(path).filter(({ headers }) => headers.authorization)
      expect(bearers('/1/redirect')).toHaveLength(2)
      expect(at('/1/echo')).toHaveLength(2)
      expect(bearers('/1/echo')).toEqual([])
    })
  })

  describe('a page', () => {
    const fresh = async (before: string): Promise<Frame> => {
      const { frames } = await stage.openBoard(browser(), { options: { scopes, apiOrigins: apiOrigins() } })
      const [opened] = frames as [Frame]
      await opened.evaluate(`(() => {
        window.warned = []
        console.warn = (text) => warned.push(text)
        ${before}
      })()`)
      await opened.evaluate(installation({ appKey: APP_KEY, apiOrigins: apiOrigins() }))
      return opened
    }
    const statusesIn = (opened: Frame) =>
      opened.evaluate<number[]>(`Promise.all([
        fetch('${server.origin}/1/echo?${keyed}').then(({ status }) => status),
        requests.hear({ url: '${server.origin}/1/echo?${keyed}' }).then(({ status }) => status),
      ])`)

    it('a page that freezes fetch gets XMLHttpRequest adapted, and is told so', async () => {
      const freeze = "Object.defineProperty(window, 'fetch', { configurable: false, writable: false })"
      const opened = await fresh(freeze)
      expect(await statusesIn(opened)).toEqual([200, 200])
      const sorted = server.received.map(({ url }) => url).sort()
      expect(sorted).toEqual(['/1/echo', `/1/echo?${keyed}`])
      expect(await opened.evaluate('warned[0]')).toContain('keeps its fetch from being replaced')
    })

    it('a page without URL.canParse works', async () => {
      const opened = await fresh('delete URL.canParse')
      expect(await statusesIn(opened)).toEqual([200, 200])
      expect(server.received.map(({ url }) => url)).toEqual(['/1/echo', '/1/echo'])
    })

    it('a page that kept fetch from before is told of the request that went past', async () => {
      const opened = await fresh('window.kept = fetch')
      await opened.evaluate(`kept('${server.origin}/1/echo?${keyed}').then(() => undefined)`)
      await opened.waitFor('warned.length > 0')
      expect(await opened.evaluate('warned.join()')).toContain('did not go through the request adapter')
      expect(await opened.evaluate('warned.join()')).not.toContain('old-token')
    })
  })

  it('the adapter can be undone', async () => {
    await frame.evaluate('undo()')
    await hear({ url: `${server.origin}/1/echo?${keyed}` })
    await frame.evaluate(`fetch('${server.origin}/1/echo?${keyed}')`)
    expect(server.received.map(({ url }) => url)).toEqual([`/1/echo?${keyed}`, `/1/echo?${keyed}`])
  })

  /** What the server received besides the native requests of a test that marks those. */
  function adaptedOnes(): unknown[] {
    return server.received.filter(({ url }) => !url.includes('native'))
  }

  async function hearNatively(url: string, request: object, headers: string[][] = []): Promise<Heard> {
    const token = await frame.evaluate<string>('client.getAccessToken()')
    const all = [...headers, ['Authorization', `Bearer ${token}`]]
    return hear({ ...request, native: true, url, headers: all })
  }
})

/** A cut connection may have begun to take the upload. */
function ended({ heard, ...rest }: Heard): object {
  return { ...rest, heard: heard.filter((line) => !line.startsWith('upload')) }
}

function ending(type: string): string[] {
  const both = (name: string) => [`on ${name} 4`, `${name} 4`]
  return [...both('readystatechange'), `${type} 4`, `on ${type} 4`, 'loadend 4', 'on loadend 4']
}

interface AnyRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
}

/** To other addresses with or without the key; to the API with another key, or with none. */
function anyRequest(others: string[], api: string): fc.Arbitrary<AnyRequest> {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 })
  const names = fc.constantFrom('key', 'token', 'name', 'fields')
  const pairs = fc.array(fc.tuple(names, fc.oneof(text, fc.constant(APP_KEY))), { maxLength: 4 })
  const strangers = pairs.map((all) => all.filter(([name, value]) => name !== 'key' || value !== APP_KEY))
  const to = (address: string, of: typeof pairs) =>
    fc
      .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'), of, of, fc.constantFrom('json', 'form', 'text'))
      .map(([method, query, fields, kind]) => ({
        method,
        url: `${address}?${new URLSearchParams(query)}`,
        headers: kind === 'json' ? { 'Content-Type': 'application/json' } : {},
        body: method === 'GET' ? null : bodyOf(kind, fields),
      }))
  return fc.oneof(
    ...others.map((address) => to(address, pairs)),
    to(api, strangers),
  ) as fc.Arbitrary<AnyRequest>
}

function bodyOf(kind: string, fields: [string, string][]): string {
  if (kind === 'json') return JSON.stringify(Object.fromEntries(fields))
  return kind === 'form' ? String(new URLSearchParams(fields)) : fields.flat().join(' ')
}

async function cardOf(frame: Frame): Promise<string> {
  const [board] = await frame.evaluate<{ id: string }[]>("client.api.get('/members/me/boards')")
  const [card] = await frame.evaluate<{ id: string }[]>(`client.api.get('/boards/${board?.id}/cards')`)
  return card?.id ?? ''
}

/** An expression, since what transforms this file takes `import()` for its own. */
function installation(options: object): string {
  return `Promise.all([import('/fixtures/requests.js'), import('/lib/compat.js')]).then(([requests, compat]) => {
    let waitMs = 0
    let fails = false
    const wait = () => new Promise((resolve) => setTimeout(resolve, waitMs))
    const getAccessToken = () => wait().then(() => (fails ? Promise.reject(new Error('no token')) : client.getAccessToken()))
    const { readState, fetch } = client
    const slowClient = { readState, fetch, getAccessToken, get state() { return client.state } }
    const undo = compat.adaptRequests(slowClient, ${JSON.stringify(options)})
    Object.assign(window, { requests, compat, undo, slowTokens: (ms, failing = false) => ((waitMs = ms), (fails = failing)) })
  })`
}

interface Received {
  method: string
  url: string
  headers: Record<string, unknown>
  body: string
}

interface EchoServer {
  origin: string
  received: Received[]
  last(): Received
  close(): void
}

/** A server that tells what arrived, in the ways that a test needs. */
async function serveEcho(): Promise<EchoServer> {
  const received: Received[] = []
  const server: Server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-first, x-other')
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE')
    response.setHeader('access-control-max-age', '600')
    if (request.method === 'OPTIONS') return response.writeHead(204).end()
    const { method = '', url = '', headers } = request
    const body = await textOf(request)
    // WebKit says of an empty body that it is empty, or says nothing, as it likes.
    if (headers['content-length'] === '0') delete headers['content-length']
    received.push({ method, url, headers, body })
    const [, , kind, status] = new URL(url, 'http://localhost').pathname.split('/')
    if (kind === 'cut') return request.socket.destroy()
    if (kind === 'slow-body')
      response
        .writeHead(200, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' })
        .write('begun')
    if (kind === 'redirect') {
      const location = new URL(url, 'http://localhost').searchParams.get('to') ?? ''
      return response.writeHead(307, { location }).end()
    }
    if (kind === 'slow' || kind === 'slow-body') return setTimeout(() => response.end('late'), 20_000).unref()
    response.writeHead(Number(status ?? 200), { 'content-type': 'application/json' })
    return response.end(
      JSON.stringify({ method, url, body, accept: headers.accept, type: headers['content-type'] }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://echo.localhost:${port}`,
    received,
    last: () => {
      const latest = received.at(-1)
      if (latest === undefined) throw new Error('Nothing arrived.')
      return latest
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
