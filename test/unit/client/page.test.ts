// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { createPage, pageOf } from '../../../src/client/page'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { HOUR_MS, liveGrant, storedEntry } from '../support/grants'
import { createStorage } from '../support/key-value-store'

describe('a page', () => {
  it('is one for all who use the same browser', () => {
    const { frame } = createBrowser()
    const { platform } = frame()
    expect(pageOf(platform)).toBe(pageOf(platform))
    expect(pageOf(frame().platform)).not.toBe(pageOf(platform))
  })

  it('has one grant for each key, opened at its first use', () => {
    const frame = createBrowser().frame()
    const page = createPage(frame.platform, createStorage())
    expect(frame.listeners.wake).toBe(0)
    const grant = page.grant('a')
    expect(frame.listeners.wake).toBe(1)
    expect(page.grant('a')).toBe(grant)
    expect(page.grant('b')).not.toBe(grant)
  })

  it('renews a grant on behalf of the client that came last, and only once', async () => {
    const { clock, frame } = createBrowser()
    const storage = createStorage()
    storage.values.set('a', storedEntry({ record: liveGrant() }))
    const { store, renewBy } = createPage(frame().platform, storage).grant('a')
    await store.read()
    const renewals = [vi.fn(async () => ''), vi.fn(async () => '')] as const
    for (const renew of renewals) renewBy(renew)
    expect(clock.timers()).toBe(1)
    await clock.advance(HOUR_MS - 5 * 60_000)
    await settle()
    expect(renewals.map(({ mock }) => mock.calls)).toEqual([[], [['access-0']]])
  })
})
