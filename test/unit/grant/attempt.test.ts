// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { beganAt, isAlive, isUnfinished } from '../../../src/grant/attempt'
import { START } from '../support/clock'
import { attempt } from '../support/grants'

const TEN_MINUTES = 600_000

function prepared(at: number) {
  return attempt({ preparedAt: START + at })
}

function opened(at: number) {
  return attempt({ preparedAt: START, openedAt: START + at })
}

describe('isAlive', () => {
  it('counts ten minutes from the opening, or from the preparing where no window was opened', () => {
    expect(isAlive(prepared(0), START + TEN_MINUTES - 1)).toBe(true)
    expect(isAlive(prepared(0), START + TEN_MINUTES)).toBe(false)
    expect(isAlive(opened(1_000), START + TEN_MINUTES)).toBe(true)
    expect(beganAt(opened(1_000))).toBe(START + 1_000)
  })

  it('believes no attempt from far in the future: the clock was set back', () => {
    expect(isAlive(prepared(TEN_MINUTES), START)).toBe(false)
    expect(isAlive(prepared(TEN_MINUTES - 1), START)).toBe(true)
  })
})

describe('isUnfinished', () => {
  it('is what was opened, is not claimed and is young', () => {
    expect(isUnfinished(opened(1), START + TEN_MINUTES)).toBe(true)
    expect(isUnfinished(opened(0), START + TEN_MINUTES)).toBe(false)
    expect(isUnfinished(prepared(1), START + TEN_MINUTES)).toBe(false)
    expect(isUnfinished({ ...opened(1), claimedBy: 'frame-1' }, START + TEN_MINUTES)).toBe(false)
  })
})
