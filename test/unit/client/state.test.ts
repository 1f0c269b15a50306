// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createStateMemory, RESTORING, unlessSame } from '../../../src/client/state'
import type { AuthState } from '../../../src/grant/auth-state'

function authorized(scope: string): AuthState {
  return { status: 'authorized', scopes: [scope], missingScopes: [], persistent: true }
}

describe('the memory for states', () => {
  it('gives states of equal fields as the same frozen object', () => {
    const sameState = createStateMemory()
    const first = sameState(authorized('a'))
    expect(Object.isFrozen(first)).toBe(true)
    expect(sameState(authorized('a'))).toBe(first)
    expect(sameState(authorized('b'))).toEqual(authorized('b'))
  })

  it('keeps no more than 32 states', () => {
    const sameState = createStateMemory()
    const first = sameState(authorized('0'))
    for (let i = 1; i <= 31; i++) sameState(authorized(`${i}`))
    expect(sameState(authorized('0'))).toBe(first)
    for (let i = 32; i <= 63; i++) sameState(authorized(`${i}`))
    expect(sameState(authorized('0'))).not.toBe(first)
  })
})

describe('the state of a client', () => {
  it('stays the same object until a field differs', () => {
    expect(unlessSame(RESTORING, { status: 'restoring' })).toBe(RESTORING)
    const other = authorized('a')
    expect(unlessSame(RESTORING, other)).toBe(other)
    const more = { ...other, persistent: false }
    expect(unlessSame(other, more)).toBe(more)
  })

  it('can’t be changed before anything was read', () => {
    expect(Object.isFrozen(RESTORING)).toBe(true)
  })
})
