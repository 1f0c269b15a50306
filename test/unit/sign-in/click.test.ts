// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { onDemand } from '../../../src/base/async'
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
  let signOuts = 0
  const client: ClickedClient = {
    view: store.view,
    scopes: ['read:board:trello'],
    blockedBy: undefined,
    loadFlows: onDemand(
      () =>
        new Promise((resolve, reject) =>
          loads.push({
            arrive: () => resolve({ authorize: flow }),
            fail: () => reject(new Error('offline')),
          }),
        ),
    ),
    signOuts: () => signOuts,
    ...differences,
  }
  const click = createClick(platform, client)
  const signOut = () => {
    signOuts++
  }
  return { ...partition, frame, store, click, flow, loads, signOut }
}

describe('a click before its flow is loaded', () => {
  it('opens a blank window in the same task, and hands it over', async () => {
    const { click, frame, flow, loads } = setUp()
    const outcome = watch(click.authorize({ scopes: ['x'] }))
    expect(frame.windows.map(({ urls }) => urls)).toEqual([['about:blank']])
    loads[0]?.arrive()
    await settle()
    expect(flow.authorize.mock.calls).toEqual([[{ scopes: ['x'] }, frame.window()]])
    expect([outcome.status, frame.window().closed]).toEqual(['resolved', false])
  })

  it('tells the flow that the browser refused the window', async () => {
    const { click, frame, flow, loads } = setUp()
    frame.isPopupBlocked = true
    void click.authorize()
    loads[0]?.arrive()
    await settle()
    expect(flow.authorize.mock.calls).toEqual([[{ scopes: [] }, null]])
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
    expect(flow.authorize.mock.calls).toEqual([[{ scopes: [] }, frame.window()]])
  })

  it('that passes something else for a signal is refused, and opens nothing', async () => {
    const { click, frame } = setUp()
    const error = await errorOf(
      Reflect.apply(click.authorize, undefined, [{ signal: new AbortController() }]),
    )
    expect(error).toMatchObject({ name: 'AuthorizationError', code: 'invalidRequest' })
    expect(frame.windows).toEqual([])
  })

  it.each(['noWorkspace', 'notLoggedIn'] as const)('opens nothing where %s blocks it', async (blockedBy) => {
    const { click, frame, loads } = setUp({ blockedBy })
    const error = await errorOf(click.authorize())
    expect(error).toMatchObject({ name: 'AuthorizationError', code: blockedBy })
    await click.prepare()
    expect([frame.windows.length, loads.length]).toEqual([0, 0])
  })

  it('opens nothing for a signal that has fired', async () => {
    const { click, frame, loads } = setUp()
    expect(await errorOf(click.authorize({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'aborted' })
    expect([frame.windows.length, loads.length]).toEqual([0, 0])
  })

  it('opens nothing where the grant holds what is asked for', async () => {
    const { click, frame, loads, store, plant } = setUp()
    plant(storedEntry({ record: liveGrant() }))
    await store.read()
    await click.authorize()
    expect([frame.windows.length, loads.length]).toEqual([0, 0])
    void click.authorize({ scopes: ['write:board:trello'] })
    expect(frame.windows).toHaveLength(1)
  })
})

describe('a flow that does not come', () => {
  it('ends in a retryable error, its window closed, and the next click asks again', async () => {
    const { click, frame, flow, loads } = setUp()
    const outcome = watch(click.authorize())
    loads[0]?.fail()
    await settle()
    expect(outcome.error).toMatchObject({
      name: 'AuthorizationError',
      code: 'notLoaded',
      retryable: true,
    })
    expect(frame.window().closed).toBe(true)
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
    expect([outcome.status, frame.window().closed]).toEqual(['rejected', true])
  })

  it('holds up neither an abort nor a sign-out', async () => {
    const { click, frame, flow, loads, signOut } = setUp()
    const controller = new AbortController()
    const aborted = watch(click.authorize({ signal: controller.signal }))
    controller.abort()
    await settle()
    expect(aborted.error).toMatchObject({ code: 'aborted' })
    const signedOut = watch(click.authorize())
    signOut()
    loads[0]?.arrive()
    await settle()
    expect(signedOut.error).toMatchObject({ code: 'aborted' })
    expect(frame.windows.map(({ closed }) => closed)).toEqual([true, true])
    expect(flow.authorize).not.toHaveBeenCalled()
  })
})

describe('a click after its flow was loaded', () => {
  it('leaves everything to it', async () => {
    const { click, frame, flow, loads } = setUp()
    const prepared = click.prepare()
    loads[0]?.arrive()
    await prepared
    expect(flow.prepare).toHaveBeenCalledTimes(1)
    void click.authorize({ scopes: ['x'] })
    expect(flow.authorize.mock.calls).toEqual([[{ scopes: ['x'] }]])
    expect(frame.windows).toEqual([])
  })
})
