import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../examples/local-trello/local-trello'
import type { Frame } from './support/driver'
import { inEachEngine } from './support/engines'
import { answerConsent, openStage, type Stage, second, signIn } from './support/stage'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

const ONE_CALL = 'client.api.get("/1/members/me")'
const TEN_CALLS = 'Promise.all(Array.from({ length: 10 }, () => client.api.get("/1/members/me")))'

inEachEngine(
  'the token endpoint',
  (_engine, browser) => {
    beforeEach(() => {
      stage.trello.switches.reset()
      stage.trello.log.clear()
    })

    describe('asked by the frame itself', () => {
      let frame: Frame

      it('an endpoint with CORS headers answers the frame', async () => {
        const { frames } = await stage.openBoard(browser())
        frame = frames[0] as Frame
        expect(await signIn(browser(), frame)).toBe('authorized')
        stage.trello.expireAccessTokens()
        await frame.evaluate(TEN_CALLS)
        expect(stage.trello.log.tokenRequests.map(({ grantType, origin }) => [grantType, origin])).toEqual([
          ['authorization_code', stage.trello.origins.powerUp],
          ['refresh_token', stage.trello.origins.powerUp],
        ])
      })

      it('an endpoint without CORS headers is unreadable, and the error names the other ways', async () => {
        stage.trello.expireAccessTokens()
        stage.trello.switches.set({ cors: 'none' })
        const [{ failure }] = await frame.evaluate<[{ failure: object }]>(`clock.finish([${ONE_CALL}])`)
        expect(failure).toMatchObject({
          code: 'tokenEndpointUnreadable',
          retryable: true,
          message: expect.stringMatching(/powerup-oauth\/token-proxy.+trelloHostTokenEndpoint/),
        })
        expect(await frame.evaluate('client.state.status')).toBe('authorized')
      })

      it('an endpoint without CORS headers is the cause of a failed exchange', async () => {
        stage.trello.switches.set({ cors: 'none' })
        const { frames } = await stage.openBoard(browser(), { member: second(stage.trello.members) })
        const other = frames[0] as Frame
        expect(await signIn(browser(), other, 'accept', 2)).toBe('exchangeFailed')
        expect(await other.evaluate('errors.at(-1).cause.code')).toBe('tokenEndpointUnreadable')
      })
    })

    describe('asked by a backend', () => {
      let backend: Backend
      let frame: Frame

      beforeAll(async () => {
        const { confidentialClient, origins } = stage.trello
        backend = await startBackend({
          CLIENT_ID: confidentialClient.id,
          CLIENT_SECRET: confidentialClient.secret,
          REDIRECT_URI: `${origins.powerUp}/callback.html`,
          TOKEN_ENDPOINT: stage.trello.tokenEndpoint,
        })
      })
      afterAll(() => backend.stop())

      it('the proxy gets tokens for a client with a secret, with no CORS at the token endpoint', async () => {
        stage.trello.switches.set({ cors: 'none' })
        const { confidentialClient } = stage.trello
        const options = { clientId: confidentialClient.id, tokenEndpoint: backend.url }
        const { frames } = await stage.openBoard(browser(), { options })
        frame = frames[0] as Frame
        expect(await signIn(browser(), frame)).toBe('authorized')
        stage.trello.expireAccessTokens()
        await frame.evaluate(TEN_CALLS)
        expect(
          stage.trello.log.tokenRequests.map(({ grantType, origin, outcome }) => [
            grantType,
            origin,
            outcome,
          ]),
        ).toEqual([
          ['authorization_code', '', 'success'],
          ['refresh_token', '', 'success'],
        ])
      })

      it('the frame reads a wait and a verdict through the proxy', async () => {
        stage.trello.expireAccessTokens()
        stage.trello.switches.set({ cors: 'none', tokenEndpoint: '429RetryAfter', retryAfterS: 1 })
        expect(await frame.evaluate(`settled([${ONE_CALL}])`)).toMatchObject([
          { failure: { code: 'tokenEndpointUnavailable', status: 429, retryAfterMs: 1_000 } },
        ])
        stage.trello.revokeGrants({ clientId: stage.trello.confidentialClient.id })
        stage.trello.switches.set({ tokenEndpoint: 'ok' })
        await frame.evaluate('clock.jump(1_000)')
        expect(await frame.evaluate(`settled([${ONE_CALL}])`)).toMatchObject([
          { failure: { code: 'tokenExpired' } },
        ])
      })

      it('the frame is rejected without the proxy, for a client with a secret', async () => {
        const options = { clientId: stage.trello.confidentialClient.id }
        const { frames } = await stage.openBoard(browser(), { options })
        const direct = frames[0] as Frame
        expect(await signIn(browser(), direct)).toBe('exchangeFailed')
        expect(await direct.evaluate('errors.at(-1).cause.code')).toBe('clientRejected')
      })
    })

    describe('asked by the Trello page', () => {
      let trello: LocalTrello
      let connector: Frame
      let section: Frame

      beforeAll(async () => {
        trello = await startLocalTrello({
          port: 0,
          quiet: true,
          fixturesDirectory: directory('fixtures'),
          powerUpDirectory: directory('fixtures/host-power-up'),
        })
        const board = await browser().openTab(trello.boardUrl({ openCard: true }))
        connector = board.frame('iframe[data-frame="connector"]')
        section = board.frame('iframe[data-frame="section"]')
        for (const frame of [connector, section]) {
          await frame.waitFor('window.client?.state.status === "notAuthorized"')
        }
      })
      afterAll(() => trello.close())
      beforeEach(async () => {
        trello.switches.reset()
        // Trello's server asks: what pages may read plays no part.
        trello.switches.set({ cors: 'none' })
        trello.log.clear()
        // A path forces two refreshes in ten minutes at most.
        for (const frame of [connector, section]) await frame.evaluate('clock.jump(660_000)')
      })

      async function connect(): Promise<void> {
        const window = await browser().popupOf(() => section.click('#connect'))
        await answerConsent(window)
        await section.waitFor('client.state.status === "authorized"')
      }

      const storedTokenSets = () =>
        section.evaluate<object[]>(
          'storage.entries().then((entries) => entries.map(([, { record }]) => record.tokenSet))',
        )

      it('a grant through the Trello page never shows its refresh token to a frame', async () => {
        await connect()
        expect(await storedTokenSets()).toEqual([
          { accessToken: expect.any(String), obtainedAt: expect.any(Number), expiresAt: expect.any(Number) },
        ])
        expect(trello.log.tokenRequests).toMatchObject([{ grantType: 'authorization_code', origin: '' }])
        await connector.waitFor('client.state.status === "authorized"')
      })

      it.each(['kept', 'given'] as const)(
        'the Trello page is asked once for two frames with ten calls each, and the refresh token is %s',
        async (hostRefreshToken) => {
          trello.switches.set({ hostRefreshToken })
          trello.expireAccessTokens()
          await Promise.all([section.evaluate(TEN_CALLS), connector.evaluate(TEN_CALLS)])
          expect(trello.log.tokenRequests).toMatchObject([{ grantType: 'refresh_token', outcome: 'success' }])
          expect((await storedTokenSets())[0]).not.toHaveProperty('refreshToken')
        },
      )

      it('a refusal for a board that is not shown any more loses nothing, and the next call may succeed at once', async () => {
        trello.switches.set({ hostContext: 'InvalidContext' })
        trello.expireAccessTokens()
        const call = 'failureOf(client.api.get("/1/members/me"))'
        expect(await section.evaluate(call)).toMatchObject({
          code: 'tokenEndpointUnavailable',
          retryable: true,
          message: expect.stringContaining('InvalidContext'),
        })
        expect(await section.evaluate('client.state.status')).toBe('authorized')
        trello.switches.set({ hostContext: 'live' })
        expect(await connector.evaluate(call)).toBe('none')
        expect(trello.log.tokenRequests).toHaveLength(1)
      })

      it('the Trello page is asked for nothing after a sign-out, though it keeps its tokens', async () => {
        await section.evaluate('client.signOut()')
        await connector.waitFor('client.state.status === "notAuthorized"')
        expect(await connector.evaluate('failureOf(client.getAccessToken())')).toMatchObject({
          code: 'notAuthorized',
        })
        expect(trello.log.tokenRequests).toEqual([])
        expect(await section.evaluate('t.refreshTokens().then(Object.keys)')).toContain('access_token')
      })

      it('the Trello page gives the verdict', async () => {
        await connect()
        trello.revokeGrants()
        expect(await section.evaluate('failureOf(client.api.get("/1/members/me"))')).toMatchObject({
          code: 'tokenExpired',
        })
        await connector.waitFor('client.state.status === "tokenExpired"')
        expect(await section.evaluate('client.state.reason')).toBe('revoked')
      })
    })
  },
  ['chromium'],
)

interface Backend {
  url: string
  stop(): void
}

/** `examples/token-proxy/server.js`, in a process of its own. */
async function startBackend(environment: Record<string, string>): Promise<Backend> {
  const child: ChildProcess = spawn(process.execPath, [directory('../../examples/token-proxy/server.js')], {
    env: { ...process.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout === null) throw new Error('The backend has no output')
  const [line] = await once(child.stdout, 'data')
  const port = /port (\d+)/.exec(String(line))?.[1]
  return { url: `http://backend.localhost:${port}/`, stop: () => child.kill() }
}

function directory(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}
