// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createKeeper } from '../../../src/server/keeper'
import { grantKey } from '../../../src/server/key'
import { memoryGrants } from '../../../src/server/memory-grants'
import { statusOfCall } from '../examples/local-trello/support/sign-in'
import { thrownBy } from '../support/outcome'
import { type KeeperAtTrello, keeperAtTrello } from './support/keeper-at-trello'

const at = await keeperAtTrello()

const keyOf = (member: 0 | 1 = 0, workspace: 0 | 1 = 0) =>
  grantKey({ member: at.members[member], workspace: at.workspaces[workspace] })
const renewal = (more: object = {}) => ({ grant_type: 'refresh_token', workspace: at.workspaces[0], ...more })
const stateOf = async (key = keyOf()) => (await at.keeper.client(key).readState()).status

describe('a frame', () => {
  it('gets an access token for its code, and no refresh token', async () => {
    const response = await at.connect()
    expect(response.status).toBe(200)
    const body = await response.json()
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'read:board:trello read:member:trello',
    })
    expect(body.expires_in).toBeGreaterThan(3_590)
    expect(await statusOfCall(at.trello, body.access_token)).toBe(200)
    expect(await stateOf()).toBe('authorized')
  })

  it('is answered as a page of another origin, and nobody stores the answer', async () => {
    const { headers } = await at.send(renewal())
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': at.origin,
      'cache-control': 'no-store',
      vary: 'Origin',
      'content-type': 'application/json',
    })
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('asks first, as browsers do', async () => {
    const response = await at.send(undefined, { method: 'OPTIONS', ticket: null })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe('Accept, Authorization, Content-Type')
  })

  it('may send a form', async () => {
    const form = new URLSearchParams(renewal()).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }
    expect((await at.send(form, { headers })).status).toBe(200)
  })

  it('shares one grant with the work at night', async () => {
    const { access_token } = await (await at.send(renewal())).json()
    expect(await at.keeper.client(keyOf()).getAccessToken()).toBe(access_token)
  })

  it('that knows an older token gets the one that there is, with no request', async () => {
    at.trello.log.clear()
    const { access_token } = await (await at.send(renewal({ access_token: 'older' }))).json()
    expect(access_token).toBe(await at.keeper.client(keyOf()).getAccessToken())
    expect(at.trello.log.tokenRequests).toEqual([])
  })

  it('that asks again with a token of this minute gets it again', async () => {
    const known = await at.keeper.client(keyOf()).getAccessToken()
    at.trello.log.clear()
    const { access_token } = await (await at.send(renewal({ access_token: known }))).json()
    expect(access_token).toBe(known)
    expect(at.trello.log.tokenRequests).toEqual([])
  })

  it('whose token the API refuses gets another one', async () => {
    const known = (await (await at.connect()).json()).access_token
    at.forward(61_000)
    at.trello.log.clear()
    const { access_token } = await (await at.send(renewal({ access_token: known }))).json()
    expect(access_token).not.toBe(known)
    expect(at.trello.log.tokenRequests).toHaveLength(1)
    expect(await at.keeper.client(keyOf()).getAccessToken()).toBe(access_token)
  })

  it('whose token is near its end gets another one, and keeps it where that fails', async () => {
    at.trello.switches.set({ accessTokenLifetimeS: 400 })
    const known = (await (await at.connect()).json()).access_token
    at.forward(300_000)
    at.trello.switches.set({ tokenEndpoint: '500' })
    const kept = await (await at.send(renewal({ access_token: known }))).json()
    expect(kept).toMatchObject({ access_token: known })
    expect(kept.expires_in).toBeLessThanOrEqual(100)
    expect(await at.keeper.client(keyOf()).getAccessToken()).toBe(known)
    at.trello.switches.set({ tokenEndpoint: 'ok' })
    at.forward(11_000)
    const next = await (await at.send(renewal({ access_token: known }))).json()
    expect(next.access_token).not.toBe(known)
  })

  it.each([
    ['revoked', 400, { error: 'invalid_grant', error_description: 'The grant has ended (revoked).' }],
    ['down', 503, { error: 'temporarily_unavailable' }],
  ] as const)('hears that the grant or the server is %s', async (what, status, body) => {
    at.trello.switches.set({ accessTokenLifetimeS: 60 })
    await at.connect()
    if (what === 'revoked') at.trello.revokeGrants()
    else at.trello.switches.set({ tokenEndpoint: '500' })
    at.forward(61_000)
    const response = await at.send(renewal())
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject(body)
    if (status === 503) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('without a grant hears the verdict too', async () => {
    await at.keeper.client(keyOf()).signOut()
    const response = await at.send(renewal())
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'There is no grant.' },
    ])
  })
})

