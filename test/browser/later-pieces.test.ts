import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Switches } from '../../examples/local-trello/local-trello'
import type { Engine } from '../../scripts/browsers'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { openScene, type Scene } from './support/scene'
import { reload } from './support/sign-in-scenario'
import { answerConsent, type FrameSetup, openStage, outcomeOf, type Stage, signIn } from './support/stage'
import { readEntry } from './support/stored-grant'
import { until } from './support/until'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

// Firefox differs from the others: it asks for a module that did not come again only after a reload.
const engines: readonly Engine[] = ['chromium', 'firefox']

inEachEngine(
  'the pieces of the library that are loaded on demand',
  (engine, browser) => {
    let board: Tab
    let scene: Scene

    beforeAll(async () => {
      board = await browser().openTab(stage.trello.boardUrl())
    })
    beforeEach(() => {
      stage.trello.switches.reset()
      return () => scene.end()
    })

    /**
     * A new frame beside one that has signed in: it finds a good grant.
     * @param setup - of both frames
     * @param laterPieces - from the start of the new one, which soon loads what a refresh needs
     */
    async function frameWithGrant(
      setup?: FrameSetup,
      laterPieces: Switches['laterPieces'] = 'served',
    ): Promise<Frame> {
      scene = await openScene(stage, browser(), setup, board)
      expect(await signIn(browser(), scene.frame)).toBe('authorized')
      stage.trello.log.clear()
      stage.trello.switches.set({ laterPieces })
      return scene.addFrame()
    }

    it('a frame that people see has what a refresh needs before the pieces go away', async () => {
      const frame = await frameWithGrant()
      await frame.evaluate('clock.advance(4_000)')
      await until('the piece is there', async () => (await loadedLater(frame)).includes('refresh-flow'))
      expect(await loadedLater(frame)).not.toContain('sign-in-flow')
      stage.trello.switches.set({ laterPieces: 'missing' })
      await frame.evaluate('clock.jump(3_600_000)')
      expect(await call(frame)).toMatchObject(answer)
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    it('a good grant and a good answer load no piece in a frame that nobody sees', async () => {
      const frame = await frameWithGrant({ broken: ['unseen'] })
      await frame.evaluate('clock.advance(60_000)')
      await until('the piece is there', async () => (await loadedLater(scene.frame)).includes('refresh-flow'))
      expect(await loadedLater(scene.frame)).toEqual(expect.arrayContaining(['sign-in-flow', 'refresh-flow']))
      await frame.evaluate('client.readState()')
      await frame.evaluate('client.getAccessToken()')
      await frame.evaluate('client.api.get("/1/members/me")')
      await frame.evaluate('client.fetch("/1/members/me").then((response) => response.json())')
      expect(stage.trello.log.apiRequests.map(({ status }) => status)).toEqual([200, 200])
      expect(await frame.evaluate('client.state')).toMatchObject({ status: 'authorized', persistent: true })
      expect(await loadedLater(frame)).toEqual([])
      // And one more where the API says no, so that this looks in the right place.
      expect(await call(frame, '/1/nothing/here')).toMatchObject({ failure: { code: 'http', status: 404 } })
      expect((await loadedLater(frame)).filter((name) => name !== 'chunk')).toEqual(['refusal'])
    })

    it('a frame that can only sign in loads the sign-in alone, and one that nobody sees loads nothing', async () => {
      scene = await openScene(stage, browser(), {}, board)
      await scene.frame.waitFor('hasChallenge')
      const loaded = await loadedLater(scene.frame)
      expect(loaded).toContain('sign-in-flow')
      expect(loaded).not.toContain('refresh-flow')
      const unseen = await scene.addFrame({ broken: ['unseen'] })
      expect(await unseen.evaluate('client.isAuthorized()')).toBe(false)
      await unseen.evaluate('clock.advance(60_000)')
      expect(await loadedLater(unseen)).toEqual([])
      expect(await readEntry(unseen)).toBeUndefined()
    })

    it('a person who has just signed in has what a refresh needs, before the pieces go away', async () => {
      // It loads nothing ahead by itself.
      scene = await openScene(stage, browser(), { broken: ['unseen'] }, board)
      const { frame } = scene
      expect(await signIn(browser(), frame)).toBe('authorized')
      await until('the piece is there', async () => (await loadedLater(frame)).includes('refresh-flow'))
      stage.trello.switches.set({ laterPieces: 'missing' })
      stage.trello.log.clear()
      await frame.evaluate('clock.jump(3_600_000)')
      expect(await call(frame)).toMatchObject(answer)
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    describe.each(waysToFail(engine))('pieces that are %s', (laterPieces) => {
      const goAway = () => stage.trello.switches.set({ laterPieces })
      const frameWithoutPieces = (setup?: FrameSetup) => frameWithGrant(setup, laterPieces)

      async function comeBack(frame: Frame): Promise<void> {
        stage.trello.switches.reset()
        if (engine === 'firefox') await reload(frame)
      }

      it('a call that needs a refresh ends in a retryable error, with nothing marked', async () => {
        const frame = await frameWithoutPieces()
        const before = await readEntry(frame)
        await frame.evaluate('clock.jump(3_600_000)')
        const { failure } = await call(frame)
        expect(failure).toMatchObject({ name: 'TokenEndpointError', code: 'notLoaded' })
        expect(failure).toMatchObject({ retryable: true, isOurs: true })
        expect(await readEntry(frame)).toEqual(before)
        expect(stage.trello.log.tokenRequests).toEqual([])
        expect(await frame.evaluate('client.readState()')).toMatchObject({ status: 'authorized' })
        await comeBack(frame)
        await frame.evaluate('clock.jump(3_600_000)')
        expect(await call(frame)).toMatchObject(answer)
        expect(stage.trello.log.tokenRequests).toHaveLength(1)
      })

      it('a call that the API refuses ends in a retryable error', async () => {
        const frame = await frameWithoutPieces()
        const before = await readEntry(frame)
        stage.trello.expireAccessTokens()
        const { failure } = await call(frame)
        expect(failure).toMatchObject({ name: 'NetworkError', retryable: true, isOurs: true })
        expect(await readEntry(frame)).toEqual(before)
        expect(stage.trello.log.tokenRequests).toEqual([])
        await comeBack(frame)
        expect(await call(frame)).toMatchObject(answer)
      })

      it('a refusal that needs the table of operations ends in a retryable error', async () => {
        const frame = await frameWithGrant()
        expect(await call(frame, '/1/nothing/here')).toMatchObject({ failure: { name: 'ApiError' } })
        goAway()
        const post = 'client.api.post("/1/cards")'
        const [refused] = await frame.evaluate<Result[]>(`settled([${post}])`)
        expect(refused?.failure).toMatchObject({ name: 'NetworkError', retryable: true, isOurs: true })
        await comeBack(frame)
        const [again] = await frame.evaluate<Result[]>(`settled([${post}])`)
        expect(again?.failure).toMatchObject({ name: 'ApiError', code: 'missingScope' })
      })

      it('a batch with an answer to be judged ends in a retryable error', async () => {
        const frame = await frameWithoutPieces()
        const batch =
          'import("/lib/api.js").then(({ batch }) => batch(client, ["/members/me", "/nothing/here"]))'
        const [result] = await frame.evaluate<Result[]>(`settled([${batch}])`)
        expect(result?.failure).toMatchObject({ name: 'NetworkError', retryable: true, isOurs: true })
      })

      it('the first click ends in a retryable error, with its window closed and nothing begun', async () => {
        goAway()
        stage.trello.log.clear()
        scene = await openScene(stage, browser(), {}, board)
        const { frame } = scene
        await scene.pressOnly()
        expect(await outcomeOf(frame, 0)).toBe('notLoaded')
        expect(await frame.evaluate('outcomes[0].error')).toMatchObject({ retryable: true, isOurs: true })
        await until('the window is gone', async () => (await scene.openWindows()).length === 0)
        expect(await readEntry(frame)).toBeUndefined()
        expect(await frame.evaluate('client.readState()')).toEqual({
          status: 'notAuthorized',
          persistent: true,
        })
        expect(stage.trello.log.authorizationRequests).toEqual([])
        await comeBack(frame)
        const nth = await frame.evaluate<number>('outcomes.length')
        await answerConsent(await scene.press())
        expect(await outcomeOf(frame, nth)).toBe('authorized')
      })

      it('a sign-out works without them', async () => {
        const revocationEndpoint = `${stage.trello.origins.auth}/oauth/revoke`
        const frame = await frameWithoutPieces({ options: { revocationEndpoint } })
        await frame.evaluate('client.signOut()')
        expect(await readEntry(frame)).toBeUndefined()
        expect(await frame.evaluate('client.readState()')).toEqual({
          status: 'notAuthorized',
          persistent: true,
        })
        await scene.frame.waitFor('client.state.status === "notAuthorized"')
        expect(stage.trello.log.revocations).toEqual([])
      })
    })
  },
  engines,
)

/** Nothing there, or a connection that breaks: our code does not look at which, so one engine will do. */
function waysToFail(engine: Engine): readonly Switches['laterPieces'][] {
  return engine === 'chromium' ? ['missing', 'cut'] : ['missing']
}

const answer = { value: { username: 'amaokafor' } }

/** What the frame has asked for of the library, besides what its first line brings: names without their hashes. */
async function loadedLater(frame: Frame): Promise<string[]> {
  const loaded = await frame.evaluate<string[]>(
    'performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)',
  )
  const atStart = importedBy('index.js')
  const later = loaded.filter((path) => path.startsWith('/lib/') && !atStart.has(basename(path)))
  return later.map((path) => basename(path, '.js').replace(/-[A-Z0-9]{8}$/, ''))
}

/** The file of the built package and all that it imports statically; dependencies as the local Trello serves them. */
function importedBy(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file)) return known
  known.add(file)
  const source = readFileSync(`dist/${file}`, 'utf8')
  for (const [, specifier = ''] of source.matchAll(/^(?:import|export|\}).*?["'](.+)["'];$/gm)) {
    if (specifier.startsWith('./')) importedBy(basename(specifier), known)
    else known.add(`${specifier}.js`)
  }
  return known
}

interface Result {
  value?: unknown
  failure?: { name: string; code: string; status?: number; retryable: boolean; isOurs: boolean }
}

async function call(frame: Frame, path = '/1/members/me'): Promise<Result> {
  const [result] = await frame.evaluate<Result[]>(`settled([client.api.get("${path}")])`)
  return result ?? {}
}
