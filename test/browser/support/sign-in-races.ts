import { expect } from 'vitest'
import type { Scene } from './scene'
import {
  abortable,
  atConsent,
  authorized,
  closeAtConsent,
  failed,
  holdTimers,
  type Scenario,
  seesClosed,
  showsEnding,
  silentCallback,
  unfinished,
} from './sign-in-scenario'
import { answerConsent, outcomeOf, type Stage } from './stage'
import { until } from './until'

/** What people do at the wrong moment. */
export const races: readonly Scenario[] = [
  {
    name: 'pressed again while the code is exchanged',
    expected: authorized(2, 'authorized'),
    switches: { tokenEndpoint: 'held' },
    play: async ({ press, pressOnly, frame }, stage) => {
      const window = await press()
      await answerConsent(window)
      await exchangeBegins(stage)
      await until('the window closes itself', () => window.isClosed())
      expect(await frame.evaluate('outcomes[0].result')).toBe('pending')
      await pressOnly()
      stage.trello.switches.set({ tokenEndpoint: 'ok' })
      await outcomeOf(frame, 1)
      expect(stage.trello.log.authorizationRequests).toHaveLength(1)
      return [frame]
    },
  },
  {
    name: 'superseded while what was kept is exchanged',
    expected: authorized(3, 'popupClosed', 'superseded'),
    switches: { authOpenerPolicy: 'same-origin' },
    play: async (scene, stage) => {
      await keepResponse(scene)
      stage.trello.switches.set({ authOpenerPolicy: 'none', tokenEndpoint: 'held' })
      const window = await scene.press()
      await exchangeBegins(stage)
      await scene.pressOnly('#connect-more')
      await atConsent(window)
      stage.trello.switches.set({ tokenEndpoint: 'ok' })
      await scene.frame.waitFor('client.state.status === "authorized"')
      await answerConsent(window)
      return [scene.frame]
    },
  },
  {
    name: 'aborted while what was kept is exchanged',
    expected: { results: ['popupClosed', 'aborted'], clicks: 2, state: 'notAuthorized' },
    switches: { authOpenerPolicy: 'same-origin' },
    setup: ({ trello }) => ({ options: { revocationEndpoint: `${trello.origins.auth}/oauth/revoke` } }),
    play: async (scene, stage) => {
      await keepResponse(scene)
      stage.trello.switches.set({ tokenEndpoint: 'held' })
      await scene.frame.evaluate(abortable)
      await scene.press()
      await exchangeBegins(stage)
      await scene.frame.evaluate('controller.abort()')
      stage.trello.switches.set({ tokenEndpoint: 'ok' })
      await until('the tokens are revoked', async () => stage.trello.log.revocations.length === 1)
      return [scene.frame]
    },
  },
  {
    name: 'closed while it asks for what was kept',
    expected: {
      ...failed('popupClosed', 2),
      results: ['popupClosed', 'popupClosed'],
      state: 'tokenExpired, unfinished',
    },
    fails: true,
    setup: silentCallback,
    play: async ({ press, frame }) => {
      await closeAtConsent(await press())
      await seesClosed(frame)
      await frame.evaluate(holdTimers, 5_000)
      const window = await press()
      await window.waitFor('location.pathname === "/fixtures/silent-callback.html"')
      await window.close()
      await seesClosed(frame)
      return [frame]
    },
  },
  {
    name: 'closed while the storage hangs',
    expected: unfinished('popupClosed'),
    fails: true,
    play: async ({ press, frame }) => {
      await frame.evaluate(hangStorage)
      await closeAtConsent(await press())
      await seesClosed(frame)
      await frame.evaluate('letStorageGo()')
      return [frame]
    },
  },
  {
    name: 'granted, signed out, and granted again while the storage hangs',
    expected: authorized(2, 'authorized'),
    play: async ({ press, frame }) => {
      // Once before, so that all parts of the library are loaded: the clock skips what it doesn't know of.
      await answerConsent(await press())
      await outcomeOf(frame, 0)
      await frame.evaluate('client.signOut()')
      await frame.evaluate(hangStorage)
      const window = await press()
      await answerConsent(window)
      await until('the window closes itself', () => window.isClosed())
      await frame.evaluate('clock.finish([outcomes[1].end])')
      expect(await frame.evaluate('client.state.persistent')).toBe(false)
      await frame.evaluate('letStorageGo()')
      return [frame]
    },
  },
  {
    name: 'no request could be made',
    expected: failed('exchangeFailed'),
    fails: true,
    play: async ({ pressOnly, frame }) => {
      await frame.evaluate('void (crypto.subtle.digest = async () => { throw new Error("no digest") })')
      await pressOnly('#connect-more')
      await outcomeOf(frame, 0)
      return [frame]
    },
  },
  {
    name: 'one of two callers aborted',
    expected: authorized(2, 'aborted'),
    play: async ({ press, pressOnly, frame }) => {
      await frame.evaluate(abortable)
      const window = await press()
      await atConsent(window)
      await frame.evaluate('void (window.nextOptions = {})')
      await pressOnly()
      await frame.evaluate('controller.abort()')
      expect(await outcomeOf(frame, 0)).toBe('aborted')
      await answerConsent(window)
      return [frame]
    },
  },
]

/** The response of a sign-in waits at the callback page, for the next click. */
async function keepResponse({ press, frame }: Scene): Promise<void> {
  const window = await press()
  await answerConsent(window)
  await showsEnding(window, 'kept')
  await seesClosed(frame)
  await window.close()
}

async function exchangeBegins({ trello }: Stage): Promise<void> {
  await until('the code is sent', async () => trello.log.tokenRequests.length === 1)
}

/** Runs in the page: requests to the database get no answer. */
function hangStorage(): void {
  const { get } = IDBObjectStore.prototype
  Object.assign(IDBObjectStore.prototype, { get: () => ({}) })
  Object.assign(window, { letStorageGo: () => Object.assign(IDBObjectStore.prototype, { get }) && null })
}
