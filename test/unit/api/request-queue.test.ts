// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createRequestQueue, type Place, type Turn } from '../../../src/api/request-queue'
import { NotAuthorizedError } from '../../../src/base/errors'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { errorOf, type Outcome, watch } from '../support/outcome'

function setUp() {
  const { clock, frame } = createBrowser()
  const queue = createRequestQueue(frame().platform)
  const tooLong = (waitMs: number | undefined) => ({ waitMs })
  const turn = (signal?: AbortSignal): Turn => ({ signal, tooLong })
  /** Takes so many places that nothing is free, and ends them all. */
  const fill = (count = 100) => {
    for (const place of Array.from({ length: count }, queue.take)) place.answered(undefined)
  }
  return { clock, queue, turn, fill }
}

const statuses = (outcomes: readonly Outcome<unknown>[]) => outcomes.map(({ status }) => status)

describe('the queue', () => {
  it('lets calls go at once while there is room, then in the order that they came', async () => {
    const { clock, queue, turn, fill } = setUp()
    fill(98)
    await clock.advance(5_000)
    const gone: number[] = []
    for (let call = 0; call < 5; call++) {
      void queue.wait(turn()).then((place) => {
        gone.push(call)
        place.answered(undefined)
      })
    }
    await settle()
    expect(gone).toEqual([0, 1])
    await clock.advance(4_999)
    expect(gone).toEqual([0, 1])
    await clock.advance(1)
    expect(gone).toEqual([0, 1, 2, 3, 4])
  })

  it('keeps those that wait where the signal of a call that has gone tells its end all the same', async () => {
    const { clock, queue, turn, fill } = setUp()
    const controller = new AbortController()
    // As of happy-dom and of polyfills.
    Object.assign(controller.signal, { removeEventListener: () => undefined })
    const first = watch(queue.wait(turn(controller.signal)))
    await settle()
    fill(99)
    const second = watch(queue.wait(turn()))
    controller.abort()
    await clock.advance(10_000)
    expect(statuses([first, second])).toEqual(['resolved', 'resolved'])
  })

  it('goes on when a call that is under way has ended', async () => {
    const { queue, turn } = setUp()
    const places = Array.from({ length: 100 }, queue.take)
    const outcome = watch(queue.wait(turn()))
    await settle()
    expect(outcome.status).toBe('pending')
    places[0]?.failed(new NotAuthorizedError())
    await settle()
    expect(outcome.status).toBe('resolved')
  })

  it('keeps the place of a call that failed on its way for an interval', async () => {
    const { clock, queue, turn } = setUp()
    const places = Array.from({ length: 100 }, queue.take)
    const outcome = watch(queue.wait(turn()))
    places[0]?.failed(new TypeError('Failed to fetch'))
    await clock.advance(9_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.status).toBe('resolved')
  })

  it('holds all calls back while a pause lasts', async () => {
    const { clock, queue, turn } = setUp()
    expect(queue.take().refused(undefined, 3_000)).toEqual({ waitMs: 3_000, isShort: true })
    const outcomes = Array.from({ length: 3 }, () => watch(queue.wait(turn())))
    await clock.advance(2_999)
    expect(statuses(outcomes)).toEqual(['pending', 'pending', 'pending'])
    await clock.advance(1)
    expect(statuses(outcomes)).toEqual(['resolved', 'pending', 'pending'])
  })

  it('lets a refused call stand behind those that wait', async () => {
    const { clock, queue, turn } = setUp()
    const first = turn()
    const place = await queue.wait(first)
    const gone: string[] = []
    place.refused(undefined, undefined)
    void queue.wait(turn()).then(() => gone.push('second'))
    void queue.wait(first).then(() => gone.push('first'))
    await clock.advance(10_000)
    expect(gone).toEqual(['second', 'first'])
  })

  it('has no timer while nobody waits', async () => {
    const { clock, queue, turn, fill } = setUp()
    fill()
    expect(clock.timers()).toBe(0)
    const caller = new AbortController()
    const outcomes = [watch(queue.wait(turn(caller.signal))), watch(queue.wait(turn()))]
    expect(clock.timers()).toBe(1)
    caller.abort()
    await clock.advance(10_000)
    expect(statuses(outcomes)).toEqual(['rejected', 'resolved'])
    expect(clock.timers()).toBe(0)
  })
})

