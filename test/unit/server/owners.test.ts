// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createProcessOwners } from '../../../src/server/owners'
import { serverPlatform } from '../../../src/server/platform'
import { createClock, START } from '../support/clock'

function processesOn(clock = createClock()) {
  return { clock, start: () => createProcessOwners({ ...serverPlatform, ...clock }) }
}

describe('the owner of a mark', () => {
  it('in this process is gone as soon as its answer is dealt with', async () => {
    const { start } = processesOn()
    const owners = start().ofGrant()
    const { name, release } = await owners.holdOwnerLock()
    const lease = { owner: name, presentedAt: START - 3_600_000, presentation: 1 }
    expect([await owners.isGone(lease), owners.isPresenting()]).toEqual([false, true])
    release()
    release()
    expect([await owners.isGone(lease), owners.isPresenting()]).toEqual([true, false])
  })

  it('in this process is known to the grant that was opened once more', async () => {
    const { start } = processesOn()
    const process = start()
    const { name } = await process.ofGrant().holdOwnerLock()
    expect(await process.ofGrant().isGone({ owner: name, presentedAt: 0, presentation: 1 })).toBe(false)
  })

  it('in another process is gone once its mark was seen to stand for eight seconds', async () => {
    const { clock, start } = processesOn()
    const { name } = await start().ofGrant().holdOwnerLock()
    const owners = start().ofGrant()
    const lease = { owner: name, presentedAt: clock.now(), presentation: 1 }
    expect(await owners.isGone(lease)).toBe(false)
    await clock.advance(7_999)
    expect(await owners.isGone(lease)).toBe(false)
    await clock.advance(1)
    expect(await owners.isGone(lease)).toBe(true)
    expect(await owners.isGone({ ...lease, owner: 'next', presentedAt: clock.now() })).toBe(false)
  })

  it('in another process is gone at once where its mark is thirteen seconds old', async () => {
    const { clock, start } = processesOn()
    const owners = start().ofGrant()
    const lease = { owner: 'process:dead:1', presentedAt: clock.now() - 12_999, presentation: 1 }
    expect(await owners.isGone(lease)).toBe(false)
    expect(await owners.isGone({ ...lease, presentedAt: clock.now() - 13_000 })).toBe(true)
  })

  it('whose clock runs ahead or behind is waited for as long', async () => {
    for (const skewMs of [-5_000, 5_000, 3_600_000]) {
      const { clock, start } = processesOn()
      const owners = start().ofGrant()
      const lease = { owner: 'process:other:1', presentedAt: clock.now() + skewMs, presentation: 1 }
      expect(await owners.isGone(lease)).toBe(false)
      await clock.advance(7_900)
      expect(await owners.isGone(lease)).toBe(false)
      await clock.advance(100)
      expect(await owners.isGone(lease)).toBe(true)
    }
  })
})
