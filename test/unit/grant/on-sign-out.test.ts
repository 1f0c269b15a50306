// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { withoutOlder } from '../../../src/grant/on-sign-out'
import { START } from '../support/clock'
import { attempt, expiredGrant, liveGrant } from '../support/grants'

const nothing = { attempts: [] }

describe('a late sign-out', () => {
  it('removes record and attempts that are older than it', () => {
    const entry = { record: expiredGrant(), attempts: [attempt({ openedAt: START })] }
    expect(withoutOlder(entry, nothing, START)).toEqual(nothing)
  })

  it('removes what it knew also where the clock was set back since', () => {
    const known = {
      record: liveGrant({ grantedAt: START + 1 }),
      attempts: [attempt({ openedAt: START + 1 })],
    }
    expect(withoutOlder(structuredClone(known), known, START)).toEqual(nothing)
  })

  it('leaves what came after it, and an attempt that was opened after it', () => {
    const known = { record: liveGrant(), attempts: [attempt()] }
    const entry = {
      record: liveGrant({ grantedAt: START + 1 }),
      attempts: [attempt({ openedAt: START + 1 })],
    }
    expect(withoutOlder(entry, known, START)).toEqual(entry)
  })

  it('changes nothing where there is nothing', () => {
    const entry = { attempts: [attempt({ openedAt: START + 1 })] }
    expect(withoutOlder(entry, nothing, START)).toBe(entry)
    expect(withoutOlder(nothing, nothing, START)).toBe(nothing)
  })
})