describe('an exchange', () => {
  const nothing = async () => expect(await stateOf()).toBe('notAuthorized')

  it.each([
    [
      'a dead code',
      () => at.send({ grant_type: 'authorization_code', code: 'x', code_verifier: 'y' }),
      400,
      'invalid_grant',
    ],
    ['a client that is rejected', withSwitch({ tokenEndpoint: 'invalidClient401' }), 502, 'invalid_client'],
    ['a token endpoint that fails', withSwitch({ tokenEndpoint: '500' }), 503, 'temporarily_unavailable'],
    ['an API that does not answer', withSwitch({ api: '500' }), 503, 'temporarily_unavailable'],
    ['an API that knows no token', withSwitch({ api: 'always401' }), 503, 'temporarily_unavailable'],
    ['keys that are not there', () => withoutKeys(), 503, 'temporarily_unavailable'],
  ] as const)('with %s leaves nothing', async (_what, send, status, error) => {
    const response = await send()
    expect([response.status, (await response.json()).error]).toEqual([status, error])
    await nothing()
  })

  function withSwitch(switches: Parameters<KeeperAtTrello['trello']['switches']['set']>[0]) {
    return () => {
      at.trello.switches.set(switches)
      return at.connect()
    }
  }

  async function withoutKeys(): Promise<Response> {
    const { trello } = at
    const keeper = createKeeper({
      clientId: trello.clientId,
      redirectUri: `${at.origin}/callback.html`,
      allowedOrigins: [at.origin],
      powerUpId: trello.powerUpId,
      apiOrigins: [trello.apiOrigin],
      store: memoryGrants(),
    })
    trello.switches.set({ ticketKeys: 'down' })
    return keeper.handler(
      new Request('https://keeper.example/', {
        method: 'POST',
        headers: {
          origin: at.origin,
          'content-type': 'application/json',
          authorization: `Bearer ${await at.ticket()}`,
        },
        body: '{}',
      }),
    )
  }

  it('proves the workspace by the list of workspaces where the board is another', async () => {
    const ticket = await at.ticket({ board: at.trello.boards[1]?.id ?? '' })
    expect((await at.connect({ ticket, scope: 'read:board:trello offline_access' })).status).toBe(403)
    const scope = 'read:organization:trello read:member:trello offline_access'
    expect((await at.connect({ ticket, scope })).status).toBe(200)
    await at.keeper.client(keyOf()).signOut()
  })

  it('names the scopes that prove a workspace, where the consent has not one of them', async () => {
    const response = await at.connect({ scope: 'read:member:trello offline_access' })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      error: 'invalid_target',
      error_description: expect.stringContaining('read:board:trello or read:organization:trello'),
    })
    await nothing()
  })

  it('for no workspace needs no proof', async () => {
    const fields = await consentFields()
    expect((await at.send(fields)).status).toBe(200)
    expect(await stateOf(grantKey({ member: at.members[0] }))).toBe('authorized')
    await nothing()
  })

  async function consentFields() {
    const { consent } = await import('../examples/local-trello/support/sign-in')
    const { code, verifier } = await consent(at.trello, {})
    return { grant_type: 'authorization_code', code, code_verifier: verifier }
  }
})

