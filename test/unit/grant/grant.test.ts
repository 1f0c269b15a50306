// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { TokenEndpointErrorCode } from '../../../src/base/errors'
import {
  changesAt,
  endOf,
  type GrantView,
  isGood,
  isGranted,
  liveGrant as liveGrantOf,
  missingScopes,
  type StateContext,
  stateOf,
} from '../../../src/grant/grant'
import { START } from '../support/clock'
import { attempt, expiredGrant, HOUR_MS, liveGrant, tokenSet } from '../support/grants'

const context: StateContext = {
  scopes: ['read:board:trello'],
  redirectUri: attempt().redirectUri,
  blockedBy: undefined,
  inProgress: new Set(),
}

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
      cause: 'expired',
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

describe('the state', () => {
  it('is restoring before the first read, whatever blocks a sign-in', () => {
    const unread = view({ storage: 'unread' })
    expect(stateOf(unread, context, START)).toEqual({ status: 'restoring' })
    expect(stateOf(unread, { ...context, blockedBy: 'noWorkspace' }, START)).toEqual({ status: 'restoring' })
  })

  it('is authorized with a live grant', () => {
    expect(stateOf(view({ record: liveGrant() }), context, START)).toEqual({
      status: 'authorized',
      scopes: ['read:board:trello'],
      missingScopes: [],
      workspace: 'workspace-1',
      persistent: true,
    })
  })

  it('names what is configured and not granted, and leaves out the workspace where there is none', () => {
    const { workspace: _, ...record } = liveGrant({ scopes: ['a', 'b'] })
    const state = stateOf(view({ record, persistent: false }), { ...context, scopes: ['c', 'b'] }, START)
    expect(state).toEqual({
      status: 'authorized',
      scopes: ['a', 'b'],
      missingScopes: ['c'],
      persistent: false,
    })
  })

  it('is still authorized from memory while the storage cannot be read', () => {
    const record = liveGrant()
    expect(stateOf(view({ record, storage: 'unreadable' }), context, START).status).toBe('authorized')
  })

  it('is tokenExpired with cause, time and scopes', () => {
    const record = expiredGrant({ cause: 'rotationLost', since: START + 7 })
    expect(stateOf(view({ record }), context, START)).toEqual({
      status: 'tokenExpired',
      cause: 'rotationLost',
      since: START + 7,
      scopes: ['read:board:trello'],
    })
  })

  it('is notAuthorized without a grant', () => {
    expect(stateOf(view(), context, START)).toEqual({ status: 'notAuthorized' })
  })

  it.each(['noWorkspace', 'notLoggedIn'] as const)('says that %s blocks a sign-in', (blockedBy) => {
    expect(stateOf(view(), { ...context, blockedBy }, START)).toEqual({ status: 'notAuthorized', blockedBy })
    const unreadable = view({ storage: 'unreadable' })
    expect(stateOf(unreadable, { ...context, blockedBy }, START)).toMatchObject({ blockedBy })
  })

  it('says that the storage is not available', () => {
    expect(stateOf(view({ storage: 'unreadable' }), context, START)).toEqual({
      status: 'notAuthorized',
      blockedBy: 'storageUnavailable',
    })
  })
})

describe('what is granted', () => {
  const now = START + HOUR_MS
  const coolDown = (code: TokenEndpointErrorCode) => ({ until: START, code })

  it('is a living grant with all of the scopes', () => {
    const scopes = ['read:board:trello']
    expect(isGranted(view({ record: liveGrant() }), scopes, now)).toBe(true)
    expect(isGranted(view({ record: liveGrant() }), [...scopes, 'write:board:trello'], now)).toBe(false)
    expect(isGranted(view({ record: expiredGrant() }), [], now)).toBe(false)
    expect(isGranted(view(), [], now)).toBe(false)
  })

  it.each([
    ['tokenEndpointUnavailable', now, true],
    ['tokenEndpointUnreadable', now, false],
    ['tokenEndpointUnreadable', START, true],
  ] as const)('where the token endpoint was %s', (code, at, expected) => {
    expect(isGranted(view({ record: liveGrant({ coolDown: coolDown(code) }) }), [], at)).toBe(expected)
  })
})

describe('an unfinished sign-in', () => {
  const attempts = [attempt({ openedAt: START })]

  it('shows for ten minutes, with and without an ended grant', () => {
    expect(stateOf(view({ attempts }), context, START)).toEqual({ status: 'notAuthorized', unfinished: true })
    const ended = view({ attempts, record: expiredGrant() })
    expect(stateOf(ended, context, START)).toMatchObject({ status: 'tokenExpired', unfinished: true })
    expect(stateOf(view({ attempts }), context, START + 600_000)).not.toHaveProperty('unfinished')
  })

  it('does not show while its window is waited for here', () => {
    const waiting = { ...context, inProgress: new Set(['state-1']) }
    expect(stateOf(view({ attempts }), waiting, START)).toEqual({ status: 'notAuthorized' })
  })

  it('does not show for an attempt that was prepared only, or beside a live grant', () => {
    expect(stateOf(view({ attempts: [attempt()] }), context, START)).toEqual({ status: 'notAuthorized' })
    const alive = view({ attempts, record: liveGrant() })
    expect(stateOf(alive, context, START)).not.toHaveProperty('unfinished')
  })

  it.each<[string, Partial<StateContext>]>([
    ['it asked for less than the next one will', { scopes: ['read:board:trello', 'write:board:trello'] }],
    ['it was begun for another callback page', { redirectUri: 'https://power-up.example/other.html' }],
  ])('does not show where %s', (_case, differences) => {
    const attempts = [attempt({ openedAt: START })]
    const state = stateOf(view({ attempts }), { ...context, ...differences }, START)
    expect(state).toEqual({ status: 'notAuthorized' })
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

describe('the state changes by time alone', () => {
  const { refreshToken: _none, ...lasting } = tokenSet()
  const ending = liveGrant({ tokenSet: lasting, renewable: false })

  it('when a grant without a refresh token is good no more', () => {
    const at = changesAt(view({ record: ending }), START)
    expect(stateOf(view({ record: ending }), context, at - 1)).toMatchObject({ status: 'authorized' })
    expect(stateOf(view({ record: ending }), context, at)).toMatchObject({ status: 'tokenExpired' })
    expect(changesAt(view({ record: ending }), at)).toBe(Infinity)
  })

  it('when the oldest of its unfinished sign-ins is too old', () => {
    const attempts = [
      attempt({ state: 'younger', openedAt: START + 5 }),
      attempt({ state: 'older', openedAt: START }),
      attempt({ state: 'prepared' }),
    ]
    expect(changesAt(view({ attempts }), START)).toBe(START + 600_000)
    expect(changesAt(view({ attempts }), START + 600_000)).toBe(START + 600_005)
    expect(changesAt(view({ attempts }), START + 600_005)).toBe(Infinity)
  })

  it('never while a grant can be refreshed, nor after its end', () => {
    expect(changesAt(view({ record: liveGrant() }), START)).toBe(Infinity)
    expect(changesAt(view({ record: expiredGrant() }), START)).toBe(Infinity)
    expect(changesAt(view(), START)).toBe(Infinity)
  })
})
