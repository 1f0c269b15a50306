// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry, Lease } from '../../../src/grant/grant'
import {
  beginCoolDown,
  claimLease,
  commitRotation,
  condemnGrant,
  isPastLease,
  mayPutOff,
  overruleClock,
  releaseLease,
  rotatedGrant,
} from '../../../src/grant/on-refresh'
import { START } from '../support/clock'
import { attempt, coolDown, expiredGrant, liveGrant, tokenSet } from '../support/grants'

const attempts = [attempt()]
const mine: Lease = { owner: 'me', presentedAt: START, presentation: 1 }
const theirs: Lease = { owner: 'they', presentedAt: START, presentation: 1 }
const DAYS_90 = 90 * 86_400_000

function entry(record?: GrantEntry['record']): GrantEntry {
  return { attempts, ...(record && { record }) }
}

describe('claiming the lease', () => {
  it('writes the mark on the generation that was judged, and leaves the attempts alone', () => {
    const judged = liveGrant()
    expect(claimLease(entry(judged), judged, mine)).toEqual({
      attempts,
      record: { ...judged, lease: mine },
    })
  })

  it.each<[string, GrantEntry['record']]>([
    ['is gone', undefined],
    ['was condemned', expiredGrant()],
    ['has another generation', liveGrant({ generation: 'generation-1' })],
    ['was marked by another frame meanwhile', liveGrant({ lease: theirs })],
  ])('fails where the grant %s', (_case, record) => {
    const found = entry(record)
    expect(claimLease(found, liveGrant(), mine)).toBe(found)
  })

  it('takes over the mark that was judged, and no later one', () => {
    const judged = liveGrant({ lease: theirs })
    const taken = claimLease(entry(judged), judged, { ...mine, presentation: 2 })
    expect(taken.record).toMatchObject({ lease: { owner: 'me', presentation: 2 } })
    const again = entry(liveGrant({ lease: { ...theirs, presentation: 2 } }))
    expect(claimLease(again, judged, mine)).toBe(again)
    const renewed = entry(liveGrant({ lease: { ...theirs, presentedAt: START + 1 } }))
    expect(claimLease(renewed, judged, mine)).toBe(renewed)
    const byAThird = entry(liveGrant({ lease: { ...theirs, owner: 'others' } }))
    expect(claimLease(byAThird, judged, mine)).toBe(byAThird)
  })

  it('renews its own mark, for a frame that was frozen before it could send', () => {
    const later = { ...mine, presentedAt: START + 9 }
    const renewed = claimLease(entry(liveGrant({ lease: mine })), liveGrant(), later)
    expect(renewed.record).toMatchObject({ lease: later })
  })
})

