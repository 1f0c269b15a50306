// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { TokenEndpointError } from '../../../src/base/errors'
import type { GrantEntry, LiveGrant } from '../../../src/grant/grant'
import { renewInBackground } from '../../../src/token/renewal'
import { START, settle } from '../support/clock'
import { coolDown, expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { createPartition } from '../support/store'

const MINUTE = 60_000
/** Of a token that lives an hour, without jitter. */
const DUE = HOUR_MS - 5 * MINUTE

async function setUp(record: GrantEntry['record'], random = 0) {
  const partition = createPartition()
  partition.plant(storedEntry({ ...(record && { record }) }))
  const { frame, store, platform } = partition.open({ random: () => random })
  await store.read()
  const renewals: { at: number; generation: string }[] = []
  /** Becomes of a renewal. It fails unless the test says otherwise. */
  const control = { outcome: (): Promise<unknown> => Promise.reject(new Error('offline')) }
  renewInBackground({ platform, store }, (generation) => {
    renewals.push({ at: platform.now() - START, generation })
    return control.outcome()
  })
  const put = (grant: LiveGrant) => store.commit((entry) => ({ ...entry, record: grant }))
  const times = () => renewals.map(({ at }) => at)
  return { ...partition, frame, store, renewals, times, control, put }
}

/** A grant one rotation later, whose token lives an hour from `at`. */
function successor(at: number, lifetimeMs = HOUR_MS): LiveGrant {
  return liveGrant({
    generation: 'generation-1',
    tokenSet: tokenSet({ accessToken: 'access-1', obtainedAt: at, expiresAt: at + lifetimeMs }),
  })
}

describe('a renewal', () => {
  it('comes five minutes before the token ends', async () => {
    const { clock, renewals } = await setUp(liveGrant())
    await clock.advance(DUE - 1)
    expect(renewals).toEqual([])
    await clock.advance(1)
    expect(renewals).toEqual([{ at: DUE, generation: 'generation-0' }])
  })

  it('comes up to half of that earlier, so that frames do not crowd', async () => {
    const { clock, times } = await setUp(liveGrant(), 1)
    await clock.advance(DUE)
    expect(times()[0]).toBe(HOUR_MS - 7.5 * MINUTE)
  })

  it('comes with a fifth of a short life left', async () => {
    const { clock, times } = await setUp(
      liveGrant({ tokenSet: tokenSet({ expiresAt: START + 10 * MINUTE }) }),
    )
    await clock.advance(8 * MINUTE)
    expect(times()).toEqual([8 * MINUTE])
  })

  it.each<[string, GrantEntry['record']]>([
    ['no grant', undefined],
    ['a grant that has ended', expiredGrant()],
    ['a grant that cannot be renewed', liveGrant({ renewable: false })],
  ])('is not planned for %s', async (_case, record) => {
    expect((await setUp(record)).clock.timers()).toBe(0)
  })

  it('is planned by the new token as soon as there is one', async () => {
    const { clock, renewals, put } = await setUp(liveGrant())
    await put(successor(START + HOUR_MS))
    await clock.advance(HOUR_MS + DUE - 1)
    expect(renewals).toEqual([])
    await clock.advance(1)
    expect(renewals).toEqual([{ at: HOUR_MS + DUE, generation: 'generation-1' }])
  })

  it('is planned by the prolonged life of the same access token', async () => {
    const { clock, times, put } = await setUp(liveGrant())
    const set = tokenSet({ obtainedAt: START + MINUTE, expiresAt: START + 2 * HOUR_MS })
    await put(liveGrant({ generation: 'generation-1', tokenSet: set }))
    await clock.advance(2 * HOUR_MS - 5 * MINUTE)
    expect(times()).toEqual([2 * HOUR_MS - 5 * MINUTE])
  })

  it('is off after a sign-out', async () => {
    const { clock, store } = await setUp(liveGrant())
    await store.remove()
    expect(clock.timers()).toBe(0)
  })
})

describe('a renewal that fails', () => {
  it('comes again after a pause that doubles, until the token has ended', async () => {
    const { clock, times } = await setUp(liveGrant())
    await clock.advance(24 * HOUR_MS)
    expect(times().map((at) => at - DUE)).toEqual([0, 10_000, 30_000, 70_000, 150_000])
    expect(clock.timers()).toBe(0)
  })

  it('pauses five minutes at most, and up to twice that by chance', async () => {
    const long = liveGrant({ tokenSet: tokenSet({ expiresAt: START + 48 * HOUR_MS }) })
    for (const [random, leastMs] of [
      [0, 5 * MINUTE],
      [0.9, 9.5 * MINUTE],
    ] as const) {
      const { clock, times, put } = await setUp(long, random)
      // The clock was set back by a day when the renewal was due.
      await clock.advance(48 * HOUR_MS - 7.5 * MINUTE)
      clock.jump(-24 * HOUR_MS)
      await clock.advance(12 * HOUR_MS)
      const [last = 0, before = 0] = times().reverse()
      expect(last - before).toBe(leastMs)
      await put(successor(clock.now()))
    }
  })

  it('begins with a short pause again for the next token', async () => {
    const { clock, times, put } = await setUp(liveGrant())
    await clock.advance(HOUR_MS)
    await put(successor(clock.now()))
    const before = times().length
    await clock.advance(DUE + 15_000)
    expect(times().slice(before)).toEqual([HOUR_MS + DUE, HOUR_MS + DUE + 10_000])
  })

  it('does not come again after a sign-out', async () => {
    const { clock, times, store } = await setUp(liveGrant())
    await clock.advance(DUE)
    await store.remove()
    await clock.advance(HOUR_MS)
    expect(times()).toEqual([DUE])
  })

  it('does not hurry a newer token', async () => {
    const { clock, renewals, control, put } = await setUp(liveGrant())
    let fail: (error: Error) => void = () => undefined
    control.outcome = () =>
      new Promise((_resolve, reject) => {
        fail = reject
      })
    await clock.advance(DUE)
    await put(successor(clock.now()))
    fail(new Error('offline'))
    await clock.advance(20 * MINUTE)
    expect(renewals.map(({ generation }) => generation)).toEqual(['generation-0'])
  })

  it.each(['clientRejected', 'blockedByPolicy'] as const)('with %s does not come again', async (code) => {
    const { clock, times, control } = await setUp(liveGrant())
    control.outcome = () => Promise.reject(new TokenEndpointError(code))
    await clock.advance(HOUR_MS)
    expect(times()).toEqual([DUE])
  })

  it('does not come where another frame was told that the client is rejected', async () => {
    const { clock, times } = await setUp(liveGrant({ coolDown: coolDown({ code: 'clientRejected' }) }))
    await clock.advance(HOUR_MS)
    expect(times()).toEqual([])
  })

  it('comes also where the grant holds a cool-down for another reason', async () => {
    const { clock, times } = await setUp(liveGrant({ coolDown: coolDown() }))
    await clock.advance(DUE)
    expect(times()).toEqual([DUE])
  })

  it('comes again where it brought nothing new: the frame that was at it may die', async () => {
    const { clock, times, control } = await setUp(liveGrant())
    control.outcome = () => Promise.resolve('access-0')
    await clock.advance(DUE + 15_000)
    expect(times()).toEqual([DUE, DUE + 10_000])
  })
})

describe('tokens that hardly live', () => {
  it.each([1_000, 10_000, MINUTE, 70_000, 90_000])(
    'of %d ms are renewed 60 times an hour at most',
    async (lifetimeMs) => {
      const { clock, times, control, put } = await setUp(
        liveGrant({ tokenSet: tokenSet({ expiresAt: START + lifetimeMs }) }),
      )
      let count = 0
      control.outcome = () => {
        count++
        const grant = successor(clock.now(), lifetimeMs)
        return put({ ...grant, generation: `generation-${count}` })
      }
      await clock.advance(HOUR_MS)
      expect(times().length).toBeGreaterThan(0)
      expect(times().length).toBeLessThanOrEqual(60)
    },
  )
})

describe('a timer that comes late', () => {
  it('renews nothing once the token has ended: the next call does', async () => {
    const { clock, times } = await setUp(liveGrant())
    clock.jump(HOUR_MS)
    await clock.advance(24 * HOUR_MS)
    expect(times()).toEqual([])
  })

  it('renews a token that has a moment left', async () => {
    const { clock, times } = await setUp(liveGrant())
    await clock.advance(DUE - 1_000)
    clock.jump(5 * MINUTE)
    await clock.advance(1_000 - 1)
    expect(times()).toEqual([])
    await clock.advance(1)
    expect(times()).toEqual([])
    const inTime = await setUp(liveGrant())
    inTime.clock.jump(5 * MINUTE - 1)
    await inTime.clock.advance(DUE)
    expect(inTime.times()).toEqual([HOUR_MS - 1])
  })

  it('does not ask for a token that ended before the page was opened', async () => {
    const { clock, times } = await setUp(liveGrant({ tokenSet: tokenSet({ expiresAt: START }) }))
    await clock.advance(HOUR_MS)
    expect(times()).toEqual([])
  })

  it('renews in time by its own measure where the clock was set back', async () => {
    const { clock, times } = await setUp(liveGrant())
    clock.jump(-10 * MINUTE)
    await clock.advance(DUE)
    expect(times()).toEqual([DUE - 10 * MINUTE])
  })
})

describe('a hidden document', () => {
  it('leaves the renewal to others, and looks again once it is shown', async () => {
    const { clock, frame, times } = await setUp(liveGrant())
    frame.isVisible = false
    await clock.advance(DUE + MINUTE)
    expect(times()).toEqual([])
    frame.isVisible = true
    frame.wake()
    frame.wake()
    await settle()
    expect(times()).toEqual([DUE + MINUTE])
  })

  it('asks for nothing when it is shown before the time has come', async () => {
    const { frame, times } = await setUp(liveGrant())
    frame.wake()
    await settle()
    expect(times()).toEqual([])
  })

  it('asks for nothing when it is shown after the token has ended', async () => {
    const { clock, frame, times } = await setUp(liveGrant())
    frame.isVisible = false
    await clock.advance(HOUR_MS)
    frame.isVisible = true
    frame.wake()
    await settle()
    expect(times()).toEqual([])
  })

  it('asks for nothing when it is shown after another frame has renewed', async () => {
    const { clock, frame, times, put } = await setUp(liveGrant())
    frame.isVisible = false
    await clock.advance(DUE)
    await put(successor(clock.now()))
    frame.isVisible = true
    frame.wake()
    await settle()
    expect(times()).toEqual([])
  })
})

describe('a mark that a dead frame left', () => {
  const lease = { owner: 'dead', presentedAt: START, presentation: 1 }

  it('is presented again as soon as no living frame can be at it, and once', async () => {
    const { clock, times } = await setUp(liveGrant({ lease }))
    await clock.advance(10_999)
    expect(times()).toEqual([])
    await clock.advance(DUE - 10_999 - 1)
    expect(times()).toEqual([11_000])
  })

  it('is presented again for a token that has ended, too, and once', async () => {
    const { clock, times } = await setUp(
      liveGrant({ lease, tokenSet: tokenSet({ expiresAt: START, obtainedAt: START - HOUR_MS }) }),
    )
    await clock.advance(HOUR_MS)
    expect(times()).toEqual([11_000])
  })

  it('is left alone where the server will not answer it any more', async () => {
    const { clock, times } = await setUp(liveGrant({ lease: { ...lease, presentedAt: START - 10 * MINUTE } }))
    await clock.advance(DUE - 1)
    expect(times()).toEqual([])
  })

  it('is no concern of this frame where its owner has taken it back or rotated', async () => {
    const { clock, times, put } = await setUp(liveGrant({ lease }))
    await put(liveGrant())
    await clock.advance(MINUTE)
    expect(times()).toEqual([])
    await put(liveGrant({ lease: { ...lease, presentedAt: clock.now() } }))
    await put(successor(clock.now()))
    await clock.advance(MINUTE)
    expect(times()).toEqual([])
  })

  it('is noticed where it appears while the page is open', async () => {
    const { clock, times, put } = await setUp(liveGrant())
    await clock.advance(MINUTE)
    await put(liveGrant({ lease: { ...lease, presentedAt: clock.now() } }))
    await clock.advance(MINUTE)
    expect(times()).toEqual([MINUTE + 11_000])
  })

  it('waits until the document is shown', async () => {
    const { clock, frame, times } = await setUp(liveGrant({ lease }))
    frame.isVisible = false
    await clock.advance(MINUTE)
    frame.isVisible = true
    frame.wake()
    await settle()
    expect(times()).toEqual([MINUTE])
  })

  it('leaves the planned renewal as it is', async () => {
    const { clock, times } = await setUp(liveGrant({ lease }))
    await clock.advance(DUE + 1_000)
    expect(times()).toEqual([11_000, DUE])
  })
})
