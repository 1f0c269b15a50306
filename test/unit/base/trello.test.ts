// @vitest-environment node
import { expect, it } from 'vitest'
import {
  API_ORIGIN,
  AUTHORIZATION_ENDPOINT,
  hasTokenCommands,
  NOT_LOGGED_IN,
  OFFLINE_ACCESS,
  TOKEN_ENDPOINT,
  tokenEndpointBeside,
  workspaceResource,
} from '../../../src/base/trello'

it('names a workspace by its resource indicator', () => {
  expect(workspaceResource('5f0c1e')).toBe('ari:cloud:trello::workspace/5f0c1e')
})

it('a token endpoint is beside its authorization endpoint', () => {
  expect(tokenEndpointBeside(AUTHORIZATION_ENDPOINT)).toBe(TOKEN_ENDPOINT)
  expect(tokenEndpointBeside('http://auth.localhost:3000/authorize?x=1')).toBe(
    'http://auth.localhost:3000/oauth/token',
  )
})

it("holds Trello's own addresses and words", () => {
  expect([AUTHORIZATION_ENDPOINT, TOKEN_ENDPOINT, API_ORIGIN, OFFLINE_ACCESS, NOT_LOGGED_IN]).toEqual([
    'https://auth.atlassian.com/authorize',
    'https://auth.atlassian.com/oauth/token',
    'https://api.trello.com',
    'offline_access',
    'notLoggedIn',
  ])
})

it('a t that throws at what it does not know has no commands for tokens', () => {
  const t = {
    getContext: () => ({ organization: 'workspace-1' }),
    get authorizationCodeExchange() {
      throw new Error('no such command')
    },
  }
  expect(hasTokenCommands(t)).toBe(false)
  const commands = { authorizationCodeExchange: () => undefined, refreshTokens: () => undefined }
  expect(hasTokenCommands({ ...commands, getContext: t.getContext })).toBe(true)
})
