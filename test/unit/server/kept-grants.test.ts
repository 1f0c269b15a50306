// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createKeptGrants } from '../../../src/server/kept-grants'
import { memoryGrants } from '../../../src/server/memory-grants'
import { serverPlatform } from '../../../src/server/platform'
import { openStoredValues } from '../../../src/server/stored-values'
import { createClock } from '../support/clock'
import { later } from '../support/token-endpoint'

function setUp() {
  const clock = createClock()
  const platform = { ...serverPlatform, ...clock }
  const grants = createKeptGrants(platform, openStoredValues(platform, memoryGrants(), undefined))
  const openMany = (count: number, from = 0) => {
    for (let i = from; i < from + count; i++) grants.open(`key-${i}`)
  }
  return { clock, grants, openMany }
}

describe('the open grants of a keeper', () => {
  it('are one for each key', () => {
    const { grants } = setUp()
    expect(grants.open('a')).toBe(grants.open('a'))
    expect(grants.open('a')).not.toBe(grants.open('b'))
  })

  it('are closed where they are many and nobody uses them', async () => {
    const { clock, grants, openMany } = setUp()
    const first = grants.open('first')
    openMany(5_000)
    expect(grants.open('first')).toBe(first)
    await clock.advance(10_000)
    openMany(101, 10_000)
    expect(grants.open('first')).not.toBe(first)
    expect(clock.timers()).toBe(0)
  })

  it('stay open while they are at work', async () => {
    const { clock, grants, openMany } = setUp()
    const busy = grants.open('busy')
    const work = later<void>()
    const done = busy.during(work.promise)
    await clock.advance(60_000)
    openMany(200)
    expect(grants.open('busy')).toBe(busy)
    work.resolve()
    await done
    await clock.advance(10_000)
    openMany(200, 200)
    expect(grants.open('busy')).not.toBe(busy)
  })

  it('do not pile up behind some that are at work for good', async () => {
    const { clock, grants, openMany } = setUp()
    const busy = Array.from({ length: 5 }, (_, i) => grants.open(`busy-${i}`))
    for (const grant of busy) void grant.during(new Promise<never>(() => undefined))
    for (let round = 0; round < 20; round++) {
      openMany(100, round * 100)
      await clock.advance(10_000)
    }
    openMany(10, 2_000)
    const open = Array.from({ length: 2_010 }, (_, i) => grants.opened(`key-${i}`)).filter(Boolean)
    expect(open.length).toBeLessThan(110)
    expect(busy.map(({ key }) => grants.opened(key))).toEqual(busy)
  })
})
