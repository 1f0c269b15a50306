import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { RATE_LIMIT_INTERVAL_MS } from '../../src/base/durations'
import type { Frame } from './support/driver'
import { inEachEngine } from './support/engines'
import { openStage, type Stage, second, signIn } from './support/stage'

type Settled<T = unknown> = { value?: T; failure?: Record<string, unknown> }

let elsewhere: { server: Server; origin: string; seen: (string | undefined)[] }
beforeAll(async () => {
  elsewhere = await serveElsewhere()
})
afterAll(() => void elsewhere.server.close())

inEachEngine('the API client', (engine, browser) => {
  // Each engine has a server of its own, which counts none of the calls of others.
  let stage: Stage
  let frame: Frame

  beforeAll(async () => {
    stage = await openStage()
    const { frames } = await stage.openBoard(browser())
    frame = frames[0] as Frame
    expect(await signIn(browser(), frame)).toBe('authorized')
  })
  afterAll(() => stage.close())

  beforeEach(async () => {
    stage.trello.switches.reset()
    // The calls of the test before are no longer in the interval of the rate limit.
    await frame.evaluate(`clock.jump(${RATE_LIMIT_INTERVAL_MS})`)
  })

  async function settle<T>(call: string): Promise<Settled<T>> {
    const [settled] = await frame.evaluate<Settled<T>[]>(`settled([${call}])`)
    return settled ?? {}
  }

  it('a redirect to another origin loses the bearer', async () => {
    elsewhere.seen.length = 0
    const to = encodeURIComponent(`${elsewhere.origin}/landed`)
    const plain = await settle(`client.fetch('/1/redirect?to=${to}').then((response) => response.text())`)
    // An engine may follow without the header, or refuse to follow at all.
    expect(plain.value === 'landed' || plain.failure?.name === 'TypeError').toBe(true)
    expect(elsewhere.seen.filter((authorization) => authorization !== undefined)).toEqual([])
    elsewhere.seen.length = 0
    const api = await settle(`client.api.get('/1/redirect?to=${to}')`)
    expect(api.failure).toMatchObject({ name: 'NetworkError', code: 'network', retryable: true })
    expect(elsewhere.seen).toEqual([])
  })

  it('each refusal of the API becomes the error that Trello means', async () => {
    const own = stage.trello.boards[0]
    const foreign = second(stage.trello.boards)
    const list = await settle<{ id: string }[]>(`client.api.get('/boards/${own.id}/lists')`)
    expect(list.failure).toBeUndefined()
    const outside = await settle(`client.api.get('/boards/${foreign.id}')`)
    expect(outside.failure).toMatchObject({
      code: 'forbiddenOutsideWorkspace',
      status: 403,
      retryable: false,
    })
    const scope = await settle(
      `client.api.post('/cards', { query: { idList: '${list.value?.[0]?.id}', name: 'x' } })`,
    )
    expect(scope.failure).toMatchObject({ code: 'missingScope', status: 401 })
    const invalid = await settle("client.api.get('/boards/no-id')")
    expect(invalid.failure).toMatchObject({ code: 'http', status: 400 })
    const unknown = await settle("client.api.get('/no/such/route')")
    expect(unknown.failure).toMatchObject({ code: 'http', status: 404 })
    stage.trello.switches.set({ api: '500', apiTimes: 1 })
    const broken = await settle("client.api.get('/members/me')")
    expect(broken.failure).toMatchObject({ code: 'http', status: 500, retryable: true })
    // For good: Chromium would repeat the request by itself.
    stage.trello.switches.set({ api: 'down', apiTimes: 0 })
    const down = await settle("client.api.post('/cards')")
    expect(down.failure).toMatchObject({ code: 'network' })
    expect(await frame.evaluate('client.state.status')).toBe('authorized')
  })

  it('a body that the engine takes for a text or not at all is sent whole, or refused before it is sent', async () => {
    stage.trello.log.clear()
    const post = (body: string) => settle(`client.api.post('/1/cards', { body: ${body} })`)
    // Firefox would send the name of the class. WebKit sends no streams, and Chromium only over HTTP/2: both say so late.
    const stream = await post(`new Blob(['x']).stream()`)
    const refused = { name: 'ConfigurationError', code: 'invalidRequest' }
    expect(stream.failure).toMatchObject(engine === 'firefox' ? refused : { name: 'NetworkError' })
    const readStream = '(async (stream) => (await new Response(stream).text(), stream))'
    const used = await settle(
      `${readStream}(new Blob(['x']).stream()).then((body) => client.api.post('/1/cards', { body }))`,
    )
    expect(used.failure).toMatchObject(refused)
    const given = await post(
      '(() => { const buffer = new ArrayBuffer(2); structuredClone(buffer, { transfer: [buffer] }); return buffer })()',
    )
    expect(given.failure).toMatchObject(refused)
    const resizable = await post(`new Uint8Array(new ArrayBuffer(2, { maxByteLength: 8 }))`)
    expect(resizable.failure).toMatchObject({ name: 'ApiError' })
  })

  it('a GET waits a rate limit out and is sent again', async () => {
    stage.trello.switches.set({ api: '429', apiTimes: 1 })
    const waited = await settle<{ id: string }>("client.api.get('/members/me')")
    expect(waited.value?.id).toBe(stage.trello.members[0].id)
    stage.trello.switches.set({ api: '429', apiTimes: 1 })
    const refused = await settle("client.api.put('/cards/5f1c2d47be09a51c63fa1ff0', { body: { name: 'x' } })")
    expect(refused.failure).toMatchObject({ code: 'rateLimited', status: 429, retryable: true })
    expect(await frame.evaluate('events.filter(({ type }) => type === "rateLimited").length')).toBe(2)
  })

  it('a bad path in a batch leaves the good ones alone', async () => {
    const { id } = stage.trello.boards[0]
    const paths = [...Array.from({ length: 12 }, () => `/boards/${id}?fields=id,name`), '/boards/no-id']
    const { value } = await settle<{ status: string; value: { id: string }; reason: unknown }[]>(
      `import('/lib/api.js').then(({ batch }) => batch(client, ${JSON.stringify(paths)}))
        .then((results) => results.map(({ reason, ...result }) => ({ ...result, reason: reason && failureOf(reason) })))`,
    )
    expect(value).toHaveLength(13)
    expect(value?.slice(0, 12).every((board) => board.status === 'fulfilled' && board.value.id === id)).toBe(
      true,
    )
    expect(value?.[12]).toMatchObject({ status: 'rejected', reason: { name: 'ApiError', status: 400 } })
  })

  it('paging through the actions of a board survives an expiry', async () => {
    const { id } = stage.trello.boards[0]
    const all = await settle<{ id: string }[]>(`client.api.get('/boards/${id}/actions?limit=1000')`)
    stage.trello.expireAccessTokens()
    const { value } = await settle<string[]>(
      `import('/lib/api.js').then(async ({ paginate }) => {
        const ids = []
        for await (const action of paginate(client, '/boards/${id}/actions', { pageSize: 2 })) ids.push(action.id)
        return ids
      })`,
    )
    expect(all.value?.length).toBeGreaterThan(2)
    expect(value).toEqual(all.value?.map((action) => action.id))
  })

  // The last one, because it uses up an interval of the rate limit, here and at the server, which others would wait for.
  // A thousand in one engine show what a hundred show in the others.
  const callCount = engine === 'chromium' ? 1_000 : 100
  it(`${callCount} calls across an expiry cost one refresh`, async () => {
    stage.trello.log.clear()
    const length = callCount / 2
    // Chromium makes calls for the same address wait for each other's place in its cache.
    const call = `client.fetch('/1/members/me?fields=id', { cache: 'no-store' }).then(({ status }) => status)`
    const calls = `Array.from({ length: ${length} }, () => ${call})`
    const before = frame.evaluate<Settled[]>(`settled(${calls})`)
    await frame.waitFor('client.state.status === "authorized"')
    stage.trello.expireAccessTokens()
    const after = frame.evaluate<Settled[]>(`settled(${calls})`)
    const results = [...(await before), ...(await after)]
    expect(results.map(({ value }) => value)).toEqual(Array(callCount).fill(200))
    expect(stage.trello.log.tokenRequests).toHaveLength(1)
  })
})

/** A host that is none of the listed ones, which allows everything and notes who brings a bearer. */
async function serveElsewhere(): Promise<typeof elsewhere> {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    if (request.method !== 'OPTIONS') seen.push(request.headers.authorization)
    response.writeHead(200, {
      'content-type': 'text/plain',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, accept, content-type',
    })
    response.end('landed')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, seen, origin: `http://elsewhere.localhost:${port}` }
}
