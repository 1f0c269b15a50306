// @vitest-environment node
import { describe, expect, it } from 'vitest'
import {
  attemptsAfter,
  claimAttempt,
  dropAttempt,
  isAlive,
  putAttempt,
  unfinishedAttempts,
} from '../../../src/authorization/pending-attempts'
import { START } from '../support/clock'
import { attempt } from '../support/grants'

const TEN_MINUTES = 600_000

function prepared(state: string, at: number) {
  return attempt({ state, preparedAt: START + at })
}

function opened(state: string, at: number) {
  return attempt({ state, preparedAt: START, openedAt: START + at })
}

function states(attempts: readonly { state: string }[]) {
  return attempts.map(({ state }) => state)
}

describe('putAttempt', () => {
  it('puts the new attempt first and replaces one of the same state', () => {
    const before = [prepared('a', 0), prepared('b', 1)]
    const after = putAttempt(before, opened('a', 5), START + 5)
    expect(states(after)).toEqual(['a', 'b'])
    expect(after[0]?.openedAt).toBe(START + 5)
    expect(states(before)).toEqual(['a', 'b'])
    expect(before[0]?.openedAt).toBeUndefined()
  })

  it('keeps four at most, and of those the opened ones before the merely prepared', () => {
    const before = [prepared('p1', 1), prepared('p2', 2), opened('o1', 3), prepared('p3', 4), opened('o2', 5)]
    expect(states(putAttempt(before, prepared('new', 6), START + 6))).toEqual(['new', 'o2', 'o1', 'p3'])
  })

  it('drops what is ten minutes old', () => {
    const before = [opened('old', 0), opened('young', 1)]
    expect(states(putAttempt(before, prepared('new', 0), START + TEN_MINUTES))).toEqual(['new', 'young'])
  })
})

describe('isAlive', () => {
  it('counts ten minutes from the opening, or from the preparing where no window was opened', () => {
    expect(isAlive(prepared('a', 0), START + TEN_MINUTES - 1)).toBe(true)
    expect(isAlive(prepared('a', 0), START + TEN_MINUTES)).toBe(false)
    expect(isAlive(opened('a', 1_000), START + TEN_MINUTES)).toBe(true)
  })

  it('believes no attempt from far in the future: the clock was set back', () => {
    expect(isAlive(prepared('a', TEN_MINUTES), START)).toBe(false)
    expect(isAlive(prepared('a', TEN_MINUTES - 1), START)).toBe(true)
  })
})

describe('claimAttempt', () => {
  it('is for the first who claims, once', () => {
    const claimed = claimAttempt([prepared('a', 0), prepared('b', 0)], 'a', 'frame-1')
    expect(claimed.map(({ claimedBy }) => claimedBy)).toEqual(['frame-1', undefined])
    expect(claimAttempt(claimed, 'a', 'frame-2')[0]?.claimedBy).toBe('frame-1')
  })
})

describe('dropAttempt', () => {
  it('removes the one of that state alone', () => {
    expect(states(dropAttempt([prepared('a', 0), prepared('b', 0)], 'a'))).toEqual(['b'])
  })
})

describe('attemptsAfter', () => {
  it('leaves the younger ones alone', () => {
    const attempts = [opened('younger', 9), opened('stored', 5), opened('older', 3), prepared('same', 5)]
    expect(states(attemptsAfter(attempts, 'stored'))).toEqual(['younger'])
  })

  it('leaves all where the attempt is gone', () => {
    const attempts = [opened('a', 1)]
    expect(attemptsAfter(attempts, 'gone')).toBe(attempts)
  })
})

describe('unfinishedAttempts', () => {
  it('are opened, not claimed and young, the latest first', () => {
    const claimed = { ...opened('claimed', 4), claimedBy: 'frame-1' }
    const attempts = [opened('old', 0), opened('a', 10), prepared('prepared', 10), claimed, opened('b', 20)]
    expect(states(unfinishedAttempts(attempts, START + TEN_MINUTES))).toEqual(['b', 'a'])
    expect(states(attempts)).toEqual(['old', 'a', 'prepared', 'claimed', 'b'])
  })
})
