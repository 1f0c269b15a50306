// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { grantKey, isSameExceptWorkspace } from '../../../src/grant/key'

describe('grants are kept apart', () => {
  const parts = { authorizationEndpoint: 'https://auth.example', clientId: 'c', workspace: 'w', member: 'm' }

  it('by server, client, workspace and member', () => {
    const keys = [
      grantKey(parts),
      grantKey({ ...parts, authorizationEndpoint: 'https://other.example' }),
      grantKey({ ...parts, clientId: 'd' }),
      grantKey({ ...parts, workspace: 'x' }),
      grantKey({ ...parts, member: 'n' }),
      grantKey({ authorizationEndpoint: 'https://auth.example', clientId: 'c', workspace: 'm' }),
      grantKey({ authorizationEndpoint: 'https://auth.example', clientId: 'c', member: 'w' }),
      grantKey({ authorizationEndpoint: 'https://auth.example', clientId: 'c' }),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(grantKey({ ...parts })).toBe(keys[0])
  })

  it('and those of other workspaces are found', () => {
    const key = grantKey(parts)
    expect(isSameExceptWorkspace(grantKey({ ...parts, workspace: 'x' }), key)).toBe(true)
    expect(isSameExceptWorkspace(key, key)).toBe(true)
    for (const difference of [{ clientId: 'd' }, { member: 'n' }, { authorizationEndpoint: 'https://o' }]) {
      expect(isSameExceptWorkspace(grantKey({ ...parts, ...difference }), key)).toBe(false)
    }
  })

  it.each(['', 'something else', '{"a":1}', '7'])('and the foreign key %j is none of ours', (key) => {
    expect(isSameExceptWorkspace(key, grantKey(parts))).toBe(false)
  })
})
