// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createFreshness } from '../../../src/grant/freshness'
import { createBrowser } from '../support/browser'

describe('what was read', () => {
  it.each([
    ['for a minute where other frames can tell of their changes', true, 60_000],
    ['for five seconds where they cannot', false, 5_000],
  ])('is trusted %s', async (_how, hearsOthers, trustMs) => {
    const { clock, freshness } = justRead()
    await clock.advance(trustMs - 1)
    expect(freshness.isTrusted(hearsOthers)).toBe(true)
    await clock.advance(1)
    expect(freshness.isTrusted(hearsOthers)).toBe(false)
    freshness.renew()
    expect(freshness.isTrusted(hearsOthers)).toBe(true)
  })

  it.each([5_000, -5_000])('is not trusted after a jump of the clock by %d ms', (jumpMs) => {
    const { clock, freshness } = justRead()
    clock.jump(jumpMs / 2)
    expect(freshness.isTrusted(true)).toBe(true)
    clock.jump(jumpMs / 2)
    expect(freshness.isTrusted(true)).toBe(false)
  })

  it('is nothing before the first read', () => {
    const freshness = createFreshness(createBrowser().frame().platform)
    expect([freshness.wasRead(), freshness.isTrusted(true)]).toEqual([false, false])
    freshness.renew()
    expect(freshness.wasRead()).toBe(true)
  })
})

function justRead() {
  const browser = createBrowser()
  const freshness = createFreshness(browser.frame().platform)
  freshness.renew()
  return { clock: browser.clock, freshness }
}
