// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { claimConsent, isConsentClaimed, storeConsent } from '../../../src/grant/consent'
import { START } from '../support/clock'
import { attempt, expiredGrant, liveGrant } from '../support/grants'

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
  })

  it('fails after a sign-out', () => {
    expect(isConsentClaimed(claimConsent({ attempts: [] }, 'asked', 'me'), 'asked', 'me')).toBe(false)
  })
})

describe('storing a consent', () => {
  const grant = liveGrant({ generation: 'consented' })

  it('puts the grant in the place of the old, and removes its attempt and all older ones', () => {
    const claimed = claimConsent(before, 'asked', 'me')
    expect(storeConsent(claimed, 'asked', 'me', grant)).toEqual({ record: grant, attempts: [younger] })
  })

  it('stores nothing where the attempt is gone or is claimed by another frame', () => {
    const signedOut = { attempts: [] }
    expect(storeConsent(signedOut, 'asked', 'me', grant)).toBe(signedOut)
    const theirs = claimConsent(before, 'asked', 'they')
    expect(storeConsent(theirs, 'asked', 'me', grant)).toBe(theirs)
    expect(storeConsent(before, 'asked', 'me', grant)).toBe(before)
  })
})
