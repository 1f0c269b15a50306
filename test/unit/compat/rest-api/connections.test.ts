import { describe, expect, it, vi } from 'vitest'
import { connections, isServed, tokenOf } from '../../../../src/compat/rest-api/connections'
import type { LegacyToken } from '../../../../src/compat/rest-api/legacy-token'
import type { AuthState, TrelloContext, TrelloFrame } from '../../../../src/index'
import { createFakeClient } from '../../../../src/testing'

const [mine, others] = [
  { organization: 'w-1', member: 'm' },
  { organization: 'w-2', member: 'm' },
]

function frameOf(context: TrelloContext, board = 'first') {
  const frame = {
    getContext: () => context,
    board,
    nameOf(this: unknown) {
      return this === frame ? `the ${board} board` : 'of a stranger'
    },
  }
  return frame
}

function setUp(state: AuthState = { status: 'notAuthorized', persistent: true }, token?: LegacyToken) {
  const makeClient = vi.fn((_t: ReturnType<typeof frameOf>) => createFakeClient(state))
  return { makeClient, connectionFor: connections(makeClient, () => token) }
}

describe('connections', () => {
  it('are one for each workspace and member, however many t there are', () => {
    const { makeClient, connectionFor } = setUp()
    const found = [mine, others, mine, others].map((context) => connectionFor(frameOf(context)))
    expect(makeClient).toHaveBeenCalledTimes(2)
    expect([found[2], found[3]]).toEqual([found[0], found[1]])
    expect(found[0]).not.toBe(found[1])
    expect(connectionFor(frameOf({ ...mine, member: 'another' }))).not.toBe(found[0])
  })

  it('use the newest t of their kind: Trello refuses the t of a board that is no longer shown', () => {
    const { makeClient, connectionFor } = setUp()
    connectionFor(frameOf(mine))
    const [t] = makeClient.mock.lastCall ?? []
    expect([t?.board, t?.nameOf(), t?.getContext()]).toEqual(['first', 'the first board', mine])
    connectionFor(frameOf(others, 'other'))
    connectionFor(frameOf(mine, 'second'))
    expect([t?.board, t?.nameOf()]).toEqual(['second', 'the second board'])
  })

  it.each<[string, TrelloFrame | undefined]>([
    ['no t', undefined],
    ['a t that is out of date', { getContext: () => fail() }],
    ['a t without a context', { getContext: () => null as never }],
  ])('are not made for %s', (_what, t) => {
    expect(connections(() => createFakeClient(), vi.fn())(t)).toBeUndefined()
  })
})

describe('the answers of a connection', () => {
  const old: LegacyToken = {
    read: async () => 'old-token',
    remove: async () => undefined,
    check: async () => 'unknown' as const,
    onRemovedElsewhere: () => undefined,
  }
  const authorized: AuthState = { status: 'authorized', scopes: [], missingScopes: [], persistent: true }
  const expired: AuthState = { status: 'tokenExpired', reason: 'expired', since: 0, scopes: [] }

  it.each<[string, AuthState, LegacyToken | undefined, boolean, string | undefined]>([
    ['a grant', authorized, old, true, expect.stringMatching(/^(?!old-token)./)],
    ['an old token', { status: 'notAuthorized', persistent: true }, old, true, 'old-token'],
    ['nothing', { status: 'notAuthorized', persistent: true }, undefined, false, undefined],
    ['a grant that has ended', expired, old, false, undefined],
  ])('tell of %s', async (_what, state, legacyToken, served, token) => {
    const connection = setUp(state, legacyToken).connectionFor(frameOf(mine))
    if (connection === undefined) throw new Error('There is no connection')
    expect(await isServed(connection)).toBe(served)
    expect(await tokenOf(connection)).toEqual(token)
  })
})

function fail(): never {
  throw new Error('The frame is out of date')
}
