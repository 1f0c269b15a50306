// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import {
  claimConsent,
  dropAttempt,
  isConsentClaimed,
  putAttempt,
  storeConsent,
  unfinishedAttempts,
} from '../../../src/grant/on-sign-in'
import { START } from '../support/clock'
import { attempt, expiredGrant, liveGrant } from '../support/grants'

const TEN_MINUTES = 600_000

function prepared(state: string, at: number) {
  return attempt({ state, preparedAt: START + at })
}

function opened(state: string, at: number) {
  return attempt({ state, preparedAt: START, openedAt: START + at })
}

function states({ attempts }: GrantEntry) {
  return attempts.map(({ state }) => state)
}

describe('putAttempt', () => {
  it('takes no claim away: an attempt that is stored once more stays with who sends its code', () => {
    const entry = { attempts: [attempt({ openedAt: START, claimedBy: 'another' })] }
    expect(putAttempt(entry, attempt({ openedAt: START }), START)).toBe(entry)
  })

  it('puts the new attempt first and replaces one of the same state', () => {
    const entry = { record: liveGrant(), attempts: [prepared('a', 0), prepared('b', 1)] }
    const after = putAttempt(entry, opened('a', 5), START + 5)
    expect(after.record).toBe(entry.record)
    expect(states(after)).toEqual(['a', 'b'])
    expect(after.attempts[0]?.openedAt).toBe(START + 5)
    expect(states(entry)).toEqual(['a', 'b'])
    expect(entry.attempts[0]?.openedAt).toBeUndefined()
  })

  it('keeps four at most, and of those the opened ones before the merely prepared', () => {
    const attempts = [
      prepared('p1', 1),
      prepared('p2', 2),
      opened('o1', 3),
      prepared('p3', 4),
      opened('o2', 5),
    ]
    const after = putAttempt({ attempts }, prepared('new', 6), START + 6)
    expect(states(after)).toEqual(['new', 'o2', 'o1', 'p3'])
  })

  it('drops what is ten minutes old', () => {
    const attempts = [opened('old', 0), opened('young', 1)]
    expect(states(putAttempt({ attempts }, prepared('new', 0), START + TEN_MINUTES))).toEqual([
      'new',
      'young',
    ])
  })
})

describe('dropAttempt', () => {
  it('removes the one of that state alone', () => {
    const entry = { record: liveGrant(), attempts: [prepared('a', 0), prepared('b', 0)] }
    expect(dropAttempt(entry, 'a')).toEqual({ record: entry.record, attempts: [entry.attempts[1]] })
  })

  it('leaves the entry as it is where there is nothing to remove', () => {
    const entry = { attempts: [prepared('a', 0)] }
    expect(dropAttempt(entry, 'b')).toBe(entry)
  })

  it('leaves what another frame has claimed to that frame', () => {
    const entry = { attempts: [{ ...opened('a', 0), claimedBy: 'frame-1' }] }
    expect(states(dropAttempt(entry, 'a', 'frame-2'))).toEqual(['a'])
    expect(states(dropAttempt(entry, 'a', 'frame-1'))).toEqual([])
    expect(states(dropAttempt(entry, 'a'))).toEqual([])
  })
})

describe('unfinishedAttempts', () => {
  it('are opened, not claimed and young, the latest first', () => {
    const claimed = { ...opened('claimed', 4), claimedBy: 'frame-1' }
    const attempts = [opened('old', 0), opened('a', 10), prepared('prepared', 10), claimed, opened('b', 20)]
    const unfinished = unfinishedAttempts({ attempts }, START + TEN_MINUTES)
    expect(states({ attempts: unfinished })).toEqual(['b', 'a'])
    expect(states({ attempts })).toEqual(['old', 'a', 'prepared', 'claimed', 'b'])
  })
})

const older = attempt({ state: 'older', openedAt: START + 1 })
const asked = attempt({ state: 'asked', openedAt: START + 2 })
const younger = attempt({ state: 'younger', openedAt: START + 3 })
const before = { attempts: [younger, asked, older], record: expiredGrant() }

describe('claiming a consent', () => {
  it('marks its attempt for the first who comes', () => {
    const claimed = claimConsent(before, 'asked', 'me')
    expect(isConsentClaimed(claimed, 'asked', 'me')).toBe(true)
    expect(isConsentClaimed(claimConsent(claimed, 'asked', 'they'), 'asked', 'they')).toBe(false)
    expect(claimed.record).toBe(before.record)
    expect(isConsentClaimed(before, 'asked', 'me')).toBe(false)
    expect(claimConsent(claimed, 'asked', 'they')).toBe(claimed)
    expect(claimConsent(before, 'unknown', 'me')).toBe(before)
  })

  it('fails after a sign-out', () => {
    expect(isConsentClaimed(claimConsent({ attempts: [] }, 'asked', 'me'), 'asked', 'me')).toBe(false)
  })
})

describe('storing a consent', () => {
  const grant = liveGrant({ generation: 'consented' })

  it('puts the grant in the place of the old, and removes its attempt and all older ones', () => {
    const claimed = claimConsent(before, 'asked', 'me')
    expect(storeConsent(claimed, 'asked', 'me', grant)).toEqual({
      record: { ...grant, consent: 'me' },
      attempts: [younger],
    })
    const same = attempt({ state: 'same', openedAt: START + 2 })
    const more = { ...claimed, attempts: [...claimed.attempts, same] }
    expect(storeConsent(more, 'asked', 'me', grant).attempts).toEqual([younger])
  })

  it('keeps what was refreshed since, where it is stored once more because its first write seemed to have failed', () => {
    const claimed = claimConsent(before, 'asked', 'me')
    for (const record of [
      liveGrant({ generation: 'refreshed', consent: 'me' }),
      expiredGrant({ generation: 'refreshed', consent: 'me' }),
    ])
      expect(storeConsent({ ...claimed, record }, 'asked', 'me', grant)).toEqual({
        record,
        attempts: [younger],
      })
  })

  it('stores nothing where the attempt is gone or is claimed by another frame', () => {
    const signedOut = { attempts: [] }
    expect(storeConsent(signedOut, 'asked', 'me', grant)).toBe(signedOut)
    const theirs = claimConsent(before, 'asked', 'they')
    expect(storeConsent(theirs, 'asked', 'me', grant)).toBe(theirs)
    expect(storeConsent(before, 'asked', 'me', grant)).toBe(before)
  })
})
