// @vitest-environment node
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import { choices, type Switches } from '../../../../examples/local-trello/switches'
import { ask } from './support/http'
import { askForTokens, authorizationUrl, refresh, signIn, statusOfCall } from './support/sign-in'

let trello: LocalTrello
beforeAll(async () => {
  trello = await startLocalTrello({ port: 0, quiet: true })
})
afterAll(() => trello.close())
beforeEach(() => {
  trello.switches.reset()
  trello.revokeGrants()
  trello.log.clear()
})

const aDayS = 24 * 3600

describe('the grant', () => {
  it('documented rules are in force from the start', () => {
    expect(trello.switches.get()).toMatchObject({
      rotationLeewayMs: 600_000,
      replacedAccessTokenLifetimeS: 600,
      grantLifetimeS: 365 * aDayS,
      refreshTokenLifetimeS: 90 * aDayS,
      secondConsent: 'keepsEarlier',
      preflight: 'answered',
      hostCommands: 'there',
      unknownScope: 'invalidScope',
    })
  })

  it('a used refresh token is answered with the same tokens within the leeway', async () => {
    const { refresh_token } = await signIn(trello)
    const first = await refresh(trello, refresh_token)
    const second = await refresh(trello, refresh_token)
    expect(second.status).toBe(200)
    expect(second.json.refresh_token).toBe(first.json.refresh_token)
    expect(trello.log.tokenRequests.at(-1)?.fault).toBe('leeway')
  })

  it('a used refresh token is answered with new tokens, and both chains live, where the switch says so', async () => {
    trello.switches.set({ leewayAnswer: 'newTokens' })
    const { refresh_token } = await signIn(trello)
    const first = await refresh(trello, refresh_token)
    const second = await refresh(trello, refresh_token)
    expect(second.json.refresh_token).not.toBe(first.json.refresh_token)
    expect((await refresh(trello, first.json.refresh_token)).status).toBe(200)
    expect((await refresh(trello, second.json.refresh_token)).status).toBe(200)
  })

  it('a refresh token used again without a leeway ends the grant', async () => {
    trello.switches.set({ rotationLeewayMs: 0 })
    const { refresh_token } = await signIn(trello)
    const first = await refresh(trello, refresh_token)
    expect((await refresh(trello, refresh_token)).json.error).toBe('invalid_grant')
    expect((await refresh(trello, first.json.refresh_token)).json.error).toBe('invalid_grant')
    expect(await statusOfCall(trello, first.json.access_token)).toBe(401)
  })

  it('a replaced access token dies when its time is over', async () => {
    const tokens = await signIn(trello)
    const newer = await refresh(trello, tokens.refresh_token)
    expect(await statusOfCall(trello, tokens.access_token)).toBe(200)
    trello.switches.set({ replacedAccessTokenLifetimeS: 0 })
    const newest = await refresh(trello, newer.json.refresh_token)
    expect(await statusOfCall(trello, tokens.access_token)).toBe(401)
    expect(await statusOfCall(trello, newer.json.access_token)).toBe(401)
    expect(await statusOfCall(trello, newest.json.access_token)).toBe(200)
  })

  it('a grant ends on its last day, however often it was rotated', async () => {
    const first = await refresh(trello, (await signIn(trello)).refresh_token)
    trello.switches.set({ grantLifetimeS: 0 })
    const refused = await refresh(trello, first.json.refresh_token)
    expect(refused.json.error).toBe('invalid_grant')
    expect(await statusOfCall(trello, first.json.access_token)).toBe(401)
  })

  it.each([
    ['keepsEarlier', 200, 200],
    ['endsSameWorkspace', 400, 200],
    ['endsAll', 400, 400],
  ] as const)('a second consent %s', async (secondConsent, sameWorkspace, otherWorkspace) => {
    trello.switches.set({ secondConsent })
    const here = await signIn(trello, { workspace: 0 })
    trello.switches.set({ secondConsent: 'keepsEarlier' })
    const there = await signIn(trello, { workspace: 1 })
    const anotherPerson = await signIn(trello, { member: 1 })
    trello.switches.set({ secondConsent })
    const second = await signIn(trello, { workspace: 0 })
    expect((await refresh(trello, here.refresh_token)).status).toBe(sameWorkspace)
    expect((await refresh(trello, there.refresh_token)).status).toBe(otherWorkspace)
    expect((await refresh(trello, anotherPerson.refresh_token)).status).toBe(200)
    expect((await refresh(trello, second.refresh_token)).status).toBe(200)
  })
})

