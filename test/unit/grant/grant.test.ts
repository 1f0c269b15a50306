// @vitest-environment node
import { describe, expect, it } from 'vitest'
import {
  type CoolDown,
  endOf,
  type GrantView,
  isGood,
  isGranted,
  liveGrant as liveGrantOf,
  missingScopes,
  seenBy,
} from '../../../src/grant/grant'
import { START } from '../support/clock'
import { coolDown, expiredGrant, HOUR_MS, liveGrant, tokenSet } from '../support/grants'

function view(differences: Partial<GrantView> = {}): GrantView {
  return { attempts: [], storage: 'read', persistent: true, ...differences }
}

describe('a token is good', () => {
  it('with at least 30 s left', () => {
    expect(isGood(tokenSet(), START + HOUR_MS - 30_000)).toBe(true)
    expect(isGood(tokenSet(), START + HOUR_MS - 29_999)).toBe(false)
  })

  it('with a tenth of its life left, where that is less', () => {
    const short = tokenSet({ expiresAt: START + 60_000 })
    expect(isGood(short, START + 54_000)).toBe(true)
    expect(isGood(short, START + 54_001)).toBe(false)
  })

  it('not when the clock was set back before the time it came', () => {
    expect(isGood(tokenSet(), START - 5_000)).toBe(true)
    expect(isGood(tokenSet(), START - 5_001)).toBe(false)
  })
})

describe('a grant is alive', () => {
  const afterwards = START + 2 * HOUR_MS

  it('while it can be renewed, also when its access token ran out', () => {
    const record = liveGrant()
    expect(liveGrantOf(view({ record }), afterwards)).toBe(record)
  })

  it('while its access token lasts, where it cannot be renewed', () => {
    const record = liveGrant({ renewable: false })
    expect(liveGrantOf(view({ record }), START)).toBe(record)
    expect(liveGrantOf(view({ record }), afterwards)).toBeUndefined()
    expect(endOf(view({ record }), START)).toBeUndefined()
    expect(endOf(view({ record }), afterwards)).toEqual({
      reason: 'expired',
      since: START + HOUR_MS - 30_000,
      scopes: record.scopes,
    })
  })

  it('not when it was condemned, or never was', () => {
    const record = expiredGrant()
    expect(liveGrantOf(view({ record }), START)).toBeUndefined()
    expect(endOf(view({ record }), START)).toBe(record)
    expect(liveGrantOf(view(), START)).toBeUndefined()
    expect(endOf(view(), START)).toBeUndefined()
    expect(endOf(view({ record: liveGrant() }), afterwards)).toBeUndefined()
  })
})

describe('what is granted', () => {
  const now = START + HOUR_MS

  it('is a living grant with all of the scopes', () => {
    const scopes = ['read:board:trello']
    expect(isGranted(view({ record: liveGrant() }), scopes, now)).toBe(true)
    expect(isGranted(view({ record: liveGrant() }), [...scopes, 'write:board:trello'], now)).toBe(false)
    expect(isGranted(view({ record: expiredGrant() }), [], now)).toBe(false)
    expect(isGranted(view(), [], now)).toBe(false)
  })

  it('is not one whose last renewal failed, once its token has ended: a click must open a window', () => {
    const failed = view({ record: liveGrant({ coolDown: coolDown() }) })
    expect(isGranted(failed, [], START)).toBe(true)
    expect(isGranted(failed, [], now)).toBe(false)
  })

  it('is not one whose token the API refused and that could not be renewed', () => {
    const refused = view({ record: liveGrant({ coolDown: coolDown({ isTokenRefused: true }) }) })
    expect(isGranted(refused, [], START)).toBe(false)
  })

  it.each([null, {}, 'x', { until: START }])('may hold a damaged cool-down: %j', (damaged) => {
    const record = liveGrant({ coolDown: damaged as unknown as CoolDown })
    expect(isGranted(view({ record }), [], now)).toBe(true)
  })
})

describe('missingScopes', () => {
  it('keeps the order of what is required', () => {
    expect(missingScopes(['b'], ['c', 'b', 'a'])).toEqual(['c', 'a'])
  })

  it('leaves out offline_access, which is in no list of what was granted', () => {
    expect(missingScopes([], ['offline_access', 'a'])).toEqual(['a'])
  })
})

describe('a view as a client sees it', () => {
  it('shows a grant that this client cannot renew as one that ends with its token', () => {
    const all = view({ record: liveGrant() })
    expect(seenBy(all, () => true)).toBe(all)
    const seen = seenBy(all, () => false)
    expect(liveGrantOf(seen, START)).toMatchObject({ renewable: false })
    expect(endOf(seen, START + HOUR_MS)).toMatchObject({ reason: 'expired' })
  })

  it('leaves everything else as it is', () => {
    for (const record of [undefined, expiredGrant(), liveGrant({ renewable: false })]) {
      const all = view(record && { record })
      expect(seenBy(all, () => false)).toBe(all)
    }
  })
})