describe('a caller who leaves', () => {
  it('gets the reason and gives its turn to the next', async () => {
    const { clock, queue, turn, fill } = setUp()
    fill(99)
    queue.take()
    const caller = new AbortController()
    const leaving = watch(queue.wait(turn(caller.signal)))
    const staying = watch(queue.wait(turn()))
    caller.abort('enough')
    await settle()
    expect(leaving).toEqual({ status: 'rejected', error: 'enough' })
    await clock.advance(10_000)
    expect(staying.status).toBe('resolved')
  })

  it('takes no place where the signal was aborted before', async () => {
    const { queue, turn } = setUp()
    const outcome = watch(queue.wait(turn(AbortSignal.abort('before'))))
    await settle()
    expect(outcome).toEqual({ status: 'rejected', error: 'before' })
    const others = Array.from({ length: 100 }, () => watch(queue.wait(turn())))
    await settle()
    expect(new Set(statuses(others))).toEqual(new Set(['resolved']))
  })

  it('ends with an AbortError where the signal has no reason, as those of polyfills', async () => {
    const { queue, turn, fill } = setUp()
    fill()
    const signal = Object.defineProperty(new AbortController().signal, 'reason', { value: undefined })
    const outcome = watch(queue.wait(turn(signal)))
    signal.dispatchEvent(new Event('abort'))
    await settle()
    expect(outcome.error).toMatchObject({ name: 'AbortError' })
    Object.defineProperty(signal, 'aborted', { value: true })
    expect(await errorOf(queue.wait(turn(signal)))).toMatchObject({ name: 'AbortError' })
  })

  it('leaves no listener on the signal, whatever became of the call', async () => {
    const { clock, queue, turn, fill } = setUp()
    const { signal } = new AbortController()
    const listeners = new Set<unknown>()
    signal.addEventListener = (_type: string, listener: unknown) => void listeners.add(listener)
    signal.removeEventListener = (_type: string, listener: unknown) => void listeners.delete(listener)
    fill()
    const outcome = watch(queue.wait(turn(signal)))
    expect(listeners.size).toBe(1)
    await clock.advance(10_000)
    expect(outcome.status).toBe('resolved')
    expect(listeners.size).toBe(0)
  })
})

describe('a wait that is too long', () => {
  it('ends at once where the next place is more than 15 seconds off', async () => {
    const { clock, queue, turn } = setUp()
    const waiting = watch(queue.wait(turn()))
    await settle()
    const place = waiting.value as Place
    expect(place.refused(undefined, 15_000)).toEqual({ waitMs: 15_000, isShort: true })
    const patient = watch(queue.wait(turn()))
    await settle()
    expect(patient.status).toBe('pending')
    expect(queue.take().refused(undefined, 15_001)).toEqual({ waitMs: 15_001, isShort: false })
    const late = watch(queue.wait(turn()))
    await settle()
    expect([patient, late]).toEqual([
      { status: 'rejected', error: { waitMs: 15_001 } },
      { status: 'rejected', error: { waitMs: 15_001 } },
    ])
    await clock.advance(10_000)
    expect(watch(queue.wait(turn())).status).toBe('pending')
  })

  it('ends for all once three pauses have helped nothing', async () => {
    const { clock, queue, turn } = setUp()
    for (const pauseMs of [1_000, 4_000, 10_000]) {
      expect(queue.take().refused(undefined, undefined)).toEqual({ waitMs: pauseMs, isShort: true })
      await clock.advance(pauseMs)
    }
    const probe = await queue.wait(turn())
    const waiting = [watch(queue.wait(turn())), watch(queue.wait(turn()))]
    expect(probe.refused(undefined, undefined).isShort).toBe(false)
    await settle()
    expect(statuses(waiting)).toEqual(['rejected', 'rejected'])
  })

  it('ends after two minutes in a queue that moves too slowly', async () => {
    const { clock, queue, turn } = setUp()
    const places = Array.from({ length: 100 }, queue.take)
    const outcome = watch(queue.wait(turn()))
    await clock.advance(119_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome).toEqual({ status: 'rejected', error: { waitMs: undefined } })
    places[0]?.answered(undefined)
    const behind = watch(queue.wait(turn()))
    await clock.advance(10_000)
    expect(behind.status).toBe('resolved')
  })
})

describe('a page that wants more than the server allows', () => {
  it.each([
    ['a fixed window', fixedWindow],
    ['a sliding window', slidingWindow],
  ])('has every call answered, and no 429, at a server with %s', async (_case, makeServer) => {
    const { clock, queue, turn } = setUp()
    const server = makeServer(() => clock.now())
    let refusals = 0
    const call = async (latencyMs: number) => {
      const place = await queue.wait(turn())
      const isLet = server()
      await new Promise<void>((resolve) => clock.setTimeout(resolve, latencyMs))
      if (isLet) return place.answered(undefined)
      refusals++
      place.refused(undefined, undefined)
    }
    const outcomes = Array.from({ length: 300 }, (_, i) => watch(call(50 + (i % 7) * 30)))
    await clock.advance(25_000)
    expect(statuses(outcomes)).toEqual(Array(300).fill('resolved'))
    expect(refusals).toBe(0)
  })
})

/** 100 calls in each ten seconds of the clock. */
function fixedWindow(now: () => number) {
  let [window, count] = [0, 0]
  return () => {
    const current = Math.floor(now() / 10_000)
    if (current !== window) [window, count] = [current, 0]
    return count++ < 100
  }
}

/** 100 calls in any ten seconds. */
function slidingWindow(now: () => number) {
  let times: number[] = []
  return () => {
    times = times.filter((time) => time > now() - 10_000)
    if (times.length >= 100) return false
    times.push(now())
    return true
  }
}
