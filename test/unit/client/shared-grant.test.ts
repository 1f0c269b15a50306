// @vitest-environment node

import { describe, expect, it, vi } from 'vitest'
import { openSharedGrant } from '../../../src/client/shared-grant'
import { createLocks } from '../../../src/grant/lock'
import { createSignIns } from '../../../src/sign-in/in-progress'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { HOUR_MS, liveGrant, storedEntry } from '../support/grants'
import { createStorage } from '../support/key-value-store'

function setUp() {
  const { clock, frame } = createBrowser()
  const storage = createStorage()
  const { platform, ...seen } = frame()
  storage.values.set('a', storedEntry({ record: liveGrant() }))
  return { clock, seen, platform, storage, grant: openSharedGrant(platform, storage, 'a', new Set()) }
}

describe('a grant that clients share', () => {
  it('is renewed on behalf of the client that came last, and only once', async () => {
    const { clock, grant } = setUp()
    await grant.store.read()
    const renewals = [vi.fn(async () => ''), vi.fn(async () => '')] as const
    for (const renew of renewals) grant.renewBy(renew)
    expect(clock.timers()).toBe(1)
    await clock.advance(HOUR_MS - 5 * 60_000)
    await settle()
    expect(renewals.map(({ mock }) => mock.calls)).toEqual([[], [['generation-0']]])
  })

  it('is not idle while a sign-in goes on', () => {
    const { grant, platform } = setUp()
    expect(grant.isIdle()).toBe(true)
    grant.signIns = createSignIns(platform, createLocks(platform), () => undefined)
    expect(grant.isIdle()).toBe(true)
    const signIn = grant.signIns.begin({ scopes: [], needed: [] }, () => undefined)
    expect(grant.isIdle()).toBe(false)
    signIn.end()
    expect(grant.isIdle()).toBe(true)
  })

  it('leaves no listener and no timer when it is closed, and can still be read', async () => {
    const { grant, clock, platform } = setUp()
    const others = vi.fn()
    platform.openChannel('powerup-oauth:a')?.addEventListener('message', others)
    await grant.store.read()
    grant.renewBy(async () => '')
    expect(clock.timers()).toBe(1)
    grant.close()
    expect(clock.timers()).toBe(0)
    expect((await grant.store.read()).record).toEqual(liveGrant())
    await grant.store.remove()
    await settle()
    expect(clock.timers()).toBe(0)
  })
})