describe('a request that can not work', () => {
  it.each<[string, () => Promise<Response>, number]>([
    ['GET', () => at.send(undefined, { method: 'GET' }), 405],
    ['text', () => at.send('{}', { headers: { 'content-type': 'text/plain' } }), 415],
    ['no type', () => at.send('{}', { headers: { 'content-type': '' } }), 415],
    [
      'a type that begins alike',
      () => at.send('{}', { headers: { 'content-type': 'application/jsonp' } }),
      415,
    ],
    ['damaged JSON', () => at.send('{'), 400],
    ['no JSON object', () => at.send('[]'), 400],
    ['no grant type', () => at.send({}), 400],
    ['another grant type', () => at.send({ grant_type: 'password' }), 400],
    ['no code', () => at.send({ grant_type: 'authorization_code', code_verifier: 'v' }), 400],
    ['no verifier', () => at.send({ grant_type: 'authorization_code', code: 'c' }), 400],
    ['a blank code', () => at.send({ grant_type: 'authorization_code', code: ' ', code_verifier: 'v' }), 400],
    ['a number', () => at.send({ grant_type: 'refresh_token', workspace: 1 }), 400],
    ['a workspace that is no id', () => at.send(renewal({ workspace: '../x' })), 400],
    ["another frame's client", () => at.send(renewal({ client_id: 'another' })), 400],
    ['another callback page', () => at.send(renewal({ redirect_uri: 'https://power-up.example/x' })), 400],
    ['more than 8,000 bytes', () => at.send(renewal({ more: 'x'.repeat(8_000) })), 413],
  ])('%s is told so', async (_what, send, status) => {
    const response = await send()
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    if (status === 405) expect(response.headers.get('allow')).toBe('POST, OPTIONS')
  })

  it('names a field that came twice', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await at.send('grant_type=refresh_token&workspace=a&workspace=b', { headers })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error_description: 'Send workspace once.' },
    ])
  })
})

describe('a keeper without what its handler needs', () => {
  const whole = {
    clientId: 'client-1',
    store: memoryGrants(),
    redirectUri: 'https://power-up.example/callback.html',
    allowedOrigins: ['https://power-up.example'],
    powerUpId: 'power-up-1',
  }

  it.each(['powerUpId', 'allowedOrigins', 'redirectUri'] as const)(
    'is a ConfigurationError at the door without %s, and of use for all else',
    (name) => {
      const { [name]: _, ...rest } = whole
      const keeper = createKeeper(rest)
      const code = `invalid${name.charAt(0).toUpperCase()}${name.slice(1)}`
      expect(thrownBy(() => keeper.handler)).toMatchObject({ name: 'ConfigurationError', code })
      expect(keeper.client('a')).toBeDefined()
    },
  )

  it.each([
    ['invalidTicketKeys', { ticketKeys: 'http://keys.example/' }],
    ['invalidTicketIssuer', { ticketIssuer: '' }],
  ])('is a ConfigurationError %s at once for an option that is wrong', (code, more) => {
    expect(thrownBy(() => createKeeper({ ...whole, ...more }))).toMatchObject({ code })
  })

  it('has a handler that a Worker may have as its fetch: its context waits for the answer', async () => {
    const work: Promise<unknown>[] = []
    const context = { waitUntil: (each: Promise<unknown>) => void work.push(each) }
    const headers = { origin: at.origin, 'content-type': 'application/json' }
    const request = new Request('https://keeper.example/', { method: 'POST', headers, body: '{}' })
    const response = await at.keeper.handler(request, { STORE: {} }, context)
    expect([response.status, await Promise.all(work)]).toEqual([401, [response]])
  })

  it('has one handler', () => {
    const keeper = createKeeper(whole)
    expect(keeper.handler).toBe(keeper.handler)
  })
})
