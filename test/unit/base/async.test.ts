// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { delay, detachable, onDemand, throwIfAborted, within } from '../../../src/base/async'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { errorOf, thrownBy, watch } from '../support/outcome'
import { later } from '../support/token-endpoint'

function setUp() {
  const { clock, frame } = createBrowser()
  return { clock, platform: frame().platform }
}

describe('delay', () => {
  it('takes the time that it was given', async () => {
    const { clock, platform } = setUp()
    const outcome = watch(delay(platform, 1_000))
    await clock.advance(999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.status).toBe('resolved')
  })
})

describe('within', () => {
  it('gives the result of work that is done in time, and leaves no timer behind', async () => {
    const { clock, platform } = setUp()
    const late = vi.fn(() => 'late')
    expect(await within(platform, 1_000, Promise.resolve('done'), late)).toBe('done')
    await settle()
    expect(clock.timers()).toBe(0)
    expect(late).not.toHaveBeenCalled()
  })

  it('passes on why the work failed', async () => {
    const { clock, platform } = setUp()
    const failure = new Error('no')
    expect(await errorOf(within(platform, 1_000, Promise.reject(failure), () => 'late'))).toBe(failure)
    await settle()
    expect(clock.timers()).toBe(0)
  })

  it('waits no longer than the limit', async () => {
    const { clock, platform } = setUp()
    const outcome = watch(within(platform, 1_000, later<string>().promise, () => 'late'))
    await clock.advance(999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome).toEqual({ status: 'resolved', value: 'late' })
  })

  it('rejects with what `late` throws, and swallows a failure that comes after it', async () => {
    const { clock, platform } = setUp()
    const failure = new Error('too late')
    const work = later<string>()
    const outcome = watch(
      within(platform, 1_000, work.promise, () => {
        throw failure
      }),
    )
    await clock.advance(1_000)
    work.reject(new Error('nobody hears this'))
    await settle()
    expect(outcome).toEqual({ status: 'rejected', error: failure })
  })
})

describe('detachable', () => {
  it('is the work itself where there is no signal', () => {
    const work = Promise.resolve(1)
    expect(detachable(work, undefined, () => new Error('aborted'))).toBe(work)
  })

  it('lets the caller go when the signal fires, and the work goes on', async () => {
    const work = later<string>()
    const caller = new AbortController()
    const outcome = watch(detachable(work.promise, caller.signal, ({ reason }) => reason))
    caller.abort('changed my mind')
    await settle()
    expect(outcome).toEqual({ status: 'rejected', error: 'changed my mind' })
    work.resolve('done')
    expect(await work.promise).toBe('done')
  })

  it('rejects at once for a signal that has fired before', async () => {
    expect(
      await errorOf(detachable(later().promise, AbortSignal.abort('before'), ({ reason }) => reason)),
    ).toBe('before')
  })

  it('gives result and failure, and forgets the signal then', async () => {
    const { signal } = new AbortController()
    const remove = vi.spyOn(signal, 'removeEventListener')
    const never = () => new Error('aborted')
    expect(await detachable(Promise.resolve('done'), signal, never)).toBe('done')
    expect(await errorOf(detachable(Promise.reject('failed'), signal, never))).toBe('failed')
    await settle()
    expect(remove).toHaveBeenCalledTimes(2)
  })
})

describe('onDemand', () => {
  it('loads once for all who ask, and anew after a failure', async () => {
    const load = vi.fn<() => Promise<string>>(async () => 'loaded')
    load.mockRejectedValueOnce('offline')
    const loaded = onDemand(load)
    expect(load).not.toHaveBeenCalled()
    const [first, second] = [loaded(), loaded()]
    expect([await errorOf(first), await errorOf(second)]).toEqual(['offline', 'offline'])
    expect([await loaded(), await loaded()]).toEqual(['loaded', 'loaded'])
    expect(load).toHaveBeenCalledTimes(2)
  })
})

describe('throwIfAborted', () => {
  it('throws the reason of a signal that is aborted', () => {
    expect(thrownBy(() => throwIfAborted(AbortSignal.abort('enough')))).toBe('enough')
    expect(
      thrownBy(() => throwIfAborted(Object.assign(new EventTarget(), { aborted: true }) as AbortSignal)),
    ).toMatchObject({
      name: 'AbortError',
    })
  })

  it.each([undefined, null, new AbortController().signal])('lets %o pass', (signal) => {
    expect(() => throwIfAborted(signal)).not.toThrow()
  })
})
