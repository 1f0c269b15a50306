import { expect } from 'vitest'
import type { Switches } from '../../../examples/local-trello/local-trello'
import type { Engine } from '../../../scripts/browsers'
import type { Frame, Tab } from './driver'
import type { Ending, Scene } from './scene'
import type { FrameSetup, Stage } from './stage'
import { until } from './until'

/** One way in which a sign-in can go, written once for all engines. */
export interface Scenario {
  name: string
  expected: Ending | ((engine: Engine) => Ending)
  /** Does what the person does, and gives the frames whose promises count, the last one's state too. */
  play(scene: Scene, stage: Stage, engine: Engine): Promise<readonly Frame[]>
  switches?: Partial<Switches>
  setup?(stage: Stage): FrameSetup
  /** It ends without a new grant. It starts with what is left of an old one, which must be there at the end. */
  fails?: true
  /** Windows that nothing can close, or that somebody may still finish. None where it isn't said. */
  leavesWindows?: number
}

export const authorized = (clicks: number, ...before: string[]): Ending => ({
  results: [...before, 'authorized'],
  clicks,
  state: 'authorized',
})
/** What fails starts with a grant that has ended, and leaves it so. */
export const failed = (result: string, clicks = 1): Ending => ({
  results: [result],
  clicks,
  state: 'tokenExpired',
})
export const unfinished = (result: string): Ending => ({
  results: [result],
  clicks: 1,
  state: 'tokenExpired, unfinished',
})

export function silentCallback(): FrameSetup {
  return { options: { redirectUri: '/fixtures/silent-callback.html' } }
}

/** The window has the consent page: what its opener still had to do with it is done. */
export async function atConsent(window: Tab): Promise<void> {
  await window.waitFor('document.querySelector("#account-1") !== null')
}

export async function closeAtConsent(window: Tab): Promise<void> {
  await atConsent(window)
  await window.close()
}

/** The authorization server has got a request for this scope. */
export async function untilAsked({ trello }: Stage, scope: string): Promise<void> {
  await until(`${scope} is asked for`, async () =>
    trello.log.authorizationRequests.some((request) => request.scope?.includes(scope)),
  )
}

/** Says yes to the request that came last: the page of one before may show first, and go while somebody presses in it. */
export async function answerLatestConsent(window: Tab): Promise<void> {
  const isAtAccept = 'document.querySelector("#accept") !== null'
  do {
    await atConsent(window)
    await window.evaluate('void (window.isOld = true)')
    await window.click('#account-1')
    await window.waitFor(`!window.isOld && (${isAtAccept} || document.querySelector("#account-1"))`)
  } while (!(await window.evaluate(isAtAccept)))
  await window.click('#accept')
}

export async function showsEnding(window: Tab, ending: string): Promise<void> {
  await window.waitFor(
    (name: string) => document.querySelector(`[data-ending=${name}]:not([hidden])`) !== null,
    {
      args: [ending] as const,
    },
  )
}

export async function reload(frame: Frame): Promise<void> {
  await frame.evaluate('(window.isOld = true, void setTimeout(() => location.reload(), 100))')
  await frame.waitFor('!window.isOld && client.state.status !== "restoring"')
}

/** The window is closed for the frame, and its clock runs ahead until it has taken notice: in five seconds at most. */
export async function seesClosed(frame: Frame): Promise<void> {
  await frame.waitFor('lastOpened.closed')
  const last = (await frame.evaluate<number>('outcomes.length')) - 1
  await frame.evaluate('clock.advance(5_000)')
  expect(await frame.evaluate(`outcomes[${last}].result`)).toBe('popupClosed')
}

/** Runs in the page: timers as long as `from`, or longer, fire when the test lets ten minutes pass. */
export function holdTimers(from: number): void {
  const held: (() => void)[] = []
  const { setTimeout: setRealTimeout } = window
  const { now } = Date
  const setTimeout = (callback: () => void, delay: number) =>
    delay < from ? setRealTimeout(callback, delay) : { held: held.push(callback) }
  const passTenMinutes = () => {
    Date.now = () => now() + 600_000
    for (const callback of held.splice(0)) callback()
  }
  Object.assign(window, { setTimeout, passTenMinutes })
}

/** Runs in the page: the sign-ins from now on can be aborted, with `controller`. */
export function abortable(): void {
  const controller = new AbortController()
  Object.assign(window, { controller, nextOptions: { signal: controller.signal } })
}
