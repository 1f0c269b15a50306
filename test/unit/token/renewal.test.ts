// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { renewInBackground } from '../../../src/token/renewal'
import { START, settle } from '../support/clock'
import { expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { createPartition } from '../support/store'
import { later } from '../support/token-endpoint'

const MINUTE = 60_000

async function setUp(record: GrantEntry['record'], random = 0) {
  const partition = createPartition()
  partition.plant(storedEntry({ ...(record && { record }) }))
  const { frame, store, platform } = partition.open({ random: () => random })
  await store.read()
  const renewed: { at: number; instead: string }[] = []
  const hanging = later<void>()
  const control = { isFailing: false, isHanging: false, fail: () => hanging.reject(new Error('offline')) }
  renewInBackground({ platform, store }, async (instead) => {
    renewed.push({ at: platform.now() - START, instead })
    if (control.isHanging) await hanging.promise
    if (control.isFailing) throw new Error('offline')
  })
  return { ...partition, frame, store, renewed, control }
}

describe('renewal in the background', () => {
  it('comes five minutes before the end', async () => {
    const { clock, renewed } = await setUp(liveGrant())
    await clock.advance(HOUR_MS - 5 * MINUTE - 1)
    expect(renewed).toEqual([])
    await clock.advance(1)
    expect(renewed).toEqual([{ at: HOUR_MS - 5 * MINUTE, instead: 'access-0' }])
  })

  it('comes up to half of that earlier, each frame at a moment of its own', async () => {
    const { clock, renewed } = await setUp(liveGrant(), 1)
    await clock.advance(HOUR_MS)
    expect(renewed.map(({ at }) => at)).toEqual([HOUR_MS - 7.5 * MINUTE])
  })

  it('comes with a fifth of a short life left', async () => {
    const short = liveGrant({ tokenSet: tokenSet({ expiresAt: START + 10 * MINUTE }) })
    const { clock, renewed } = await setUp(short)
    await clock.advance(10 * MINUTE)
    expect(renewed.map(({ at }) => at)).toEqual([8 * MINUTE])
  })

  it('comes at once for a token that ran out', async () => {
    const { clock, renewed } = await setUp(liveGrant({ tokenSet: tokenSet({ expiresAt: START + 1 }) }))
    await clock.advance(1)
    expect(renewed).toHaveLength(1)
  })

  it.each<[string, GrantEntry['record']]>([
    ['no grant', undefined],
    ['a grant that has ended', expiredGrant()],
    ['a grant that cannot be renewed', liveGrant({ renewable: false })],
  ])('does not come for %s: there is no timer', async (_case, record) => {
    expect((await setUp(record)).clock.timers()).toBe(0)
  })

  it('goes by the new token when there is one, and stops with a sign-out', async () => {
    const { clock, renewed, store } = await setUp(liveGrant())
    const set = tokenSet({
      accessToken: 'access-1',
      expiresAt: START + 2 * HOUR_MS,
      obtainedAt: START + HOUR_MS,
    })
    await store.commit((entry) => ({ ...entry, record: liveGrant({ tokenSet: set }) }))
    await clock.advance(HOUR_MS)
    expect(renewed).toEqual([])
    await clock.advance(HOUR_MS)
    expect(renewed.map(({ instead }) => instead)).toEqual(['access-1'])
    await store.remove()
    expect(clock.timers()).toBe(0)
  })

  it('that fails comes again after the cool-down', async () => {
    const { clock, renewed, control } = await setUp(liveGrant())
    control.isFailing = true
    await clock.advance(HOUR_MS - 5 * MINUTE + 20_000)
    expect(renewed.map(({ at }) => at - (HOUR_MS - 5 * MINUTE))).toEqual([0, 10_000, 20_000])
  })

  it('that failed does not come again after a sign-out', async () => {
    const { clock, renewed, control, store } = await setUp(liveGrant())
    control.isFailing = true
    await clock.advance(HOUR_MS - 5 * MINUTE)
    await store.remove()
    await clock.advance(MINUTE)
    expect(renewed).toHaveLength(1)
  })

  it('that fails when there is a newer token already does not hurry that one', async () => {
    const { clock, renewed, store, control } = await setUp(liveGrant())
    control.isHanging = true
    await clock.advance(HOUR_MS - 5 * MINUTE)
    const set = tokenSet({ accessToken: 'access-1', expiresAt: START + 2 * HOUR_MS, obtainedAt: clock.now() })
    await store.commit((entry) => ({ ...entry, record: liveGrant({ tokenSet: set }) }))
    control.fail()
    await clock.advance(20 * MINUTE)
    expect(renewed.map(({ instead }) => instead)).toEqual(['access-0'])
  })

  it('waits in a hidden document until it is shown', async () => {
    const { clock, frame, renewed } = await setUp(liveGrant())
    frame.wake()
    await settle()
    expect(renewed).toEqual([])
    frame.isVisible = false
    await clock.advance(HOUR_MS)
    expect(renewed).toEqual([])
    frame.isVisible = true
    frame.wake()
    await settle()
    expect(renewed).toHaveLength(1)
    frame.wake()
    await settle()
    expect(renewed).toHaveLength(1)
  })
})
