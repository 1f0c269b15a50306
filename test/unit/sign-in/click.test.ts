// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { onDemand } from '../../../src/base/async'
import type { ClientEvent } from '../../../src/base/events'
import type { WindowLike } from '../../../src/base/platform'
import type { Authorize } from '../../../src/sign-in/authorize'
import { type ClickedClient, createClick } from '../../../src/sign-in/click'
import { settle } from '../support/clock'
import { liveGrant, storedEntry } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { createPartition } from '../support/store'

/** A click before its flow is loaded, which happens when the test says so. */
function setUp(differences: Partial<ClickedClient> = {}) {
  const partition = createPartition()
  const { frame, platform, store } = partition.open()
  const authorize = vi.fn<Authorize['authorize']>(async () => undefined)
  const flow = { authorize, prepare: vi.fn(async () => undefined) }
  const loads: { arrive(): void; fail(): void }[] = []
  const events: ClientEvent[] = []
  const shared = { clicks: 0, signOuts: 0, changes: { tell: vi.fn() } }
  const click = createClick(platform, {
    view: store.view,
    scopes: ['read:board:trello'],
    blockedBy: undefined,
    loadFlow: onDemand(
      () =>
        new Promise((resolve, reject) =>
          loads.push({
            arrive: () => resolve(flow),
            fail: () => reject(new Error('offline')),
          }),
        ),
    ),
    emit: (event) => void events.push(event),
    shared,
    ...differences,
  })
  const endings = () => events.map((event) => 'outcome' in event && event.outcome)
  return { ...partition, frame, store, click, shared, flow, loads, endings }
}

const asked = { scopes: [], signal: undefined }

describe('a click before its flow is loaded', () => {
  it('opens a blank window in the same task, and hands it over', async () => {
    const { click, frame, flow, loads, endings } = setUp()
    const outcome = watch(click.authorize({ scopes: ['x'] }))
    expect(frame.windows.map(({ urls }) => urls)).toEqual([['about:blank']])
    loads[0]?.arrive()
    await settle()
    expect(flow.authorize.mock.calls).toEqual([[{ ...asked, scopes: ['x'] }, frame.window()]])
    expect([outcome.status, frame.window().closed]).toEqual(['resolved', false])
    expect(endings()).toEqual([])
  })

  it('counts as a sign-in of the page until the flow has taken over', async () => {
    const { click, shared, loads, flow } = setUp()
    const counts: number[] = []
    flow.authorize.mockImplementation(async () => void counts.push(shared.clicks))
    void click.authorize()
    expect([shared.clicks, shared.changes.tell.mock.calls.length]).toEqual([1, 1])
    loads[0]?.arrive()
    await settle()
    expect([counts, shared.clicks, shared.changes.tell.mock.calls.length]).toEqual([[1], 0, 2])
  })

  it('ends in popupBlocked at once where the browser refuses the window', async () => {
    const { click, frame, loads, endings } = setUp()
    frame.isPopupBlocked = true
    expect(await errorOf(click.authorize())).toMatchObject({ code: 'popupBlocked' })
    expect([loads.length, endings()]).toEqual([0, ['popupBlocked']])
  })

  it('ends in popupBlocked where a blocker gives an object that is no window', async () => {
    const { click, frame, loads } = setUp()
    frame.platform.openWindow = () => ({ closed: false }) as WindowLike
    expect(await errorOf(click.authorize())).toMatchObject({ code: 'popupBlocked' })
    expect(loads).toHaveLength(0)
  })

  it('uses the window that an earlier one opened, unless that was closed', async () => {
    const { click, frame, flow, loads } = setUp()
    void click.authorize()
    void click.authorize()
    expect([frame.windows.length, frame.window().focused]).toEqual([1, 1])
    frame.window().close()
    void click.authorize()
    expect(frame.windows).toHaveLength(2)
    expect(loads).toHaveLength(1)
    loads[0]?.arrive()
    await settle()
    expect(flow.authorize.mock.calls.map(([, opened]) => opened)).toEqual([
      frame.windows[1],
      undefined,
      undefined,
    ])
  })

  it('leaves its window to the others who wait for it, where one of them aborts', async () => {
    const { click, frame, flow, loads } = setUp()
    const controller = new AbortController()
    const gone = watch(click.authorize({ signal: controller.signal }))
    const here = watch(click.authorize())
    controller.abort()
    await settle()
    expect([gone.error, frame.window().closed]).toMatchObject([{ code: 'aborted' }, false])
    loads[0]?.arrive()
    await settle()
    expect(here.status).toBe('resolved')
    expect(flow.authorize.mock.calls).toEqual([[asked, frame.window()]])
  })

  it.each([0, 1_000, 3_000])('whose window closes after %i ms is told within five seconds', async (after) => {
    const { click, frame, flow, loads, clock, endings } = setUp()
    const outcome = watch(click.authorize())
    await clock.advance(after)
    frame.window().close()
    await clock.advance(1_000)
    expect(outcome.error).toMatchObject({ code: 'popupClosed' })
    expect(endings()).toEqual(['popupClosed'])
    loads[0]?.arrive()
    await settle()
    expect(flow.authorize).not.toHaveBeenCalled()
    await clock.advance(10_000)
    expect(clock.timers()).toBe(0)
  })
})