describe('the body of a token request', () => {
  it.each(['json', 'form'] as const)('%s is read', async (encoding) => {
    const { refresh_token } = await signIn(trello)
    const fields = { grant_type: 'refresh_token', client_id: trello.clientId, refresh_token }
    const answer = await askForTokens(trello, fields, encoding)
    expect(answer.json.access_token).toEqual(expect.any(String))
    expect(trello.log.tokenRequests.at(-1)?.encoding).toBe(encoding)
  })

  it.each(['', 'no JSON', 'null', '[]', '{"grant_type":null}'])('%j is refused in words', async (body) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await ask(trello, `${trello.origins.auth}/oauth/token`, { method: 'POST', headers, body })
    expect(answer.status).toBe(400)
    expect(answer.json.error).toBe('invalid_request')
  })
})

describe('CORS at the token endpoint', () => {
  const readable = '*'
  const rows: [Partial<Switches>, string | undefined, string | undefined, string | undefined][] = [
    [{}, readable, readable, readable],
    [{ preflight: 'refused' }, undefined, undefined, undefined],
    [{ preflight: 'simpleOnly' }, undefined, readable, readable],
    [{ preflight: 'answeredThenUnreadable' }, readable, undefined, undefined],
    [{ cors: 'none' }, undefined, undefined, undefined],
    [{ cors: 'successesOnly' }, readable, readable, undefined],
    [{ preflight: 'simpleOnly', cors: 'successesOnly' }, undefined, readable, undefined],
  ]

  it.each(rows)('%j: preflight %s, success %s, error %s', async (switches, preflight, success, error) => {
    const { refresh_token } = await signIn(trello)
    trello.switches.set(switches)
    const asked = await ask(trello, `${trello.origins.auth}/oauth/token`, {
      method: 'OPTIONS',
      headers: { origin: trello.origins.powerUp, 'access-control-request-method': 'POST' },
    })
    expect(asked.headers['access-control-allow-origin']).toBe(preflight)
    const refreshed = await refresh(trello, refresh_token)
    expect([refreshed.status, refreshed.headers['access-control-allow-origin']]).toEqual([200, success])
    const refused = await refresh(trello, 'no such token')
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([400, error])
    expect(trello.log.preflights).toMatchObject([{ outcome: preflight === '*' ? 'answered' : 'refused' }])
  })

  it('a preflight gets no answer from an endpoint that is down', async () => {
    trello.switches.set({ tokenEndpoint: 'down', tokenEndpointTimes: 1 })
    const url = `${trello.origins.auth}/oauth/token`
    await expect(ask(trello, url, { method: 'OPTIONS' })).rejects.toThrow()
    expect((await ask(trello, url, { method: 'OPTIONS' })).status).toBe(204)
    expect(trello.log.preflights.map(({ outcome }) => outcome)).toEqual(['cut', 'answered'])
  })

  it('a refused preflight is counted by the switch that refuses it', async () => {
    trello.switches.set({ cors: 'none', corsTimes: 1 })
    const url = `${trello.origins.auth}/oauth/token`
    await ask(trello, url, { method: 'OPTIONS' })
    expect(trello.switches.get().cors).toBe('all')
  })
})

