// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createRateWindow, type RateWindow } from '../../../src/api/rate-window'

const steady = () => 0

/** Sends calls while there is room; none of them ends. */
function sendAll(window: RateWindow, now: number, most = 2_000) {
  const sent: number[] = []
  while (sent.length < most && window.nextAt(now) <= now) sent.push(window.take())
  return sent
}

describe('a window', () => {
  it('has room for 100 calls under way until a header says otherwise', () => {
    const window = createRateWindow(steady)
    expect(sendAll(window, 0)).toHaveLength(100)
    expect(window.nextAt(0)).toBe(Number.POSITIVE_INFINITY)
  })

  it('frees a place ten seconds after the answer, not after the request', () => {
    const window = createRateWindow(steady)
    const [first = 0, ...others] = sendAll(window, 0)
    window.answered(first, undefined, 300)
    expect(window.nextAt(300)).toBe(10_300)
    for (const taken of others) window.answered(taken, undefined, 500)
    expect(window.nextAt(10_299)).toBe(10_300)
    expect(sendAll(window, 10_300)).toHaveLength(1)
    expect(window.nextAt(10_300)).toBe(10_500)
    expect(sendAll(window, 10_500)).toHaveLength(99)
  })

  it('may have one place', () => {
    const window = createRateWindow(steady)
    window.answered(window.take(), { token: { remaining: 0, max: 1, intervalMs: 1 } }, 0)
    expect(window.nextAt(0)).toBe(1)
    expect(sendAll(window, 1)).toHaveLength(1)
    expect(window.nextAt(1)).toBe(Number.POSITIVE_INFINITY)
  })

  it('frees a place at once that was never used', () => {
    const window = createRateWindow(steady)
    sendAll(window, 0)
    window.giveBack()
    expect(window.nextAt(0)).toBe(0)
    expect(sendAll(window, 0)).toHaveLength(1)
  })

  it('goes by the size and the interval that the headers name', () => {
    const window = createRateWindow(steady)
    window.answered(window.take(), { token: { remaining: 9, max: 10, intervalMs: 2_000 } }, 0)
    const sent = sendAll(window, 0)
    expect(sent).toHaveLength(9)
    for (const taken of sent) window.answered(taken, undefined, 100)
    expect(window.nextAt(100)).toBe(2_000)
    expect(sendAll(window, 2_000)).toHaveLength(1)
    expect(sendAll(window, 2_100)).toHaveLength(9)
  })

  it('grows where the headers name more', () => {
    const window = createRateWindow(steady)
    window.answered(window.take(), { token: { remaining: 299, max: 300 } }, 0)
    expect(sendAll(window, 0)).toHaveLength(299)
  })

  it.each([
    { remaining: 99, max: 0 },
    { remaining: 99, max: -5 },
    { remaining: 99, intervalMs: 0 },
    { remaining: 99, intervalMs: -1 },
    { remaining: 99 },
  ])('stays as it is where the headers name nothing usable: %o', (token) => {
    const window = createRateWindow(steady)
    window.answered(window.take(), { token }, 0)
    expect(sendAll(window, 0)).toHaveLength(99)
    window.giveBack()
    expect(sendAll(window, 10_000)).toHaveLength(2)
  })

  it('believes in no more than 1,000 places', () => {
    const window = createRateWindow(steady)
    window.answered(window.take(), { token: { remaining: 1e9, max: 1e9 } }, 0)
    expect(sendAll(window, 0)).toHaveLength(999)
  })

  it.each([
    ['the token', { token: { remaining: 5 } }],
    ['the key', { key: { remaining: 5 }, token: { remaining: 80 } }],
    ['the key alone', { key: { remaining: 5, max: 300, intervalMs: 10_000 } }],
  ])('has no more room than the headers leave to %s: others use it too', (_case, limit) => {
    const window = createRateWindow(steady)
    window.answered(window.take(), limit, 0)
    expect(sendAll(window, 0)).toHaveLength(5)
    for (let ended = 0; ended < 5; ended++) window.giveBack()
    expect(sendAll(window, 10_000)).toHaveLength(100)
  })

  it('counts a call that is under way once, though the headers count it too', () => {
    const window = createRateWindow(steady)
    const sent = Array.from({ length: 50 }, () => window.take())
    // The server had seen all of them before it answered the first.
    for (const taken of sent) window.answered(taken, { token: { remaining: 50 } }, 100)
    expect(sendAll(window, 100)).toHaveLength(50)
  })

  it('waits for the whole interval where nothing is left', () => {
    const window = createRateWindow(steady)
    window.answered(window.take(), { token: { remaining: 0, max: 100, intervalMs: 10_000 } }, 1_000)
    expect(window.nextAt(1_000)).toBe(11_000)
    expect(sendAll(window, 11_000)).toHaveLength(100)
  })
})

