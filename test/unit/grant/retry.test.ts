// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { createRetry } from '../../../src/grant/retry'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'

function setUp() {
  const { clock, frame } = createBrowser()
  const work = vi.fn(async () => false)
  return { clock, work, retry: createRetry(frame().platform, work) }
}

describe('a retry', () => {
  it('begins after a second, and doubles its pauses up to a minute', async () => {
    const { clock, work, retry } = setUp()
    const begun = clock.now()
    const times: number[] = []
    work.mockImplementation(async () => {
      times.push((clock.now() - begun) / 1_000)
      return false
    })
    retry.soon()
    await clock.advance(250_000)
    expect(times).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243])
  })

  it('goes on after an error, and ends with success', async () => {
    const { clock, work, retry } = setUp()
    work.mockRejectedValueOnce(new Error('full')).mockResolvedValueOnce(true)
    retry.soon()
    await clock.advance(60_000)
    expect(work).toHaveBeenCalledTimes(2)
    expect(clock.timers()).toBe(0)
  })

  it('begins with a second again when it is asked for again, with one timer', async () => {
    const { clock, work, retry } = setUp()
    retry.soon()
    await clock.advance(3_000)
    expect(work).toHaveBeenCalledTimes(2)
    retry.soon()
    expect(clock.timers()).toBe(1)
    await clock.advance(999)
    expect(work).toHaveBeenCalledTimes(2)
    await clock.advance(1)
    expect(work).toHaveBeenCalledTimes(3)
  })

  it('tries no more once it is stopped, also in the middle of a try, until it is asked for again', async () => {
    const { clock, work, retry } = setUp()
    retry.soon()
    retry.stop()
    expect(clock.timers()).toBe(0)
    let fail: () => void = () => undefined
    work.mockImplementationOnce(
      () => new Promise((_resolve, reject) => (fail = () => reject(new Error('full')))),
    )
    retry.soon()
    await clock.advance(1_000)
    retry.stop()
    fail()
    await settle()
    expect([work.mock.calls.length, clock.timers()]).toEqual([1, 0])
    retry.soon()
    await clock.advance(1_000)
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('keeps no Node process alive', () => {
    const unref = vi.fn()
    const { platform } = createBrowser().frame({ setTimeout: () => ({ unref }) })
    createRetry(platform, async () => true).soon()
    expect(unref).toHaveBeenCalledTimes(1)
  })
})
