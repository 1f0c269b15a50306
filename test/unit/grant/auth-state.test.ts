// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { isBegunWith, type PendingAttempt } from '../../../src/grant/attempt'
import { changesAt, type StateContext, stateOf } from '../../../src/grant/auth-state'
import type { GrantView } from '../../../src/grant/grant'
import { START } from '../support/clock'
import { attempt, expiredGrant, liveGrant, tokenSet } from '../support/grants'

/** A client with these settings. */
function of(settings: PendingAttempt): Pick<StateContext, 'isOurs'> {
  return { isOurs: (each) => isBegunWith(each, settings) }
}

const context: StateContext = {
  scopes: ['read:board:trello'],
  ...of(attempt()),
  blockedBy: undefined,
  isSigningIn: false,
  inProgress: new Set(),
  isElsewhere: () => false,
}

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

  it('is tokenExpired with reason, time and scopes', () => {
    const record = expiredGrant({ reason: 'rotationLost', since: START + 7 })
    expect(stateOf(view({ record }), context, START)).toEqual({
      status: 'tokenExpired',
      reason: 'rotationLost',
      since: START + 7,
      scopes: ['read:board:trello'],
    })
  })

  it('is notAuthorized without a grant', () => {
    expect(stateOf(view(), context, START)).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it.each(['noWorkspace', 'notLoggedIn'] as const)('says that %s blocks a sign-in', (blockedBy) => {
    expect(stateOf(view(), { ...context, blockedBy }, START)).toEqual({
      status: 'notAuthorized',
      persistent: true,
      blockedBy,
    })
    const unreadable = view({ storage: 'unreadable' })
    expect(stateOf(unreadable, { ...context, blockedBy }, START)).toMatchObject({ blockedBy })
  })

  it('says that the storage is not available', () => {
    expect(stateOf(view({ storage: 'unreadable' }), context, START)).toEqual({
      status: 'notAuthorized',
      persistent: false,
    })
    expect(stateOf(view({ record: liveGrant(), storage: 'unreadable' }), context, START)).toMatchObject({
      status: 'authorized',
      persistent: false,
    })
  })
})

describe('an unfinished sign-in', () => {
  const attempts = [attempt({ openedAt: START })]

  it('shows for ten minutes, with and without an ended grant', () => {
    expect(stateOf(view({ attempts }), context, START)).toEqual({
      status: 'notAuthorized',
      persistent: true,
      signIn: 'unfinished',
    })
    const ended = view({ attempts, record: expiredGrant() })
    expect(stateOf(ended, context, START)).toMatchObject({ status: 'tokenExpired', signIn: 'unfinished' })
    expect(stateOf(view({ attempts }), context, START + 600_000)).not.toHaveProperty('signIn')
  })

  it('does not show while its window is waited for here', () => {
    const waiting = { ...context, inProgress: new Set(['state-1']) }
    expect(stateOf(view({ attempts }), waiting, START)).toEqual({ status: 'notAuthorized', persistent: true })
  })

  it('does not show for an attempt that was prepared only, or beside a live grant', () => {
    expect(stateOf(view({ attempts: [attempt()] }), context, START)).toEqual({
      status: 'notAuthorized',
      persistent: true,
    })
    const alive = view({ attempts, record: liveGrant() })
    expect(stateOf(alive, context, START)).not.toHaveProperty('signIn')
  })

  it.each<[string, Partial<StateContext>]>([
    ['it asked for less than the next one will', { scopes: ['read:board:trello', 'write:board:trello'] }],
    ['it was begun for another callback page', of(attempt({ redirectUri: 'https://b.example/' }))],
    ['it was begun for another app', of(attempt({ clientId: 'another' }))],
    ['it was begun for another server', of(attempt({ authorizationEndpoint: 'https://b.example/' }))],
    ['it was begun for another token endpoint', of(attempt({ tokenEndpoint: 'https://b.example/' }))],
    ['it was begun for another issuer', of(attempt({ issuer: 'https://b.example' }))],
    ['nobody knows yet who waits for it', { isElsewhere: () => undefined }],
  ])('does not show where %s', (_case, differences) => {
    const attempts = [attempt({ openedAt: START })]
    const state = stateOf(view({ attempts }), { ...context, ...differences }, START)
    expect(state).toEqual({ status: 'notAuthorized', persistent: true })
  })
})

describe('a sign-in that another page waits for', () => {
  const elsewhere = { ...context, isElsewhere: () => true }
  const attempts = [attempt({ openedAt: START })]

  it('shows as elsewhere, whatever it was begun with, and beside a grant too', () => {
    expect(stateOf(view({ attempts }), elsewhere, START)).toMatchObject({ signIn: 'elsewhere' })
    const other = { ...elsewhere, ...of(attempt({ clientId: 'another' })) }
    expect(stateOf(view({ attempts }), other, START)).toMatchObject({ signIn: 'elsewhere' })
    const alive = view({ attempts, record: liveGrant() })
    expect(stateOf(alive, elsewhere, START)).toMatchObject({ status: 'authorized', signIn: 'elsewhere' })
  })

  it('does not show before its window is open, after ten minutes, or besides one here', () => {
    expect(stateOf(view({ attempts: [attempt()] }), elsewhere, START)).not.toHaveProperty('signIn')
    expect(stateOf(view({ attempts }), elsewhere, START + 600_000)).not.toHaveProperty('signIn')
    expect(stateOf(view({ attempts }), { ...elsewhere, isSigningIn: true }, START)).toMatchObject({
      signIn: 'here',
    })
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

  it('when an access token ends that some clients can renew and others can not', () => {
    const record = liveGrant()
    const at = changesAt(view({ record }), START)
    expect(at).toBe(changesAt(view({ record: ending }), START))
    expect(changesAt(view({ record }), at)).toBe(Infinity)
  })

  it('never after the end of a grant, nor without one', () => {
    expect(changesAt(view({ record: expiredGrant() }), START)).toBe(Infinity)
    expect(changesAt(view(), START)).toBe(Infinity)
  })
})

function view(differences: Partial<GrantView> = {}): GrantView {
  return { attempts: [], storage: 'read', persistent: true, ...differences }
}