describe('a click that needs no window', () => {
  it.each(['noWorkspace', 'notLoggedIn'] as const)(
    'rejects with %s where that blocks it',
    async (blockedBy) => {
      const { click, frame, loads, endings } = setUp({ blockedBy })
      const error = await errorOf(click.authorize())
      expect(error).toMatchObject({ name: 'AuthorizationError', code: blockedBy })
      await click.prepare()
      expect([frame.windows.length, loads.length, endings()]).toEqual([0, 0, [blockedBy]])
    },
  )

  it('opens nothing for a signal that has fired', async () => {
    const { click, frame, loads, endings } = setUp()
    expect(await errorOf(click.authorize({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'aborted' })
    expect([frame.windows.length, loads.length, endings()]).toEqual([0, 0, ['aborted']])
  })

  it('opens nothing where the grant holds what is asked for', async () => {
    const { click, frame, loads, store, plant, endings } = setUp()
    plant(storedEntry({ record: liveGrant() }))
    await store.read()
    await click.authorize()
    expect([frame.windows.length, loads.length, endings()]).toEqual([0, 0, []])
    void click.authorize({ scopes: ['write:board:trello'] })
    expect(frame.windows).toHaveLength(1)
  })

  it('rejects with invalidRequest for a wrong argument', async () => {
    const { click, frame, loads, endings } = setUp()
    expect(await errorOf(click.authorize(null))).toMatchObject({ code: 'invalidRequest' })
    expect([frame.windows.length, loads.length, endings()]).toEqual([0, 0, ['invalidRequest']])
  })
})

describe('a flow that does not come', () => {
  it('ends in a retryable error, its window closed, and the next click asks again', async () => {
    const { click, frame, flow, loads, endings } = setUp()
    const outcomes = [watch(click.authorize()), watch(click.authorize())]
    loads[0]?.fail()
    await settle()
    const error = { name: 'AuthorizationError', code: 'notLoaded', retryable: true }
    expect(outcomes).toMatchObject([{ error }, { error }])
    expect(outcomes[0]?.error).toMatchObject({ cause: { message: 'offline' } })
    expect([frame.window().closed, endings()]).toEqual([true, ['notLoaded', 'notLoaded']])
    void click.authorize()
    expect(frame.windows).toHaveLength(2)
    loads[1]?.arrive()
    await settle()
    expect(flow.authorize).toHaveBeenCalledTimes(1)
  })

  it('is waited for five seconds', async () => {
    const { click, frame, clock } = setUp()
    const outcome = watch(click.authorize())
    await clock.advance(4_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.error).toMatchObject({ code: 'notLoaded' })
    expect(frame.window().closed).toBe(true)
  })

  it('holds up neither an abort nor a sign-out', async () => {
    const { click, shared, frame, flow, loads, clock, endings } = setUp()
    const controller = new AbortController()
    const aborted = watch(click.authorize({ signal: controller.signal }))
    controller.abort()
    await settle()
    expect(aborted.error).toMatchObject({ code: 'aborted' })
    const signedOut = watch(click.authorize())
    shared.signOuts++
    await clock.advance(200)
    expect(signedOut.error).toMatchObject({ code: 'aborted' })
    loads[0]?.arrive()
    await settle()
    expect(frame.windows.map(({ closed }) => closed)).toEqual([true, true])
    expect(flow.authorize).not.toHaveBeenCalled()
    expect(endings()).toEqual(['aborted', 'aborted'])
  })

  it('that comes together with a sign-out begins nothing', async () => {
    const { click, shared, flow, loads } = setUp()
    const outcome = watch(click.authorize())
    shared.signOuts++
    loads[0]?.arrive()
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(flow.authorize).not.toHaveBeenCalled()
  })
})

describe('a click after its flow was loaded', () => {
  it('leaves everything to it', async () => {
    const { click, frame, flow, loads, endings } = setUp()
    const prepared = click.prepare()
    loads[0]?.arrive()
    await prepared
    expect(flow.prepare).toHaveBeenCalledTimes(1)
    flow.authorize.mockRejectedValueOnce(new Error('told by the flow'))
    void click.authorize({ scopes: ['x'] }).catch(() => undefined)
    expect(flow.authorize.mock.calls).toEqual([[{ ...asked, scopes: ['x'] }]])
    await settle()
    expect([frame.windows, endings()]).toEqual([[], []])
  })
})
