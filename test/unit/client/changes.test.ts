// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { createChanges, createGrantChanges, listen } from '../../../src/client/changes'
import { isUnfinished } from '../../../src/grant/attempt'
import type { AuthState } from '../../../src/grant/auth-state'
import { createBrowser } from '../support/browser'
import { START, settle } from '../support/clock'
import { attempt, liveGrant, storedEntry } from '../support/grants'
import { createPartition } from '../support/store'

const NOT_AUTHORIZED: AuthState = { status: 'notAuthorized', persistent: true }
const AUTHORIZED: AuthState = { status: 'authorized', scopes: [], missingScopes: [], persistent: true }

describe('listening to a state', () => {
  function setUp() {
    const { platform, ...frame } = createBrowser().frame()
    const changes = createChanges()
    let state: AuthState = NOT_AUTHORIZED
    const subscribe = (listener: (state: AuthState) => void) =>
      listen(platform, changes, () => state, listener)
    const become = (next: AuthState) => {
      state = next
      changes.tell()
    }
    return { frame, changes, subscribe, become }
  }

  it('tells the state at once, and each other state, until the undo', () => {
    const { subscribe, become } = setUp()
    const heard: string[] = []
    const stop = subscribe(({ status }) => heard.push(status))
    become(AUTHORIZED)
    become(AUTHORIZED)
    expect(heard).toEqual(['notAuthorized', 'authorized'])
    stop()
    become(NOT_AUTHORIZED)
    expect(heard).toHaveLength(2)
  })

  it('tells each state once, whatever a listener subscribes or undoes meanwhile', () => {
    const { subscribe, become } = setUp()
    const heard: string[] = []
    const stops: (() => void)[] = []
    subscribe(({ status }) => {
      if (status !== 'authorized') return
      for (const stop of stops) stop()
      subscribe(() => heard.push(`late: ${status}`))
    })
    stops.push(subscribe(({ status }) => heard.push(`undone: ${status}`)))
    become(AUTHORIZED)
    expect(heard).toEqual(['undone: notAuthorized', 'late: authorized'])
  })

  it('tells each listener once, also when another one changes the state meanwhile', () => {
    const { subscribe, become } = setUp()
    const heard: string[] = []
    subscribe(({ status }) => {
      if (status === 'authorized') become({ status: 'restoring' })
    })
    subscribe(({ status }) => heard.push(status))
    become(AUTHORIZED)
    expect(heard).toEqual(['notAuthorized', 'restoring'])
  })

  it('reports the error of a listener, and the others hear all the same', () => {
    const { frame, subscribe } = setUp()
    const failure = new Error('a listener failed')
    const heard = vi.fn()
    subscribe(() => {
      throw failure
    })
    subscribe(heard)
    expect(frame.reported).toEqual([failure])
    expect(heard).toHaveBeenCalledWith(NOT_AUTHORIZED)
  })

  it('ends a listener that subscribes again at each call, and says what is wrong', () => {
    const { frame, changes, subscribe, become } = setUp()
    const render = () => void subscribe(render)
    subscribe(render)
    expect(changes.listeners()).toBe(50)
    expect(frame.reported).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/again and again.*Subscribe once/) }),
    ])
    become(AUTHORIZED)
    become(NOT_AUTHORIZED)
    become(AUTHORIZED)
    expect(changes.listeners()).toBe(10_000)
    expect(changes.depth()).toBe(0)
  })

  it('lets a page with many components listen', () => {
    const { frame, subscribe } = setUp()
    const heard = vi.fn()
    for (let i = 0; i < 10_000; i++) subscribe(heard)
    expect(heard).toHaveBeenCalledTimes(10_000)
    expect(frame.reported).toEqual([])
    expect(() => subscribe(heard)).toThrow('Subscribe once')
    expect(heard).toHaveBeenCalledTimes(10_000)
  })

  it('may be nested where that ends', () => {
    const { frame, subscribe } = setUp()
    let levels = 0
    const nest = () => {
      if (++levels < 50) subscribe(nest)
    }
    subscribe(nest)
    expect(levels).toBe(50)
    expect(frame.reported).toEqual([])
  })
})

describe('the changes of a grant', () => {
  function setUp() {
    const partition = createPartition()
    const { platform, frame, store } = partition.open()
    const subscribe = vi.spyOn(store, 'subscribe')
    return { ...partition, frame, store, subscribe, changes: createGrantChanges({ platform, store }) }
  }

  it('listen to the store once for all, and only while somebody listens to them', async () => {
    const { changes, store, subscribe, plant } = setUp()
    const [one, two] = [vi.fn(), vi.fn()]
    expect(subscribe).not.toHaveBeenCalled()
    const stops = [changes.subscribe(one), changes.subscribe(two)]
    expect(subscribe).toHaveBeenCalledTimes(1)
    await store.read()
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 1])
    stops[0]?.()
    plant(storedEntry({ record: liveGrant() }))
    await store.read()
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 2])
    stops[1]?.()
    await store.remove()
    expect(two).toHaveBeenCalledTimes(2)
    changes.subscribe(one)
    expect(subscribe).toHaveBeenCalledTimes(2)
  })

  it('are told when time alone changes the state, with one timer, which ends with the last listener', async () => {
    const { changes, store, plant, clock } = setUp()
    plant(storedEntry({ attempts: [attempt({ openedAt: START })] }))
    await store.read()
    const heard = vi.fn()
    const stops = [changes.subscribe(heard), changes.subscribe(() => undefined)]
    expect(clock.timers()).toBe(1)
    await clock.advance(599_999)
    heard.mockClear()
    await clock.advance(1)
    expect(heard).toHaveBeenCalledTimes(1)
    expect(clock.timers()).toBe(0)
    plant(storedEntry({ attempts: [attempt({ openedAt: START + 600_000 })] }))
    await store.read()
    expect(clock.timers()).toBe(1)
    for (const stop of stops) stop()
    expect(clock.timers()).toBe(0)
  })

  it('are told within a minute after the clock jumped, and at once when the page is shown again', async () => {
    const { changes, store, frame, plant, clock } = setUp()
    plant(storedEntry({ attempts: [attempt({ openedAt: START })] }))
    await store.read()
    const states: boolean[] = []
    const stop = changes.subscribe(() => states.push(isUnfinished(attempt({ openedAt: START }), clock.now())))
    clock.jump(600_000)
    await clock.advance(59_999)
    expect(states).toEqual([])
    await clock.advance(1)
    expect(states).toEqual([false])
    frame.wake()
    expect(states).toEqual([false, false])
    stop()
    frame.wake()
    expect(states).toHaveLength(2)
    expect(frame.listeners.wake).toBe(1)
  })

  it('set no timer while nobody listens', async () => {
    const { store, plant, clock } = setUp()
    plant(storedEntry({ attempts: [attempt({ openedAt: START })] }))
    await store.read()
    await settle()
    expect(clock.timers()).toBe(0)
  })

  it('are told of what somebody else tells', () => {
    const { changes } = setUp()
    const heard = vi.fn()
    changes.subscribe(heard)
    changes.tell()
    expect(heard).toHaveBeenCalledTimes(1)
  })
})