describe('the answer to a refresh', () => {
  it('the same access token again is as old as it was', async () => {
    const tokens = await signIn(trello)
    trello.switches.set({ tokenEndpoint: 'sameAccessToken' })
    trello.expireAccessTokens()
    const answer = await refresh(trello, tokens.refresh_token)
    expect(answer.json.access_token).toBe(tokens.access_token)
    expect(answer.json.refresh_token).not.toBe(tokens.refresh_token)
    expect(await statusOfCall(trello, tokens.access_token)).toBe(401)
  })

  it('a prolonged access token is good again', async () => {
    const tokens = await signIn(trello)
    trello.switches.set({ tokenEndpoint: 'prolongedAccessToken' })
    trello.expireAccessTokens()
    const answer = await refresh(trello, tokens.refresh_token)
    expect(answer.json.access_token).toBe(tokens.access_token)
    expect(await statusOfCall(trello, tokens.access_token)).toBe(200)
  })

  it('a token of a short life says so', async () => {
    const tokens = await signIn(trello)
    trello.switches.set({ tokenEndpoint: 'shortLife' })
    expect((await refresh(trello, tokens.refresh_token)).json.expires_in).toBe(1)
  })

  it.each([
    ['0', 0],
    ['-1', -1],
    ['"3600"', '3600'],
    ['null', null],
  ])('expires_in %s is said as it is written', async (saysExpiresIn, said) => {
    const tokens = await signIn(trello)
    trello.switches.set({ saysExpiresIn })
    expect((await refresh(trello, tokens.refresh_token)).json.expires_in).toBe(said)
  })

  it.each([
    ['noScope', 'scope'],
    ['noExpiresIn', 'expires_in'],
    ['noTokenType', 'token_type'],
    ['noRefreshToken', 'refresh_token'],
  ] as const)('%s leaves %s out', async (tokenEndpoint, field) => {
    const tokens = await signIn(trello)
    trello.switches.set({ tokenEndpoint })
    const { status, json } = await refresh(trello, tokens.refresh_token)
    expect([status, field in json]).toEqual([200, false])
  })

  it.each([
    ['grantTypeNotAllowed403', 403, 'unauthorized_client'],
    ['refreshTokenMissing400', 400, 'invalid_request'],
    ['accessDenied403', 403, 'access_denied'],
    ['tokenRevoked400', 400, 'invalid_request'],
    ['invalidClient401', 401, 'invalid_client'],
    ['unauthorizedClientOther', 403, 'unauthorized_client'],
    ['code401', 401, undefined],
    ['empty400', 400, undefined],
    ['html403', 403, undefined],
    ['503html', 503, undefined],
    ['redirect302', 302, undefined],
  ] as const)('%s has status %i and error %s, for good', async (tokenEndpoint, status, error) => {
    const tokens = await signIn(trello)
    trello.switches.set({ tokenEndpoint })
    for (const _again of [1, 2]) {
      const answer = await refresh(trello, tokens.refresh_token)
      expect([answer.status, answer.json?.error]).toEqual([status, error])
    }
    expect(trello.log.tokenRequests.at(-1)?.outcome).toBe('notActed')
  })

  it('a redirect that keeps the method leads to an endpoint that acts', async () => {
    const tokens = await signIn(trello)
    trello.switches.set({ tokenEndpoint: 'redirect307' })
    const moved = await refresh(trello, tokens.refresh_token)
    expect([moved.status, moved.headers.location]).toEqual([307, '/oauth/token?moved'])
    const body = JSON.stringify({
      grant_type: 'refresh_token',
      client_id: trello.clientId,
      refresh_token: tokens.refresh_token,
    })
    const headers = { 'content-type': 'application/json' }
    const url = `${trello.origins.auth}${moved.headers.location}`
    expect((await ask(trello, url, { method: 'POST', headers, body })).status).toBe(200)
  })

  it.each(['0', '-5', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon'])('a 429 says %s', async (retryAfterText) => {
    trello.switches.set({ tokenEndpoint: '429RetryAfter', retryAfterText })
    const answer = await refresh(trello, 'any')
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, retryAfterText])
  })
})

describe('a scope that the app may not ask for', () => {
  const scope = 'read:board:trello write:card:trello offline_access'

  it('invalid_scope goes to the callback page, with state and issuer', async () => {
    const answer = await ask(trello, authorizationUrl(trello, { scope }).url)
    const response = new URL(answer.headers.location ?? '')
    expect(response.pathname).toBe('/callback.html')
    expect(Object.fromEntries(response.searchParams)).toEqual({
      error: 'invalid_scope',
      error_description: 'The app may not ask for: write:card:trello',
      state: 'a-state-of-the-test',
      iss: trello.origins.auth,
    })
  })

  it('is left out where the switch says so', async () => {
    trello.switches.set({ unknownScope: 'ignored' })
    expect((await signIn(trello, { scope })).scope).toBe('read:board:trello')
  })

  it('ends on a page of the server where the switch says so', async () => {
    trello.switches.set({ unknownScope: 'errorPage' })
    const answer = await ask(trello, authorizationUrl(trello, { scope }).url)
    expect([answer.status, answer.headers.location]).toEqual([400, undefined])
    expect(answer.text).toContain('write:card:trello')
  })

  it('a scope of Trello that is not switched on for the app is refused, too', async () => {
    trello.switches.set({ enabledScopes: 'read:board:trello' })
    const answer = await ask(trello, authorizationUrl(trello, { scope: 'read:member:trello' }).url)
    expect(answer.headers.location).toContain('error=invalid_scope')
  })
})

describe('the commands of the Trello page', () => {
  it.each(choices.hostCommands)('%s: so says the client script', async (hostCommands) => {
    trello.switches.set({ hostCommands })
    const script = await ask(trello, `${trello.origins.trello}/power-up.min.js`)
    expect(script.text).toContain(`{"tokenCommands":${hostCommands !== 'missing'},`)
  })

  it('failing: the answer is an error', async () => {
    trello.switches.set({ hostCommands: 'failing' })
    const answer = await ask(trello, `${trello.origins.trello}/t`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'refreshTokens', args: {}, context: {} }),
    })
    expect(answer.json).toEqual({ error: 'The command refreshTokens failed.' })
  })
})
