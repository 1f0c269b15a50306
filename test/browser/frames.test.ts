import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Frame, Tab } from './support/driver'
import { inEachEngine } from './support/engines'
import { holdTimers } from './support/sign-in-scenario'
import {
  answerConsent,
  type FrameSetup,
  openStage,
  outcomeOf,
  type Stage,
  second,
  signIn,
} from './support/stage'
import { until } from './support/until'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

// Firefox trusts a site with more once a person has signed in there, so this needs a profile that has seen nothing.
inEachEngine('the first sign-in of a profile', (_engine, browser) => {
  it('shows as elsewhere in another frame', async () => {
    const { tab, frames } = await stage.openBoard(browser(), {}, 2)
    const [frame, other] = frames as [Frame, Frame]
    const window = await browser().popupOf(() => frame.click('#connect'))
    await other.waitFor('client.state.signIn === "elsewhere"')
    await answerConsent(window)
    expect(await outcomeOf(frame, 0)).toBe('authorized')
    await tab.close()
  })
})

// Two makes of locks and channels; main-job lets the frames of all three engines ask at once.
inEachEngine(
  'frames that get in each other’s way',
  (_engine, browser) => {
    let board: Tab
    let frame: Frame

    beforeEach(async () => {
      stage.trello.switches.reset()
      const withRevocation = { options: { revocationEndpoint: `${stage.trello.origins.auth}/oauth/revoke` } }
      const opened = await stage.openBoard(browser(), withRevocation)
      board = opened.tab
      frame = opened.frames[0] as Frame
      // Of the last grant the store may not know yet that the API takes its token: a board was closed in the middle.
      await frame.evaluate('client.signOut()')
      expect(await signIn(browser(), frame)).toBe('authorized')
      stage.trello.log.clear()
      return async () => {
        if (!(await board.isClosed())) await board.close()
      }
    })

    it('ten calls in each frame of two tabs make one token request when the time is over', async () => {
      const other = await stage.openBoard(browser(), {}, 3)
      const frames = [frame, await stage.addFrame(board), await stage.addFrame(board), ...other.frames]
      stage.trello.expireAccessTokens()
      stage.trello.switches.set({ tokenEndpoint: 'held' })
      await Promise.all(frames.map((each) => each.evaluate('clock.jump(3_600_000)')))
      const calls = 'settled(Array.from({ length: 10 }, () => client.api.get("/1/members/me")))'
      await Promise.all(frames.map((each) => each.evaluate(`void (window.called = ${calls})`)))
      await until('one of them asks', async () => stage.trello.log.tokenRequests.length > 0)
      stage.trello.switches.reset()
      const results = await Promise.all(frames.map((each) => each.evaluate<Result[]>('called')))
      expect(results.flat().map(describeResult)).toEqual(Array(60).fill('the answer'))
      expect(stage.trello.log.tokenRequests).toHaveLength(1)
      expect(stage.trello.log.apiRequests.map(({ status }) => status)).toEqual(Array(60).fill(200))
      await other.tab.close()
    })

    it('the other tab goes on when one is closed in the middle of a refresh', async () => {
      stage.trello.switches.set({ rotationLeewayMs: 60_000 })
      const other = await stage.openBoard(browser())
      const waiting = other.frames[0] as Frame
      await beginRefresh(frame)
      const call = waiting.evaluate<Result[]>(oneCall)
      await board.close()
      expect(describeResult((await call)[0])).toBe('the answer')
      expect(stage.trello.log.tokenRequests).toHaveLength(2)
      expect(await waiting.evaluate('client.readState()')).toMatchObject({
        status: 'authorized',
        persistent: true,
      })
      await other.tab.close()
    })

    it('a second presentation that the server takes for a theft ends in rotationLost', async () => {
      stage.trello.switches.set({ rotationLeewayMs: 0 })
      const other = await stage.openBoard(browser())
      const waiting = other.frames[0] as Frame
      await beginRefresh(frame)
      const call = waiting.evaluate<Result[]>(oneCall)
      await board.close()
      expect(describeResult((await call)[0])).toBe('tokenExpired')
      expect(stage.trello.log.tokenRequests.map(({ outcome }) => outcome)).toEqual([
        'success',
        'invalid_grant',
      ])
      expect(await waiting.evaluate('client.state')).toMatchObject({ reason: 'rotationLost' })
      await other.tab.close()
    })

    it('a reload in the middle of a refresh loses nothing', async () => {
      stage.trello.switches.set({ rotationLeewayMs: 60_000 })
      await beginRefresh(frame)
      await board.evaluate(reloadFrame)
      await frame.waitFor('!window.call && window.client && client.state.status === "authorized"')
      const [result] = await frame.evaluate<Result[]>(oneCall)
      expect(describeResult(result)).toBe('the answer')
      expect(stage.trello.log.tokenRequests).toHaveLength(2)
    })

    it('a sign-out during the refresh of another frame holds everywhere', async () => {
      const sibling = await stage.addFrame(board)
      await beginRefresh(frame)
      await sibling.evaluate('client.signOut()')
      await frame.evaluate('release()')
      expect(describeResult((await frame.evaluate<Result[]>('call'))[0])).toBe('notAuthorized')
      const late = await stage.addFrame(board)
      for (const each of [frame, sibling, late]) {
        expect(await each.evaluate('client.readState()')).toEqual({
          status: 'notAuthorized',
          persistent: true,
        })
        expect(await each.evaluate('client.state')).toEqual({ status: 'notAuthorized', persistent: true })
      }
      // The frame that refreshed gave up what it got; the one that signed out is configured with no revocation.
      const { revocations } = stage.trello.log
      await until('the new tokens are revoked', async () => revocations.length === 1)
      expect(revocations[0]?.status).toBe(200)
    })

    it('a frame that refreshes the old grant adopts a new consent', async () => {
      const sibling = await stage.addFrame(board)
      await frame.evaluate(holdTimers, 5_000)
      await beginRefresh(frame)
      const nth = await sibling.evaluate<number>('outcomes.length')
      const window = await browser().popupOf(() => sibling.click('#connect-more'))
      await answerConsent(window)
      expect(await outcomeOf(sibling, nth)).toBe('authorized')
      const granted = await sibling.evaluate<{ scopes: string[] }>('client.state')
      expect(granted.scopes).toContain('write:board:trello')

      await frame.evaluate('release()')
      expect(describeResult((await frame.evaluate<Result[]>('call'))[0])).toBe('the answer')
      expect(await frame.evaluate('client.readState()')).toEqual(granted)
      // The old grant's late tokens are nobody's: the new one's serve in both frames.
      const tokens = [frame, sibling].map((each) => each.evaluate<string>('client.getAccessToken()'))
      expect(new Set(await Promise.all(tokens)).size).toBe(1)
      expect(await sibling.evaluate('client.state')).toEqual(granted)
    })

    it('another member in the middle of a refresh gets no token of the first', async () => {
      const first = stage.trello.members[0]
      const other = second(stage.trello.members)
      await frame.evaluate(holdTimers, 5_000)
      await beginRefresh(frame)
      const others: FrameSetup = { member: other }
      const theirs = await stage.addFrame(board, others)
      expect(await theirs.evaluate('client.state.status')).toBe('notAuthorized')
      expect(await signIn(browser(), theirs, 'accept', 2)).toBe('authorized')
      await frame.evaluate('release()')
      const [result] = await frame.evaluate<Result[]>('call')
      expect(result?.value).toMatchObject({ id: first.id })
      expect(await theirs.evaluate('client.api.get("/1/members/me")')).toMatchObject({ id: other.id })
      expect(await frame.evaluate('client.api.get("/1/members/me")')).toMatchObject({ id: first.id })
      await theirs.evaluate('client.signOut()')
      expect(await frame.evaluate('client.isAuthorized()')).toBe(true)
    })

    /** The server has acted on a refresh of this frame, and the answer is on its way until `release()`. */
    async function beginRefresh(refreshing: Frame): Promise<void> {
      const { trello } = stage
      trello.expireAccessTokens()
      await refreshing.evaluate('void (window.release = clock.holdAnswers("/oauth/token"))')
      await refreshing.evaluate(`void (window.call = ${oneCall})`)
      await until('the server has rotated', async () => trello.log.tokenRequests[0]?.status === 200)
    }
  },
  ['chromium', 'webkit'],
)

/** Runs on the board. */
function reloadFrame(): void {
  const frame = document.querySelector<HTMLIFrameElement>('iframe[id^="frame-"]')
  if (frame) frame.src = `${frame.src}&again`
}

const oneCall = 'settled([client.api.get("/1/members/me")])'

interface Result {
  value?: unknown
  failure?: { code: string }
}

function describeResult(result: Result | undefined): string {
  return result?.failure === undefined ? 'the answer' : result.failure.code
}
