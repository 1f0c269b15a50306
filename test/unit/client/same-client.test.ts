// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { type ClientOptions, readOptions } from '../../../src/client/options'
import { createClientMemory } from '../../../src/client/same-client'
import { createBrowser } from '../support/browser'
import { options } from '../support/client'
import { scriptedEndpoint } from '../support/token-endpoint'

function setUp() {
  const { platform } = createBrowser().frame()
  const memory = createClientMemory<object>()
  const tokenEndpoint = 'https://auth.example/token'
  return (more: { [Name in keyof ClientOptions]?: ClientOptions[Name] | undefined } = {}) => {
    const given = { ...options, tokenEndpoint, ...more } as ClientOptions
    return memory(readOptions(given, platform), () => ({}))
  }
}

describe('clients with the same options', () => {
  it('are one object, however often they are made', () => {
    const make = setUp()
    expect(make()).toBe(make())
    expect(make({ scopes: [...options.scopes] })).toBe(make())
  })

  it.each<[string, Partial<ClientOptions>]>([
    ['another client id', { clientId: 'client-2' }],
    ['another workspace', { workspace: 'workspace-2' }],
    ['a member', { member: 'member-1' }],
    ['other scopes', { scopes: ['read:board:trello'] }],
    ['another redirect URI', { redirectUri: `${options.redirectUri}?a` }],
    ['another token endpoint', { tokenEndpoint: 'https://auth.example/token2' }],
    ['a revocation endpoint', { revocationEndpoint: 'https://auth.example/revoke' }],
    ['other origins', { apiOrigins: ['https://api.example'] }],
    ['an issuer', { issuer: 'https://auth.example' }],
    ['a listener for events', { onEvent: () => undefined }],
  ])('are told apart by %s', (_difference, more) => {
    const make = setUp()
    expect(make(more)).not.toBe(make())
    expect(make(more)).toBe(make(more))
  })

  it('are told apart by the listener for events', () => {
    const make = setUp()
    const onEvent = () => undefined
    expect(make({ onEvent })).toBe(make({ onEvent }))
    expect(make({ onEvent: () => undefined })).not.toBe(make({ onEvent }))
  })

  it('are told apart by a token endpoint that is code', () => {
    const make = setUp()
    const tokenEndpoint = scriptedEndpoint()
    expect(make({ tokenEndpoint })).toBe(make({ tokenEndpoint }))
    expect(make({ tokenEndpoint: scriptedEndpoint() })).not.toBe(make({ tokenEndpoint }))
  })

  it('are told apart by a t that can ask for tokens, where the token endpoint is automatic', () => {
    const make = setUp()
    const context = { getContext: () => ({ organization: 'workspace-1' }) }
    const commands = { authorizationCodeExchange: async () => ({}), refreshTokens: async () => ({}) }
    const [t, other] = [
      { ...context, ...commands },
      { ...context, ...commands },
    ]
    const automatic = { tokenEndpoint: undefined, workspace: undefined }
    expect(make({ ...automatic, t })).toBe(make({ ...automatic, t }))
    expect(make({ ...automatic, t })).not.toBe(make({ ...automatic, t: other }))
    expect(make({ workspace: undefined, t })).toBe(make({ workspace: undefined, t: other }))
    expect(make({ ...automatic, t: { ...context } })).toBe(make({ ...automatic, t: { ...context } }))
  })

  it('are kept for the 16 latest', () => {
    const make = setUp()
    const first = make()
    for (let i = 1; i <= 15; i++) make({ workspace: `${i}` })
    expect(make()).toBe(first)
    for (let i = 1; i <= 16; i++) make({ workspace: `${i}` })
    expect(make()).not.toBe(first)
  })
})