describe('a pause', () => {
  const pauseAfter = (window: RateWindow, now: number, retryAfterMs?: number) =>
    window.refused(window.take(), undefined, retryAfterMs, now)

  it('is as long as Retry-After says, and at least a second', () => {
    expect(pauseAfter(createRateWindow(steady), 100, 7_000)).toEqual({ pausedUntil: 7_100, hasHope: true })
    expect(pauseAfter(createRateWindow(steady), 100, 0)).toEqual({ pausedUntil: 1_100, hasHope: true })
  })

  it('is no longer than a quarter of an hour: the page may live for days, and the clock be wrong', () => {
    const day = 86_400_000
    expect(pauseAfter(createRateWindow(steady), 0, day).pausedUntil).toBe(900_000)
    const window = createRateWindow(steady)
    const limit = { token: { remaining: 0, max: 100, intervalMs: day } }
    expect(window.refused(window.take(), limit, undefined, 0).pausedUntil).toBe(900_000)
    expect(sendAll(window, 1_800_000)).toHaveLength(100)
  })

  it.each([
    ['the token', { token: { remaining: 0, intervalMs: 8_000 } }, 8_000],
    [
      'the key',
      { key: { remaining: 0, intervalMs: 9_000 }, token: { remaining: 7, intervalMs: 8_000 } },
      9_000,
    ],
    [
      'the token before the key',
      { key: { remaining: -1, intervalMs: 9_000 }, token: { remaining: 0, intervalMs: 8_000 } },
      8_000,
    ],
    [
      'neither',
      { key: { remaining: 1, intervalMs: 9_000 }, token: { remaining: 7, intervalMs: 8_000 } },
      1_000,
    ],
    ['no interval', { key: { remaining: 0 } }, 1_000],
  ])('is the interval of the limit that is used up: of %s', (_case, limit, pauseMs) => {
    const window = createRateWindow(steady)
    expect(window.refused(window.take(), limit, undefined, 0).pausedUntil).toBe(pauseMs)
  })

  it('grows where the last one helped nothing, and after three there is no hope', () => {
    const window = createRateWindow(steady)
    expect(pauseAfter(window, 0)).toEqual({ pausedUntil: 1_000, hasHope: true })
    expect(pauseAfter(window, 1_000)).toEqual({ pausedUntil: 5_000, hasHope: true })
    expect(pauseAfter(window, 5_000)).toEqual({ pausedUntil: 15_000, hasHope: true })
    expect(pauseAfter(window, 15_000)).toMatchObject({ hasHope: false })
    expect(pauseAfter(window, 30_000)).toEqual({ pausedUntil: 31_000, hasHope: true })
  })

  it('is short again after a success', () => {
    const window = createRateWindow(steady)
    pauseAfter(window, 0)
    window.answered(window.take(), undefined, 1_000)
    expect(pauseAfter(window, 2_000)).toEqual({ pausedUntil: 3_000, hasHope: true })
  })

  it('is one for all calls that were sent together', () => {
    const window = createRateWindow(steady)
    const sent = sendAll(window, 0)
    for (const taken of sent.slice(0, 60)) {
      expect(window.refused(taken, undefined, undefined, 100)).toEqual({ pausedUntil: 1_100, hasHope: true })
    }
    const late = window.refused(sent[60] ?? 0, undefined, undefined, 600)
    expect(late).toEqual({ pausedUntil: 1_600, hasHope: true })
    expect(window.refused(sent[61] ?? 0, undefined, 5_000, 600)).toEqual({
      pausedUntil: 5_600,
      hasHope: true,
    })
    expect(window.refused(sent[62] ?? 0, undefined, 2_000, 600)).toEqual({
      pausedUntil: 5_600,
      hasHope: true,
    })
  })

  it('does not end by the success of a call that was sent before it', () => {
    const window = createRateWindow(steady)
    const [early = 0, refused = 0] = [window.take(), window.take()]
    window.refused(refused, undefined, undefined, 0)
    window.answered(early, undefined, 100)
    expect(window.nextAt(100)).toBe(1_000)
    expect(pauseAfter(window, 1_000).pausedUntil).toBe(5_000)
  })

  it('lets calls go at the rate of the window when it is over', () => {
    const window = createRateWindow(steady)
    window.refused(window.take(), { token: { remaining: 0, max: 10, intervalMs: 2_000 } }, undefined, 0)
    const sentAt: number[] = []
    for (let now = 2_000; now < 4_000; now = window.nextAt(now)) {
      window.take()
      sentAt.push(now)
    }
    expect(sentAt).toEqual(Array.from({ length: 10 }, (_, i) => 2_000 + i * 200))
  })

  it('is up to a tenth longer, so that frames do not come back at once', () => {
    const window = createRateWindow(() => 0.5)
    expect(pauseAfter(window, 0, 10_000).pausedUntil).toBe(10_500)
  })

  it('leaves nothing behind: days later all is free', () => {
    const window = createRateWindow(steady)
    for (let call = 0; call < 500; call++) window.answered(window.take(), undefined, call * 1_000)
    pauseAfter(window, 500_000)
    expect(sendAll(window, 1e9)).toHaveLength(100)
  })
})
