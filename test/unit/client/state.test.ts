// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { createKnownState } from '../../../src/client/state'
import type { StateContext } from '../../../src/grant/auth-state'
import type { GrantView } from '../../../src/grant/grant'
import { createBrowser } from '../support/browser'
import { START } from '../support/clock'
import { attempt, liveGrant } from '../support/grants'

const context: StateContext = {
  scopes: ['read:board:trello'],
  redirectUri: attempt().redirectUri,
  blockedBy: undefined,
  isSigningIn: false,
  inProgress: new Set(),
}

describe('what is known', () => {
  it('is restoring at first, and a frozen object that stays until a field differs', () => {
    const { known, update } = setUp()
    expect(known.current()).toEqual({ status: 'restoring' })
    update({ record: liveGrant() })
    const first = known.current()
    expect(Object.isFrozen(first)).toBe(true)
    update({ record: liveGrant({ generation: 'rotated' }) })
    expect(known.current()).toBe(first)
  })

  it('is told at once, and when a field differs, until the undo', () => {
    const { known, update } = setUp()
    const heard: string[] = []
    const stop = known.subscribe(({ status }) => heard.push(status))
    update({ record: liveGrant() })
    update({ record: liveGrant({ generation: 'rotated' }) })
    expect(heard).toEqual(['restoring', 'authorized'])
    stop()
    update({})
    expect(heard).toHaveLength(2)
  })

  it('is told once at each change, whatever a listener subscribes or undoes meanwhile', () => {
    const { known, update } = setUp()
    const heard: string[] = []
    const stops: (() => void)[] = []
    known.subscribe(({ status }) => {
      if (status !== 'authorized') return
      for (const stop of stops) stop()
      known.subscribe(() => heard.push(`late: ${status}`))
    })
    stops.push(known.subscribe(({ status }) => heard.push(`undone: ${status}`)))
    update({ record: liveGrant() })
    expect(heard).toEqual(['undone: restoring', 'late: authorized'])
  })

  it('is told once to each, also when a listener changes it meanwhile', () => {
    const { known, update } = setUp()
    const heard: string[] = []
    known.subscribe(({ status }) => {
      if (status === 'authorized') update({})
    })
    known.subscribe(({ status }) => heard.push(status))
    update({ record: liveGrant() })
    expect(heard).toEqual(['restoring', 'notAuthorized'])
  })

  it('is looked at again when time alone changes it, once for the latest view', async () => {
    const { update, clock, onTime } = setUp()
    update({ attempts: [attempt({ openedAt: START })] })
    update({ attempts: [attempt({ openedAt: START + 1 })] })
    await clock.advance(600_000)
    expect(onTime).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(onTime).toHaveBeenCalledTimes(1)
    update({ record: liveGrant() })
    expect(clock.timers()).toBe(0)
  })
})

function setUp() {
  const browser = createBrowser()
  const onTime = vi.fn()
  const known = createKnownState(browser.frame().platform, onTime)
  const update = (view: Partial<GrantView>) =>
    known.update({ attempts: [], storage: 'read', persistent: true, ...view }, context)
  return { clock: browser.clock, known, onTime, update }
}
