// @vitest-environment node
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { grantKey } from '../../../src/server/key'
import { memoryGrants } from '../../../src/server/memory-grants'
import { consent, statusOfCall } from '../examples/local-trello/support/sign-in'
import { type KeeperAtTrello, keeperAtTrello, type Sent } from './support/keeper-at-trello'
import { sealWithKey } from './support/seal'
import { forgedTicket, ticket as signedBy, strangersKey } from './support/tickets'

const store = memoryGrants()
/** Everything that the console was told. */
let lines: unknown[][] = []
let victimsToken: string

const at = await keeperAtTrello({ store, seal: await sealWithKey() })
beforeEach(() => {
  lines = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...words) => void lines.push(words))
  }
  at.trello.log.clear()
})
afterEach(() => vi.restoreAllMocks())

const [victim, attacker] = [0, 1] as const
const keyOf = (member: 0 | 1, workspace: 0 | 1 = 0) =>
  grantKey({ member: at.members[member], workspace: at.workspaces[workspace] })
const renewal = (more: object = {}) => ({ grant_type: 'refresh_token', workspace: at.workspaces[0], ...more })

async function contentOfStore(): Promise<string> {
  const values = await Promise.all((await store.keys()).map(async (key) => [key, await store.get(key)]))
  return JSON.stringify(values)
}

/** Does it, and tells what it was answered and what it has changed. */
async function attempt(send: () => Promise<Response>) {
  const before = await contentOfStore()
  const response = await send()
  const text = await response.text()
  return {
    status: response.status,
    error: JSON.parse(text || '{}').error,
    text,
    isStoreTouched: (await contentOfStore()) !== before,
    tokenRequests: at.trello.log.tokenRequests.length,
    headers: response.headers,
  }
}

function secretsIn(text: string): string[] {
  return at.trello.log.secrets.filter(({ value }) => text.includes(value)).map(({ kind }) => kind)
}

describe('the member whose grant is kept', () => {
  it('has connected', async () => {
    at.trello.switches.reset()
    const response = await at.connect()
    victimsToken = (await response.json()).access_token
    expect(await statusOfCall(at.trello, victimsToken)).toBe(200)
  })
})

