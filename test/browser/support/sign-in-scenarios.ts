import { expect } from 'vitest'
import type { Switches } from '../../../examples/local-trello/local-trello'
import type { Engine } from '../../../scripts/browsers'
import type { Frame } from './driver'
import type { Scene } from './scene'
import {
  abortable,
  answerLatestConsent,
  atConsent,
  authorized,
  closeAtConsent,
  failed,
  holdTimers,
  reload,
  type Scenario,
  seesClosed,
  showsEnding,
  silentCallback,
  unfinished,
  untilAsked,
} from './sign-in-scenario'
import { answerConsent, outcomeOf, second } from './stage'
import { readEntry } from './stored-grant'
import { until } from './until'

export const scenarios: readonly Scenario[] = [
  {
    name: 'granted',
    expected: authorized(1),
    play: async ({ press, frame }) => {
      await answerConsent(await press())
      return [frame]
    },
  },
  {
    name: 'granted, with a client made in the click',
    expected: authorized(1),
    play: async ({ press, frame }) => {
      await answerConsent(await press('#connect-fresh'))
      return [frame]
    },
  },
  {
    name: 'denied',
    expected: failed('accessDenied'),
    fails: true,
    play: async ({ press, frame }) => {
      await answerConsent(await press(), 'deny')
      return [frame]
    },
  },
  {
    name: 'closed before consent',
    expected: unfinished('popupClosed'),
    fails: true,
    play: async ({ press, frame }) => {
      await closeAtConsent(await press())
      await frame.waitFor('outcomes[0].result !== "pending"')
      return [frame]
    },
  },
  {
    name: 'closed before consent, and pressed again',
    expected: authorized(2, 'popupClosed'),
    play: async ({ press, frame }) => {
      await closeAtConsent(await press())
      await seesClosed(frame)
      await answerConsent(await press())
      return [frame]
    },
  },
  {
    name: 'closed after consent, but before the callback page ran',
    expected: unfinished('popupClosed'),
    fails: true,
    setup: silentCallback,
    play: async ({ press, frame }) => {
      const window = await press()
      await answerConsent(window)
      await window.waitFor('location.pathname === "/fixtures/silent-callback.html"')
      await window.close()
      await seesClosed(frame)
      return [frame]
    },
  },
  {
    name: 'no gesture',
    expected: failed('popupBlocked', 0),
    fails: true,
    play: async ({ frame }) => {
      await frame.evaluate('void setTimeout(authorize)')
      await frame.waitFor('outcomes.length === 1')
      return [frame]
    },
  },
  {
    name: 'called after an `await`',
    expected: (engine) =>
      engine === 'webkit' ? { ...failed('popupBlocked'), state: 'notAuthorized' } : authorized(1),
    play: async ({ press, pressOnly, frame }, _stage, engine) => {
      if (engine === 'webkit') {
        await pressOnly('#connect-late')
        await frame.waitFor('outcomes.length === 1')
      } else await answerConsent(await press('#connect-late'))
      return [frame]
    },
  },
  {
    name: 'not finished in ten minutes',
    expected: failed('timedOut'),
    fails: true,
    leavesWindows: 1,
    play: async ({ press, frame }) => {
      await frame.evaluate(holdTimers, 60_000)
      await atConsent(await press())
      await frame.evaluate('passTenMinutes()')
      return [frame]
    },
  },
  {
    name: 'finished after the ten minutes',
    expected: { ...authorized(1), results: ['timedOut'] },
    play: async ({ press, frame }) => {
      await frame.evaluate(holdTimers, 60_000)
      const window = await press()
      await atConsent(window)
      await frame.evaluate('passTenMinutes()')
      expect(await outcomeOf(frame, 0)).toBe('timedOut')
      await answerConsent(window)
      await frame.waitFor('client.state.status === "authorized"')
      return [frame]
    },
  },
  {
    name: 'aborted',
    expected: failed('aborted'),
    fails: true,
    play: async ({ press, frame }) => {
      await frame.evaluate(abortable)
      await atConsent(await press())
      await frame.evaluate('controller.abort()')
      return [frame]
    },
  },
  {
    name: 'signed out meanwhile',
    expected: { ...failed('aborted'), state: 'notAuthorized' },
    play: async ({ press, frame }) => {
      await atConsent(await press())
      await frame.evaluate('client.signOut()')
      return [frame]
    },
  },
  {
    name: 'joined by a second click',
    expected: authorized(2, 'authorized'),
    play: async ({ press, pressOnly, openWindows, frame }) => {
      const window = await press()
      await atConsent(window)
      await pressOnly()
      expect(await openWindows()).toHaveLength(1)
      await answerConsent(window)
      return [frame]
    },
  },
  {
    name: 'joined after the window was closed',
    expected: authorized(2, 'authorized'),
    play: async ({ press, frame }) => {
      await frame.evaluate(holdTimers, 2_000)
      await closeAtConsent(await press())
      await frame.waitFor('lastOpened.closed')
      await answerConsent(await press())
      return [frame]
    },
  },
  {
    name: 'waited for in another frame',
    expected: authorized(1),
    play: async ({ press, frame, addFrame }) => {
      const other = await addFrame()
      const window = await press()
      await atConsent(window)
      await other.waitFor('client.state.signIn === "elsewhere"')
      expect(await frame.evaluate('client.state.signIn')).toBe('here')
      await answerConsent(window)
      await other.waitFor('client.state.status === "authorized"')
      return [frame]
    },
  },
  {
    name: 'superseded by a click that asks for more',
    expected: authorized(2, 'superseded'),
    play: async ({ press, pressOnly, openWindows, frame }) => {
      const window = await press()
      await atConsent(window)
      const first = await window.evaluate<string>('location.href')
      await pressOnly('#connect-more')
      expect(await outcomeOf(frame, 0)).toBe('superseded')
      await window.waitFor((url: string) => location.href !== url, { args: [first] as const })
      await atConsent(window)
      expect(await openWindows()).toHaveLength(1)
      expect(await frame.evaluate('client.state.signIn')).toBe('here')
      await answerConsent(window)
      return [frame]
    },
  },
  {
    name: 'superseded in the same click',
    expected: authorized(1, 'superseded'),
    play: async ({ press, openWindows, frame }, stage) => {
      const window = await press('#connect-twice')
      expect(await outcomeOf(frame, 0)).toBe('superseded')
      await untilAsked(stage, 'write:board:trello')
      expect(await openWindows()).toHaveLength(1)
      await answerLatestConsent(window)
      return [frame]
    },
  },
  collected('same-origin', () => 2),
  collected('same-origin-allow-popups', () => 2),
  collected('noopener-allow-popups', (engine) => (engine === 'firefox' ? 1 : 2)),
  {
    name: 'opener policy `same-origin` on the board, with a prepared click',
    expected: failed('popupBlocked'),
    fails: true,
    switches: { boardOpenerPolicy: 'same-origin' },
    leavesWindows: 1,
    play: async ({ press, frame }) => {
      await frame.waitFor('hasChallenge')
      const window = await press()
      await answerConsent(window)
      await showsEnding(window, 'kept')
      return [frame]
    },
  },
  {
    name: 'opener policy `same-origin-allow-popups` on the board',
    expected: authorized(1),
    switches: { boardOpenerPolicy: 'same-origin-allow-popups' },
    play: async ({ press, frame }) => {
      await answerConsent(await press())
      return [frame]
    },
  },
  {
    name: 'frame closed during consent, finished in another frame',
    expected: authorized(2),
    leavesWindows: 1,
    play: async ({ press, pressOnly, addFrame, removeFrame, frame }) => {
      const other = await addFrame()
      const window = await press()
      await other.waitFor('client.state.signIn === "elsewhere"')
      await removeFrame(frame)
      await other.waitFor('client.state.signIn === "unfinished"')
      await answerConsent(window)
      await showsEnding(window, 'kept')
      await pressOnly('#connect', other)
      await outcomeOf(other, 0)
      return [other]
    },
  },
  {
    name: 'frame gone right after the click, begun again in another frame',
    expected: authorized(2),
    leavesWindows: 1,
    play: async ({ press, addFrame, frame }) => {
      const other = await addFrame()
      // Without it, the frame is gone before it leads the window to the consent page.
      await frame.waitFor('hasChallenge')
      await atConsent(await press('#connect-and-leave', frame))
      await answerConsent(await press('#connect', other))
      return [other]
    },
  },
  {
    name: 'frame reloaded during consent',
    expected: authorized(2),
    leavesWindows: 1,
    play: async ({ press, pressOnly, frame }) => {
      const window = await press()
      await until('the attempt is stored', async () =>
        (await readEntry(frame))?.attempts.some(({ openedAt }) => openedAt !== undefined),
      )
      await reload(frame)
      await answerConsent(window)
      await showsEnding(window, 'kept')
      await pressOnly()
      await outcomeOf(frame, 0)
      return [frame]
    },
  },
  {
    name: 'two frames at once, the first finished first',
    expected: authorized(2, 'authorized'),
    play: async ({ press, addFrame, frame }) => {
      const other = await addFrame()
      const [first, second] = [await press(), await press('#connect', other)]
      await answerConsent(first)
      await outcomeOf(frame, 0)
      await answerConsent(second)
      return [frame, other]
    },
  },
  {
    name: 'two frames at once, the second finished first',
    expected: authorized(2, 'authorized'),
    play: async ({ press, addFrame, frame }) => {
      const other = await addFrame()
      const [first, second] = [await press(), await press('#connect', other)]
      await answerConsent(second)
      await outcomeOf(other, 0)
      await answerConsent(first)
      return [frame, other]
    },
  },
  {
    name: 'two windows, the first finished after the second was opened',
    expected: authorized(3, 'popupClosed', 'popupClosed'),
    switches: { authOpenerPolicy: 'same-origin' },
    leavesWindows: 2,
    play: async ({ press, pressOnly, frame }) => {
      const first = await press()
      await seesClosed(frame)
      await atConsent(await press())
      await seesClosed(frame)
      await answerConsent(first)
      await showsEnding(first, 'kept')
      await pressOnly()
      await outcomeOf(frame, 2)
      return [frame]
    },
  },
  {
    name: 'second member beside the first',
    expected: authorized(2, 'authorized'),
    play: async ({ press, addFrame, frame }, { trello }) => {
      await answerConsent(await press())
      await outcomeOf(frame, 0)
      const other = await addFrame({ member: second(trello.members) })
      expect(await other.evaluate('client.state.status')).toBe('notAuthorized')
      await answerConsent(await press('#connect', other), 'accept', 2)
      await outcomeOf(other, 0)
      for (const [index, each] of [frame, other].entries()) {
        const me = await each.evaluate<{ id: string }>('client.api.get("/1/members/me")')
        expect(me.id).toBe(trello.members[index]?.id)
      }
      return [frame, other]
    },
  },
  {
    name: 'another account at the consent page',
    expected: failed('accountMismatch'),
    fails: true,
    play: async ({ press, frame }) => {
      await answerConsent(await press(), 'accept', 2)
      return [frame]
    },
  },
  {
    name: 'board without a workspace',
    expected: { results: ['noWorkspace'], clicks: 1, state: 'notAuthorized, blocked by noWorkspace' },
    setup: () => ({ workspace: null }),
    play: pressedOnce,
  },
  {
    name: 'nobody logged in',
    expected: { results: ['notLoggedIn'], clicks: 1, state: 'notAuthorized, blocked by notLoggedIn' },
    setup: () => ({ member: 'notLoggedIn' }),
    play: pressedOnce,
  },
  {
    name: 'refused by the server',
    expected: failed('serverRefused'),
    fails: true,
    setup: () => ({ workspace: 'f'.repeat(24) }),
    play: pressedOnce,
  },
  {
    name: 'a response with another issuer',
    expected: failed('invalidResponse'),
    fails: true,
    switches: { iss: 'wrong' },
    play: async ({ press, frame }) => {
      await answerConsent(await press())
      return [frame]
    },
  },
  {
    name: 'token endpoint down at the exchange',
    expected: failed('exchangeFailed'),
    fails: true,
    switches: { tokenEndpoint: '500' },
    play: async ({ press, frame }) => {
      await answerConsent(await press())
      return [frame]
    },
  },
]

/** An opener policy on the consent page cuts the window off: what it brings is kept, and the next click collects it. */
function collected(policy: Switches['authOpenerPolicy'], clicksIn: (engine: Engine) => number): Scenario {
  return {
    name: `opener policy \`${policy}\` on the consent page`,
    expected: (engine) => (clicksIn(engine) === 1 ? authorized(1) : authorized(2, 'popupClosed')),
    switches: { authOpenerPolicy: policy },
    play: async ({ press, pressOnly, frame }, _stage, engine) => {
      const window = await press()
      await answerConsent(window)
      if (clicksIn(engine) === 1) return [frame]
      await showsEnding(window, 'kept')
      await seesClosed(frame)
      expect(await frame.evaluate('client.state.signIn')).toBe('unfinished')
      await window.close()
      await pressOnly()
      await outcomeOf(frame, 1)
      return [frame]
    },
  }
}

async function pressedOnce({ pressOnly, frame }: Scene): Promise<readonly Frame[]> {
  await pressOnly()
  await outcomeOf(frame, 0)
  return [frame]
}
