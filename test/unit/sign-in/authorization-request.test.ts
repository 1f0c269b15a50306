// @vitest-environment node
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { prepareAttempt } from '../../../src/sign-in/authorization-request'
import { START } from '../support/clock'

const parameters = {
  clientId: 'client-1',
  redirectUri: 'https://power-up.example/callback.html?a=b',
  authorizationEndpoint: 'https://auth.example/authorize?tenant=t',
  tokenEndpoint: 'https://auth.example/token',
  issuer: 'https://auth.example/',
  workspace: 'workspace-1',
  scopes: ['read:board:trello', 'read:member:trello'],
}

describe('an authorization request', () => {
  it('has exactly the parameters that Trello wants', async () => {
    const attempt = await prepareAttempt(parameters, START)
    const url = new URL(attempt.url)
    expect(url.origin + url.pathname).toBe('https://auth.example/authorize')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: 't',
      client_id: 'client-1',
      scope: 'read:board:trello read:member:trello offline_access',
      redirect_uri: 'https://power-up.example/callback.html?a=b',
      state: attempt.state,
      response_type: 'code',
      prompt: 'consent',
      resource: 'ari:cloud:trello::workspace/workspace-1',
      code_challenge: expect.any(String),
      code_challenge_method: 'S256',
    })
  })

  it('has the S256 challenge of a verifier that is not in it', async () => {
    const { url, codeVerifier } = await prepareAttempt(parameters, START)
    expect(codeVerifier).toMatch(/^[\w.~-]{43,128}$/)
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    expect(new URL(url).searchParams.get('code_challenge')).toBe(challenge)
    expect(url).not.toContain(codeVerifier)
  })

  it('has a state and a verifier of its own each time', async () => {
    const [a, b] = await Promise.all([prepareAttempt(parameters, START), prepareAttempt(parameters, START)])
    expect(a.state).not.toBe(b.state)
    expect(a.codeVerifier).not.toBe(b.codeVerifier)
    expect(a.state.length).toBeGreaterThanOrEqual(43)
  })

  it('names no resource where there is no workspace', async () => {
    const { workspace: _, ...others } = parameters
    expect(new URL((await prepareAttempt(others, START)).url).searchParams.has('resource')).toBe(false)
  })

  it('pins everything that its response will be judged by', async () => {
    const { workspace: _, ...pinned } = parameters
    expect(await prepareAttempt(parameters, START)).toEqual({
      ...pinned,
      state: expect.any(String),
      codeVerifier: expect.any(String),
      url: expect.any(String),
      preparedAt: START,
    })
  })

  it('pins neither issuer nor token endpoint where there is none', async () => {
    const { issuer: _issuer, tokenEndpoint: _tokenEndpoint, ...others } = parameters
    const attempt = await prepareAttempt({ ...others, tokenEndpoint: undefined }, START)
    expect(attempt).not.toHaveProperty('issuer')
    expect(attempt).not.toHaveProperty('tokenEndpoint')
  })
})