describe('nobody is let in', () => {
  const claims = () => ({
    idMember: at.members[victim],
    idPlugin: at.trello.powerUpId,
    idBoard: at.trello.boards[0].id,
    iss: 'trello',
    iat: Math.floor(Date.now() / 1_000),
    exp: Math.floor(Date.now() / 1_000) + 900,
  })
  const odd =
    (position: Parameters<KeeperAtTrello['trello']['switches']['set']>[0]['ticket'] & string) => async () => {
      at.trello.switches.set({ ticket: position })
      return { ticket: await at.ticket() }
    }
  const publicKey = async (): Promise<string> => {
    const response = await fetch(`${at.trello.apiOrigin}/1/resource/jwt-public-keys`)
    return (await response.json()).keys[0]
  }

  it.each<[string, () => Promise<Sent>, number, string]>([
    ['no ticket', async () => ({ ticket: null }), 401, 'invalid_ticket'],
    ['an empty ticket', async () => ({ ticket: '' }), 401, 'invalid_ticket'],
    ['an access token for a ticket', async () => ({ ticket: victimsToken }), 401, 'invalid_ticket'],
    ['an expired ticket', odd('expired'), 401, 'invalid_ticket'],
    ['an unsigned ticket (alg none)', odd('unsigned'), 401, 'invalid_ticket'],
    [
      'an unsigned ticket that says RS256',
      async () => ({ ticket: forgedTicket({ alg: 'RS256' }, claims(), '') }),
      401,
      'invalid_ticket',
    ],
    ['a wrongly signed ticket', odd('foreignKey'), 401, 'invalid_ticket'],
    [
      'a ticket signed by a stranger, with the key in it',
      async () => ({
        ticket: await signedBy({
          key: strangersKey.privateKey,
          claims: claims(),
          header: { jwk: { kty: 'RSA' } },
        }),
      }),
      401,
      'invalid_ticket',
    ],
    ['an HS256 ticket with the public key for a secret', odd('hs256'), 401, 'invalid_ticket'],
    [
      'the same with RS256 in the header',
      async () => {
        const content = forgedTicket({ alg: 'RS256' }, claims(), '').slice(0, -1)
        const pem = await publicKey()
        return { ticket: `${content}.${createHmac('sha256', pem).update(content).digest('base64url')}` }
      },
      401,
      'invalid_ticket',
    ],
    ["another Power-Up's ticket", odd('otherPowerUp'), 401, 'invalid_ticket'],
    [
      "a visitor's ticket",
      async () => ({ ticket: await at.ticket({ member: 'notLoggedIn' }) }),
      401,
      'invalid_ticket',
    ],
    ['a ticket whose claims were changed', () => changedClaims(), 401, 'invalid_ticket'],
    [
      "another member's ticket, for the victim's workspace",
      async () => ({ ticket: await at.ticket({ member: at.members[attacker] }) }),
      400,
      'invalid_grant',
    ],
    ['a ticket of a member who has no grant', odd('otherMember'), 400, 'invalid_grant'],
    [
      'a ticket from a foreign origin',
      async () => ({ headers: { origin: 'https://evil.example' } }),
      403,
      'invalid_request',
    ],
    [
      'a ticket from an origin that looks alike',
      async () => ({ headers: { origin: `${at.origin}.evil.example` } }),
      403,
      'invalid_request',
    ],
    [
      'a ticket from a frame without an origin',
      async () => ({ headers: { origin: 'null' } }),
      403,
      'invalid_request',
    ],
    ['a ticket and no origin', async () => ({ headers: { origin: '' } }), 403, 'invalid_request'],
    [
      "a foreign origin's preflight",
      async () => ({ method: 'OPTIONS', headers: { origin: 'https://evil.example' } }),
      403,
      'invalid_request',
    ],
  ])('with %s', async (_what, sent, status, error) => {
    const asked = await sent()
    const outcome = await attempt(() => at.send(renewal(), asked))
    expect(outcome).toMatchObject({ status, error, isStoreTouched: false, tokenRequests: 0 })
    expect(secretsIn(outcome.text)).toEqual([])
    if (status === 403) expect(outcome.headers.get('access-control-allow-origin')).toBeNull()
    if (status === 401) expect(outcome.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  })

  async function changedClaims(): Promise<Sent> {
    const [head, , signature] = (await at.ticket({ member: at.members[attacker] })).split('.')
    const body = Buffer.from(JSON.stringify(claims())).toString('base64url')
    return { ticket: [head, body, signature].join('.') }
  }

  it('with a body that is too large, before its ticket is worth anything', async () => {
    const outcome = await attempt(() => at.send(renewal({ more: 'x'.repeat(1_000_000) })))
    expect(outcome).toMatchObject({ status: 413, isStoreTouched: false, tokenRequests: 0 })
    const without = await attempt(() => at.send(renewal({ more: 'x'.repeat(1_000_000) }), { ticket: null }))
    expect(without.status).toBe(401)
  })
})

describe("a code that is not the ticket's member's", () => {
  it.each<[string, 0 | 1, 0 | 1]>([
    ["the attacker's code with the victim's ticket", attacker, victim],
    ["the victim's code with the attacker's ticket", victim, attacker],
  ])('%s becomes no grant, and its tokens are revoked', async (_what, consenting, asking) => {
    // The keeper leaves tokens alone beside a living grant, so the member who asks has no grant here.
    await at.keeper.client(keyOf(asking)).signOut()
    at.trello.log.clear()
    const before = await contentOfStore()
    const ticket = await at.ticket({ member: at.members[asking] })
    const response = await at.connect({ member: consenting, ticket })
    const text = await response.text()
    expect([response.status, JSON.parse(text).error]).toEqual([403, 'account_mismatch'])
    expect(secretsIn(text)).toEqual([])
    expect(await contentOfStore()).toBe(before)
    await vi.waitFor(() => expect(at.trello.log.revocations).toHaveLength(1))
    const dropped = at.trello.log.secrets.filter(({ kind }) => kind === 'access token').at(-1)
    expect(await statusOfCall(at.trello, dropped?.value ?? '')).toBe(401)
  })

  it('leaves the grant that the member has as it was', async () => {
    await at.connect()
    const before = await at.keeper.client(keyOf(victim)).getAccessToken()
    expect((await at.connect({ member: attacker })).status).toBe(403)
    expect(await at.keeper.client(keyOf(victim)).getAccessToken()).toBe(before)
  })
})

describe('a workspace that is only claimed', () => {
  it('is not proven by a token for another one', async () => {
    const outcome = await attempt(() => at.connect({ workspaceField: at.workspaces[1] }))
    expect(outcome).toMatchObject({ status: 403, error: 'invalid_target' })
    expect(await at.keeper.client(keyOf(victim, 1)).readState()).toMatchObject({ status: 'notAuthorized' })
    expect(secretsIn(outcome.text)).toEqual([])
  })

  it('is not proven by a ticket of a board there', async () => {
    const ticket = await at.ticket({ board: at.trello.boards[1]?.id ?? '' })
    const outcome = await attempt(() => at.connect({ ticket, workspaceField: at.workspaces[1] }))
    expect(outcome).toMatchObject({ status: 403, error: 'invalid_target' })
  })

  it("reads no grant but the member's own", async () => {
    for (const workspace of [undefined, at.workspaces[1], 'x&member=y', at.members[victim]]) {
      const ticket = await at.ticket({ member: at.members[attacker] })
      const outcome = await attempt(() => at.send({ grant_type: 'refresh_token', workspace }, { ticket }))
      expect(outcome.status).toBe(400)
      expect(secretsIn(outcome.text)).toEqual([])
    }
  })
})

describe('a replay', () => {
  it('of a whole exchange is refused, and the grant stays: its code is not sent again', async () => {
    const { code, verifier } = await consent(at.trello, {})
    const ticket = await at.ticket()
    const fields = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      workspace: at.workspaces[0],
    }
    expect((await at.send(fields, { ticket })).status).toBe(200)
    at.trello.log.clear()
    const again = await attempt(() => at.send(fields, { ticket }))
    expect(again).toMatchObject({ status: 400, error: 'invalid_grant' })
    expect(secretsIn(again.text)).toEqual([])
    expect(at.trello.log.tokenRequests).toEqual([])
    expect(await at.keeper.client(keyOf(victim)).api.get('/1/members/me')).toMatchObject({
      id: at.members[victim],
    })
  })

  it('of a question reads what its owner could read anyway, and makes no request', async () => {
    const ticket = await at.ticket()
    const own = await at.keeper.client(keyOf(victim)).getAccessToken()
    at.trello.log.clear()
    for (let times = 0; times < 10; times++) {
      const outcome = await attempt(() => at.send(renewal({ access_token: own }), { ticket }))
      expect(JSON.parse(outcome.text)).toMatchObject({ access_token: own })
      expect(secretsIn(outcome.text)).toEqual(['access token'])
    }
    expect(at.trello.log.tokenRequests).toEqual([])
  })
})

describe('a scan for secrets', () => {
  it('finds not one in the store, the log, the events and the errors', async () => {
    await at.connect()
    const values = new Set(at.trello.log.secrets.map(({ value }) => value))
    for (const secret of values) expect(await contentOfStore()).not.toContain(secret)
    at.trello.revokeGrants()
    at.trello.switches.set({ tokenEndpoint: 'tokenRevoked400' })
    const own = await at.keeper.client(keyOf(victim)).getAccessToken()
    at.forward(3_600_000)
    const error = await at.keeper
      .client(keyOf(victim))
      .getAccessToken()
      .catch((cause) => cause)
    expect(error).toMatchObject({ code: 'tokenEndpointUnavailable' })
    const words = JSON.stringify([at.events, lines, String(error), error.stack, error, String(error.cause)])
    expect(words).toContain('grantStored')
    expect(values.has(own)).toBe(true)
    for (const secret of values) expect(words).not.toContain(secret)
  })
})
