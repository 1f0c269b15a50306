// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { withoutOlder } from '../../../src/grant/on-sign-out'
import { START } from '../support/clock'
import { attempt, expiredGrant, liveGrant } from '../support/grants'

const NOTHING: GrantEntry = { attempts: [] }

/** What a sign-out of the time `START` leaves of an entry, ten seconds later. */
function leave(entry: GrantEntry, known: GrantEntry = NOTHING): GrantEntry {
  return withoutOlder(entry, { known, at: START }, START + 10_000)
}

describe('a late sign-out', () => {
  it('removes record and attempts that are older than it', () => {
    const entry = { record: expiredGrant(), attempts: [attempt({ openedAt: START })] }
    expect(leave(entry)).toEqual(NOTHING)
  })

  it('removes what it knew also where the clock was set back since', () => {
    const known = {
      record: liveGrant({ grantedAt: START + 1 }),
      attempts: [attempt({ openedAt: START + 1 })],
    }
    expect(leave(structuredClone(known), known)).toEqual(NOTHING)
  })

  it('leaves what came after it, and an attempt that was opened after it', () => {
    const known = { record: liveGrant(), attempts: [attempt()] }
    const entry = {
      record: liveGrant({ grantedAt: START + 1 }),
      attempts: [attempt({ openedAt: START + 1 })],
    }
    expect(leave(entry, known)).toBe(entry)
  })

  it('leaves a later grant, and removes the older attempts beside it', () => {
    const record = liveGrant({ grantedAt: START + 1 })
    const later = attempt({ state: 'later', preparedAt: START + 1 })
    expect(leave({ record, attempts: [later, attempt()] })).toEqual({ record, attempts: [later] })
  })

  it('leaves a later attempt, and removes the older record beside it', () => {
    const later = attempt({ preparedAt: START + 1 })
    expect(leave({ record: liveGrant(), attempts: [later] })).toEqual({ attempts: [later] })
  })

  it.each([
    [15_000, true],
    [15_001, false],
    [1e300, false],
  ])('believes in a grant of %d ms later: %o', (laterMs, isBelieved) => {
    const entry = {
      record: liveGrant({ grantedAt: START + laterMs }),
      attempts: [attempt({ preparedAt: START + laterMs })],
    }
    expect(leave(entry)).toEqual(isBelieved ? entry : NOTHING)
  })

  it('changes nothing where there is nothing to remove', () => {
    const entry = { attempts: [attempt({ openedAt: START + 1 })] }
    expect(leave(entry)).toBe(entry)
    expect(leave(NOTHING)).toBe(NOTHING)
  })
})
