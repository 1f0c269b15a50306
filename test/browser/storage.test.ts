import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import {
  answerConsent,
  type Breakage,
  openStage,
  outcomeOf,
  removeFrames,
  type Stage,
  signIn,
} from './support/stage'
import { until } from './support/until'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

const withoutStorage = { status: 'notAuthorized', persistent: false }
const signedOut = { status: 'notAuthorized', persistent: true }
const kept = { status: 'authorized', persistent: true }
const inMemory = { status: 'authorized', persistent: false }

// Two makes of IndexedDB that have little in common. Firefox shares what matters here with Chromium.
inEachEngine(
  'a storage that fails',
  (_engine, browser) => {
    let board: Tab

    beforeAll(async () => {
      board = await browser().openTab(stage.trello.boardUrl())
    })
    beforeEach(async () => {
      stage.trello.switches.reset()
      const janitor = await stage.addFrame(board)
      return async () => {
        await janitor.evaluate('storage.clear()')
        await removeFrames(board)
      }
    })

    /** A further frame of the board, with something missing or broken from the start. */
    const brokenFrame = (...broken: Breakage[]) => stage.addFrame(board, { broken })

    async function signedInFrame(...broken: Breakage[]): Promise<Frame> {
      const frame = await brokenFrame(...broken)
      expect(await signIn(browser(), frame)).toBe('authorized')
      stage.trello.log.clear()
      return frame
    }

    /** One API call of the frame whose access token the server no longer takes. */
    function callAtExpiry(frame: Frame): Promise<string> {
      stage.trello.expireAccessTokens()
      return call(frame)
    }

    it.each<Breakage>(['noIndexedDb', 'putFails'])(
      'a frame keeps the grant in memory: %s',
      async (breakage) => {
        const frame = await brokenFrame(breakage)
        expect(await frame.evaluate('client.state')).toEqual(
          breakage === 'noIndexedDb' ? withoutStorage : signedOut,
        )
        expect(await signIn(browser(), frame)).toBe('authorized')
        expect(await frame.evaluate('client.readState()')).toMatchObject(inMemory)
        expect(await callAtExpiry(frame)).toBe('the answer')
        expect(await frame.evaluate('client.readState()')).toMatchObject(inMemory)
        expect(await frame.evaluate('events.at(-1)')).toMatchObject({
          type: 'tokenRefreshed',
          persistent: false,
        })
        expect(await storedRecords(await stage.addFrame(board))).toEqual([])
        await frame.evaluate('client.signOut()')
        expect(await frame.evaluate('client.state.status')).toBe('notAuthorized')
      },
    )

    it('readState() answers within a second when the database never opens', async () => {
      const frame = await brokenFrame('openHangs')
      const elapsed = `(async (begun) => {
      const state = client.readState().then((value) => ({ value, ms: performance.now() - begun }))
      const [{ value }] = await clock.finish([state])
      return value
    })(performance.now())`
      const { value, ms } = await frame.evaluate<{ value: unknown; ms: number }>(elapsed)
      expect(value).toEqual(withoutStorage)
      expect(ms).toBeLessThanOrEqual(1_000)
      const [result] = await frame.evaluate<Result[]>('clock.finish([client.getAccessToken()])')
      expect(result?.failure).toMatchObject({ code: 'storageUnavailable', retryable: true })
      // Each write gives up after seconds, which nobody has to wait for here.
      const window = await browser().popupOf(() => frame.click('#connect'))
      await answerConsent(window)
      await frame.evaluate(
        'clock.finish([new Promise((done) => client.subscribe(({ status }) => status === "authorized" && done()))])',
      )
      expect(await outcomeOf(frame, 0)).toBe('authorized')
      expect(await frame.evaluate('client.state')).toMatchObject(inMemory)
    })

    it('a frame shows by itself what it could not read at first', async () => {
      await signedInFrame()
      const frame = await brokenFrame('openHangs')
      expect(await frame.evaluate('client.state')).toEqual(withoutStorage)
      // Long enough that everything has been given up.
      await frame.evaluate('clock.advance(60_000)')
      expect(await frame.evaluate('client.state')).toEqual(withoutStorage)
      await frame.evaluate('(mend(), clock.advance(60_000))')
      await frame.waitFor('client.state.status === "authorized"')
    })

    it('a frame stores what it kept in memory as soon as it can, and tells the others', async () => {
      const frame = await signedInFrame('putFails')
      const sibling = await stage.addFrame(board)
      expect(await sibling.evaluate('client.state')).toEqual(signedOut)
      await frame.evaluate('mend()')
      await frame.evaluate('clock.advance(60_000)')
      await frame.waitFor('client.state.persistent')
      await sibling.waitFor('client.state.status === "authorized"')
      expect(await sibling.evaluate('client.state')).toMatchObject(kept)
    })

    it('a refresh token that could not be marked is not presented, and not lost', async () => {
      const frame = await signedInFrame()
      await frame.evaluate('breakDown("putFails")')
      expect(await callAtExpiry(frame)).toBe('storageUnavailable')
      expect(stage.trello.log.tokenRequests).toEqual([])
      expect(await frame.evaluate('client.readState()')).toMatchObject({ status: 'authorized' })
      await frame.evaluate('mend()')
      expect(await call(frame)).toBe('the answer')
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    it('a frame serves an answer that it cannot store, and shares it once it can', async () => {
      const frame = await signedInFrame()
      const sibling = await stage.addFrame(board)
      await frame.evaluate('void (window.release = clock.holdAnswers("/oauth/token"))')
      const first = callAtExpiry(frame)
      await until('the server has rotated', async () => stage.trello.log.tokenRequests[0]?.status === 200)
      await frame.evaluate('breakDown("putFails")')
      await frame.evaluate('release()')
      expect(await first).toBe('the answer')
      expect(await frame.evaluate('client.state')).toMatchObject(inMemory)

      // The owner of the lease lives, so the token is not presented twice, however long the other frame asks.
      const waiting = sibling.evaluate<Result[]>(`settled([${oneCall}])`)
      await sibling.waitFor('events.some(({ type }) => type === "apiRefusedToken")')
      await sibling.evaluate('clock.advance(12_000)')
      expect(describeResult(await waiting)).toBe('tokenEndpointUnavailable')
      await frame.evaluate('mend()')
      await frame.evaluate('clock.advance(60_000)')
      await frame.waitFor('client.state.persistent')
      expect(await call(sibling)).toBe('the answer')
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    it.each([
      ['no object', '"nonsense"'],
      ['no record', '{ version: 1, attempts: [], record: { status: "live", generation: 7 } }'],
      ['no attempts', '{ version: 1, attempts: [{}] }'],
    ])('a damaged entry counts as absent: %s', async (_case, value) => {
      const frame = await signedInFrame()
      await frame.evaluate(`storage.overwrite(${value})`)
      expect(await frame.evaluate('client.readState()')).toEqual(signedOut)
      const other = await stage.addFrame(board)
      expect(await other.evaluate('client.state')).toEqual(signedOut)
      expect(await signIn(browser(), other)).toBe('authorized')
      expect(await frame.evaluate('client.readState()')).toMatchObject(kept)
    })

    it('an entry of a newer version is left alone until a new consent is there', async () => {
      const newer = { version: 2, secrets: 'of a newer library' }
      const frame = await signedInFrame()
      await frame.evaluate(`storage.overwrite(${JSON.stringify(newer)})`)
      const other = await stage.addFrame(board)
      expect(await other.evaluate('client.state')).toEqual(signedOut)
      expect(await signIn(browser(), other, 'deny')).toBe('accessDenied')
      const [failure] = await other.evaluate<Result[]>('settled([client.signOut()])')
      expect(failure?.failure).toMatchObject({ code: 'storageUnavailable' })
      expect(await values(other)).toEqual([newer])
      expect(await signIn(browser(), other)).toBe('authorized')
      expect(await storedRecords(other)).toMatchObject([{ status: 'live' }])
      expect(await other.evaluate('client.readState()')).toMatchObject(kept)
    })

    it('a frame goes on with a new connection when another page upgrades the database', async () => {
      const frame = await signedInFrame()
      const sibling = await stage.addFrame(board)
      await sibling.evaluate('storage.upgrade(7)')
      expect(await callAtExpiry(frame)).toBe('the answer')
      expect(await frame.evaluate('client.readState()')).toMatchObject(kept)
      expect(await sibling.evaluate('client.readState()')).toMatchObject(kept)
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
      await frame.evaluate('storage.remove()')
    })

    it('a deleted database means signed out, and the frame can be connected again', async () => {
      const frame = await signedInFrame()
      const sibling = await stage.addFrame(board)
      await sibling.evaluate('storage.remove()')
      expect(await frame.evaluate('client.readState()')).toEqual(signedOut)
      expect(await signIn(browser(), frame)).toBe('authorized')
      expect(await sibling.evaluate('client.readState()')).toMatchObject(kept)
    })

    it('all frames that want the lease at one moment make one token request, without Web Locks', async () => {
      stage.trello.switches.set({ accessTokenLifetimeS: 40 })
      const janitor = await signedInFrame()
      const frames = [
        await brokenFrame('noLocks'),
        await brokenFrame('noLocks'),
        await brokenFrame('noLocks'),
      ]
      // None has to load anything in the race.
      const chunk = readdirSync('dist').find((name) => /^refresh-flow-\w+\.js$/.test(name))
      for (const frame of frames) await frame.evaluate(`import("/lib/${chunk}").then(() => true)`)

      await janitor.evaluate('storage.block()')
      for (const frame of frames) {
        await frame.evaluate(`clock.jump(38_000) ?? void (window.call = settled(${tenCalls}))`)
      }
      await janitor.evaluate('unblock()')
      const results = await Promise.all(frames.map((frame) => frame.evaluate<Result[]>('call')))
      expect(results.map(describeResult)).toEqual(Array(3).fill('the answer'))
      expect(results.flat().filter(({ failure }) => failure)).toEqual([])
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
    })

    it('a frame takes over from one that died, after the lease, without Web Locks', async () => {
      stage.trello.switches.set({ rotationLeewayMs: 60_000 })
      const frame = await signedInFrame('noLocks')
      const other = await stage.openBoard(browser(), { broken: ['noLocks'] })
      const dying = other.frames[0] as Frame
      stage.trello.expireAccessTokens()
      await dying.evaluate('void (window.release = clock.holdAnswers("/oauth/token"))')
      await dying.evaluate(`void settled([${oneCall}])`)
      await until('the server has rotated', async () => stage.trello.log.tokenRequests[0]?.status === 200)
      await other.tab.close()
      await frame.evaluate('clock.jump(31_000)')
      expect(await call(frame)).toBe('the answer')
      expect(stage.trello.log.tokenRequests).toHaveLength(2)
    })

    it('a frame without a channel hears of a sign-out and of a sign-in a few seconds later', async () => {
      const frame = await signedInFrame()
      const deaf = await brokenFrame('noChannel')
      expect(await deaf.evaluate('client.state')).toMatchObject(kept)
      await frame.evaluate('client.signOut()')
      await deaf.evaluate('clock.jump(5_001)')
      expect(await call(deaf)).toBe('notAuthorized')
      expect(await signIn(browser(), frame)).toBe('authorized')
      await deaf.evaluate('clock.jump(5_001)')
      expect(await call(deaf)).toBe('the answer')
      expect(await deaf.evaluate('client.state')).toMatchObject(kept)
    })

    it('a sign-in that began while nothing could be stored is stored later', async () => {
      const frame = await brokenFrame('putFails')
      const window = await browser().popupOf(() => frame.click('#connect'))
      await frame.evaluate('mend()')
      await answerConsent(window)
      expect(await outcomeOf(frame, 0)).toBe('authorized')
      expect(await frame.evaluate('client.readState()')).toMatchObject(kept)
    })
  },
  ['chromium', 'webkit'],
)

inEachEngine('a database that another script opened first', (_engine, browser) => {
  let board: Tab

  beforeAll(async () => {
    board = await browser().openTab(stage.trello.boardUrl())
  })
  beforeEach(async () => {
    stage.trello.switches.reset()
    const janitor = await stage.addFrame(board)
    await janitor.evaluate('storage.remove()')
    await removeFrames(board)
    return () => removeFrames(board)
  })

  it('is repaired at once, and the next frame sees the grant', async () => {
    const frame = await stage.addFrame(board, { broken: ['openedFirst'] })
    expect(await frame.evaluate('client.readState()')).toEqual(signedOut)
    expect(await signIn(browser(), frame)).toBe('authorized')
    expect(await frame.evaluate('client.readState()')).toMatchObject(kept)
    const next = await stage.addFrame(board)
    expect(await next.evaluate('client.readState()')).toMatchObject(kept)
  })

  it('and does not let go is repaired once it does', async () => {
    const frame = await stage.addFrame(board, { broken: ['heldByAnother'] })
    expect(await frame.evaluate('client.state')).toEqual(withoutStorage)
    expect(await signIn(browser(), frame)).toBe('authorized')
    expect(await frame.evaluate('client.state')).toMatchObject(inMemory)
    await frame.evaluate('(mend(), clock.advance(60_000))')
    await frame.waitFor('client.state.persistent')
    const next = await stage.addFrame(board)
    expect(await next.evaluate('client.readState()')).toMatchObject(kept)
  })
})

const oneCall = 'client.api.get("/1/members/me")'
const tenCalls = `Array.from({ length: 10 }, () => ${oneCall})`

interface Result {
  value?: unknown
  failure?: { code: string; retryable: boolean }
}

function describeResult([result]: Result[]): string {
  return result?.failure === undefined ? 'the answer' : result.failure.code
}

async function call(frame: Frame): Promise<string> {
  return describeResult(await frame.evaluate<Result[]>(`settled([${oneCall}])`))
}

async function values(frame: Frame): Promise<unknown[]> {
  const entries = await frame.evaluate<[string, unknown][]>('storage.entries()')
  return entries.map(([, value]) => value)
}

async function storedRecords(frame: Frame): Promise<unknown[]> {
  const records = (await values(frame)).map((value) => (value as { record?: unknown }).record)
  return records.filter((record) => record !== undefined)
}