describe('a rotated grant', () => {
  const presented = liveGrant({
    lease: mine,
    coolDown: coolDown(),
    forced: true,
  })
  const rotation = { generation: 'generation-1', presentation: 3, isForced: false, isKeptByEndpoint: false }

  it('names its parent and keeps whose it is; mark, cool-down and force are over', () => {
    const set = tokenSet({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    expect(rotatedGrant(presented, { tokenSet: set }, rotation)).toEqual({
      ...liveGrant(),
      generation: 'generation-1',
      parent: { generation: 'generation-0', presentation: 3 },
      tokenSet: set,
    })
  })

  it('keeps the old refresh token where the answer has none (RFC 6749, section 6)', () => {
    const { refreshToken: _, ...set } = tokenSet({ accessToken: 'access-1' })
    expect(rotatedGrant(presented, { tokenSet: set }, rotation).tokenSet).toEqual({
      ...set,
      refreshToken: 'refresh-0',
    })
    const hosted = liveGrant({ tokenSet: set })
    expect(rotatedGrant(hosted, { tokenSet: set }, rotation).tokenSet).not.toHaveProperty('refreshToken')
  })

  it('takes the scopes of the answer, and says that a 401 forced it', () => {
    const forced = rotatedGrant(
      presented,
      { tokenSet: tokenSet(), scopes: [] },
      { ...rotation, isForced: true },
    )
    expect(forced).toMatchObject({ scopes: [], forced: true })
  })
})

describe('a rotated grant of an endpoint that keeps the refresh token', () => {
  it('has to be checked again: the tokens are those of whatever consent came last', () => {
    const rotation = { generation: 'generation-1', presentation: 1, isForced: false, isKeptByEndpoint: true }
    const rotated = rotatedGrant(liveGrant(), { tokenSet: tokenSet() }, rotation)
    expect(rotated.memberChecked).toBe(false)
  })
})

describe('storing a rotated grant', () => {
  const rotated = liveGrant({
    generation: 'generation-1',
    parent: { generation: 'generation-0', presentation: 1 },
  })
  const second = {
    ...rotated,
    generation: 'generation-2',
    parent: { generation: 'generation-0', presentation: 2 },
  }

  it('replaces the generation that it came from', () => {
    const found = entry(liveGrant({ lease: mine }))
    expect(commitRotation(found, rotated)).toEqual({ attempts, record: rotated })
  })

  it('puts back a grant that was condemned meanwhile, of this very generation only', () => {
    expect(commitRotation(entry(expiredGrant()), rotated).record).toBe(rotated)
    const other = entry(expiredGrant({ generation: 'generation-9' }))
    expect(commitRotation(other, rotated)).toBe(other)
  })

  it.each<[string, GrantEntry['record']]>([
    ['a sign-out', undefined],
    ['a newer grant', liveGrant({ generation: 'consented-again' })],
    [
      'a rotation of another parent',
      liveGrant({ generation: 'x', parent: { generation: 'y', presentation: 0 } }),
    ],
  ])('never overrides %s', (_case, record) => {
    const found = entry(record)
    expect(commitRotation(found, rotated)).toBe(found)
  })

  it('of two answers for one generation keeps the one to the later presentation', () => {
    expect(commitRotation(entry(rotated), second).record).toBe(second)
    const found = entry(second)
    expect(commitRotation(found, rotated)).toBe(found)
    const same = entry(rotated)
    expect(commitRotation(same, { ...rotated, generation: 'generation-3' })).toBe(same)
  })

  it('keeps the earlier one once it is being presented itself, or was condemned', () => {
    const presented = entry({ ...rotated, lease: theirs })
    expect(commitRotation(presented, second)).toBe(presented)
    const ended = entry(
      expiredGrant({ generation: 'generation-1', parent: { generation: 'generation-0', presentation: 1 } }),
    )
    expect(commitRotation(ended, second)).toBe(ended)
  })

  it('needs a parent', () => {
    const { parent: _, ...orphan } = rotated
    const found = entry(liveGrant())
    expect(commitRotation(found, orphan)).toBe(found)
  })
})

describe('the verdict', () => {
  const verdict = { generation: 'generation-0', owner: 'me', presentation: 1 }
  const now = START + 1_000

  describe('on a presentation that another one has overtaken', () => {
    const overtaking: Lease = { ...theirs, presentation: 2 }
    const found = entry(liveGrant({ lease: overtaking }))
    const noted = { ...overtaking, refusedUpTo: 1 }

    it('is noted beside the later mark: the earlier answer was not lost', () => {
      expect(condemnGrant(found, verdict, now)).toEqual(entry(liveGrant({ lease: noted })))
      const next = { ...verdict, owner: 'they', presentation: 2 }
      expect(condemnGrant(condemnGrant(found, verdict, now), next, now).record).toMatchObject({
        reason: 'revoked',
      })
    })

    it('counts once, and only where every earlier one was refused too', () => {
      const once = condemnGrant(found, verdict, now)
      expect(condemnGrant(once, verdict, now)).toBe(once)
      const third = entry(liveGrant({ lease: { ...theirs, presentation: 3 } }))
      expect(condemnGrant(third, { ...verdict, presentation: 2 }, now)).toBe(third)
      const last = { ...verdict, owner: 'they', presentation: 3 }
      expect(condemnGrant(third, last, now).record).toMatchObject({ reason: 'rotationLost' })
    })

    it('stays with the marks that follow, and with the one that is put back', () => {
      const judged = liveGrant({ lease: overtaking })
      const third = { ...mine, presentation: 3 }
      const claimed = claimLease(entry(liveGrant({ lease: noted })), judged, third)
      expect(claimed.record).toMatchObject({ lease: { ...third, refusedUpTo: 1 } })
      expect(releaseLease(claimed, judged, 'me').record).toMatchObject({ lease: noted })
    })
  })

  it('ends the presented generation, keeps its name and forgets the tokens', () => {
    const parent = { generation: 'before', presentation: 1 }
    expect(condemnGrant(entry(liveGrant({ lease: mine, parent })), verdict, now)).toEqual({
      attempts,
      record: expiredGrant({ reason: 'revoked', since: now, parent }),
    })
  })

  it.each<[string, GrantEntry['record']]>([
    ['a sign-out', undefined],
    ['a grant that has ended', expiredGrant({ reason: 'expired' })],
    ['another generation', liveGrant({ generation: 'generation-1' })],
    ['a generation that another frame is presenting', liveGrant({ lease: theirs })],
  ])('is of no account for %s', (_case, record) => {
    const found = entry(record)
    expect(condemnGrant(found, verdict, now)).toBe(found)
  })

  it('is rotationLost where an earlier presentation ended in neither success nor verdict', () => {
    const found = entry(liveGrant({ lease: { ...mine, presentation: 2 } }))
    expect(condemnGrant(found, { ...verdict, presentation: 2 }, now).record).toMatchObject({
      reason: 'rotationLost',
    })
  })

  it('is expired where the last rotation is older than a refresh token gets', () => {
    const found = entry(liveGrant())
    const lost = { ...verdict, presentation: 2 }
    expect(condemnGrant(found, lost, START + DAYS_90).record).toMatchObject({ reason: 'expired' })
    expect(condemnGrant(found, verdict, START + DAYS_90 - 1).record).toMatchObject({ reason: 'revoked' })
  })

  it('on a grant without a workspace names none', () => {
    const { workspace: _, ...grant } = liveGrant()
    expect(condemnGrant(entry(grant), verdict, now).record).not.toHaveProperty('workspace')
  })

  it.each([
    [365, 1, 'expired'],
    [366, 0, 'expired'],
    [364, 89, 'revoked'],
  ] as const)(
    'names the end of a grant consented to %d days ago and renewed %d days ago: %s',
    (consentDays, renewalDays, reason) => {
      const at = START + consentDays * 86_400_000
      const set = tokenSet({ obtainedAt: at - renewalDays * 86_400_000 })
      expect(condemnGrant(entry(liveGrant({ tokenSet: set })), verdict, at).record).toMatchObject({ reason })
    },
  )

  it('waits for the whole of day 365', () => {
    const at = START + 365 * 86_400_000 - 1
    const set = tokenSet({ obtainedAt: at })
    expect(condemnGrant(entry(liveGrant({ tokenSet: set })), verdict, at).record).toMatchObject({
      reason: 'revoked',
    })
  })
})

describe('a refused token that cannot be renewed', () => {
  it('ends now, whatever its clock says, and no other generation does', () => {
    expect(overruleClock(entry(liveGrant()), 'generation-0', START + 9).record).toEqual(
      liveGrant({ tokenSet: tokenSet({ expiresAt: START + 9 }) }),
    )
    for (const record of [undefined, expiredGrant(), liveGrant({ generation: 'generation-1' })]) {
      const found = entry(record)
      expect(overruleClock(found, 'generation-0', START + 9)).toBe(found)
    }
  })
})

describe('releasing the lease', () => {
  it('takes the own mark back, and puts an older one in its place again', () => {
    const older: Lease = { ...theirs, presentation: 3 }
    const marked = entry(liveGrant({ lease: mine }))
    expect(releaseLease(marked, liveGrant(), 'me')).toEqual(entry(liveGrant()))
    expect(releaseLease(marked, liveGrant({ lease: older }), 'me')).toEqual(
      entry(liveGrant({ lease: older })),
    )
  })

  it.each<[string, GrantEntry['record']]>([
    ['is gone', undefined],
    ['was condemned', expiredGrant()],
    ['has another generation', liveGrant({ generation: 'generation-1', lease: mine })],
    ['was marked by another frame meanwhile', liveGrant({ lease: theirs })],
    ['has no mark', liveGrant()],
  ])('does nothing where the grant %s', (_case, record) => {
    const found = entry(record)
    expect(releaseLease(found, liveGrant(), 'me')).toBe(found)
  })
})

describe('the cool-down', () => {
  it('is written on the generation that failed, and on no other', () => {
    expect(beginCoolDown(entry(liveGrant()), 'generation-0', coolDown()).record).toEqual(
      liveGrant({ coolDown: coolDown() }),
    )
    for (const record of [undefined, expiredGrant(), liveGrant({ generation: 'generation-1' })]) {
      const found = entry(record)
      expect(beginCoolDown(found, 'generation-0', coolDown())).toBe(found)
    }
  })
})

describe('the lease', () => {
  it('runs 30 s, and is out as well when the clock was set back far behind it', () => {
    expect(isPastLease(mine, START + 30_000)).toBe(false)
    expect(isPastLease(mine, START + 30_001)).toBe(true)
    expect(isPastLease(mine, START - 35_000)).toBe(false)
    expect(isPastLease(mine, START - 35_001)).toBe(true)
  })

  it('is put off for two minutes at most', () => {
    expect(mayPutOff(mine, START + 120_000)).toBe(true)
    expect(mayPutOff(mine, START + 120_001)).toBe(false)
    // A clock that was set back.
    expect(mayPutOff(mine, START - 120_001)).toBe(false)
  })
})
