// @vitest-environment node
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { exportSPKI, importSPKI, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { createTicketCheck } from '../../../src/server/ticket'
import { createBrowser } from '../support/browser'
import {
  BOARD,
  forgedTicket,
  formerKey,
  MEMBER,
  NOW_S,
  POWER_UP,
  published,
  strangersKey,
  type TicketDifferences,
  ticket,
  trelloKey,
} from './support/tickets'

const options = {
  powerUpId: POWER_UP,
  keysUrl: 'https://api.trello.com/1/resource/jwt-public-keys',
  issuer: 'trello',
}
const valid = { kind: 'valid', member: MEMBER, board: BOARD }
const refused = (reason: string) => ({ kind: 'refused', reason })

function setUp() {
  const { clock, frame } = createBrowser()
  const { platform } = frame({ fetch: async () => Response.json(published) })
  const check = createTicketCheck(platform, options)
  return { clock, check: (text: string) => check(`Bearer ${text}`), checkHeader: check }
}

describe('a ticket', () => {
  it('of Trello names the member and the board', async () => {
    const { check } = setUp()
    expect(await check(await ticket())).toEqual(valid)
  })

  it('is taken while Trello changes its key', async () => {
    const { check } = setUp()
    expect(await check(await ticket({ key: formerKey.privateKey }))).toEqual(valid)
  })

  it('may name no board', async () => {
    const { check } = setUp()
    expect(await check(await ticket({ claims: { idBoard: undefined } }))).toEqual({
      ...valid,
      board: undefined,
    })
  })

  it.each<[string, string | null]>([
    ['no header', null],
    ['an empty one', ''],
    ['another scheme', 'Basic YTpi'],
    ['a scheme and nothing behind it', 'Bearer '],
    ['two texts', 'Bearer a.b.c d'],
  ])('is missing with %s', async (_what, header) => {
    expect(await setUp().checkHeader(header)).toEqual(refused('missing'))
  })

  it.each([
    ['of two parts', 'e30.e30'],
    ['of four parts', 'e30.e30.e30.e30'],
    ['without a signature', 'e30.e30.'],
    ['that is no JSON', 'YQ.YQ.YQ'],
    ['that is no base64url', 'e30=.e30.e30'],
    ['that is no UTF-8', '_w.e30.e30'],
    ['of a length that no encoding gives', 'e30.e30.a'],
    ['that is too long', `e30.e30.${'a'.repeat(8_000)}`],
    ['whose claims are a text', forgedTicket({ alg: 'RS256' }, new TextEncoder().encode('"a"'), 'x')],
  ])('%s is malformed', async (_what, text) => {
    expect(await setUp().check(text)).toEqual(refused('malformed'))
  })

  it.each<[string, string, TicketDifferences]>([
    ['of another issuer', 'issuer', { claims: { iss: 'nobody' } }],
    ['without an issuer', 'issuer', { claims: { iss: undefined } }],
    ['for another Power-Up', 'powerUp', { claims: { idPlugin: 'another' } }],
    ['for a list with this Power-Up', 'powerUp', { claims: { idPlugin: [POWER_UP] } }],
    ['without a member', 'member', { claims: { idMember: undefined } }],
    ['of a member who is a list', 'member', { claims: { idMember: [MEMBER] } }],
    ['of nobody', 'member', { claims: { idMember: '' } }],
    ['of a visitor', 'member', { claims: { idMember: 'notLoggedIn' } }],
    ['that is over', 'expired', { claims: { exp: NOW_S - 30 } }],
    [
      'that is old, whatever it says of its end',
      'expired',
      { claims: { iat: NOW_S - 931, exp: NOW_S + 60 } },
    ],
    ['from the future', 'notYet', { claims: { iat: NOW_S + 31 } }],
    ['that counts later', 'notYet', { claims: { nbf: NOW_S + 31 } }],
    ['without a time', 'malformed', { claims: { iat: undefined } }],
    ['without an end', 'malformed', { claims: { exp: undefined } }],
    ['signed by a stranger', 'signature', { key: strangersKey.privateKey }],
  ])('%s is refused', async (_what, reason, differences) => {
    expect(await setUp().check(await ticket(differences))).toEqual(refused(reason))
  })

  it.each<[string, TicketDifferences]>([
    ['ended', { claims: { exp: NOW_S - 29 } }],
    ['was made', { claims: { iat: NOW_S + 30 } }],
    ['got old', { claims: { iat: NOW_S - 930, exp: NOW_S + 60 } }],
  ])('counts where it %s within the tolerance of clocks', async (_what, differences) => {
    expect(await setUp().check(await ticket(differences))).toEqual(valid)
  })

  it('ends while time goes by', async () => {
    const { check, clock } = setUp()
    const text = await ticket()
    await clock.advance(929_000)
    expect(await check(text)).toEqual(valid)
    await clock.advance(1_000)
    expect(await check(text)).toEqual(refused('expired'))
  })
})

describe('the algorithm', () => {
  const claims = { idPlugin: POWER_UP, idMember: MEMBER, iat: NOW_S, exp: NOW_S + 900, iss: 'trello' }

  it.each(['none', 'None', 'HS256', 'RS384', 'PS256', 'ES256', 'rs256', ''])(
    '"%s" is refused',
    async (alg) => {
      expect(await setUp().check(forgedTicket({ alg }, claims, 'x'))).toEqual(refused('algorithm'))
    },
  )

  it('stays RS256 where the public key is the secret of an HS256', async () => {
    const pem = await exportSPKI(trelloKey.publicKey)
    for (const alg of ['HS256', 'RS256']) {
      const content = forgedTicket({ alg }, claims, 'x').split('.').slice(0, 2).join('.')
      const text = `${content}.${createHmac('sha256', pem).update(content).digest('base64url')}`
      expect(await setUp().check(text)).toEqual(refused(alg === 'HS256' ? 'algorithm' : 'signature'))
    }
  })

  it('has no rules that this code does not know', async () => {
    const header = { alg: 'RS256', crit: ['b64'], b64: true } as const
    const text = await ticket({ header: { ...header, crit: ['b64'] } })
    expect(await setUp().check(text)).toEqual(refused('algorithm'))
  })

  it('is not looked up in the ticket: a key that it brings along counts nothing', async () => {
    const header = { jku: 'https://evil.example/keys', kid: 'x' }
    expect(await setUp().check(await ticket({ key: strangersKey.privateKey, header }))).toEqual(
      refused('signature'),
    )
  })
})

describe('beside jose', () => {
  const keys = Promise.all(published.keys.map((key) => importSPKI(key, 'RS256')))

  async function takenByJose(text: string): Promise<boolean> {
    for (const key of await keys) {
      const verified = await jwtVerify(text, key, {
        issuer: 'trello',
        algorithms: ['RS256'],
        maxTokenAge: 900,
        clockTolerance: 30,
        currentDate: new Date(NOW_S * 1_000),
      }).catch(() => undefined)
      if (verified?.payload.idPlugin === POWER_UP && verified.payload.idMember === MEMBER) return true
    }
    return false
  }

  it('the verdict is the same for tickets of all times and signers', async () => {
    const seconds = fc.oneof(
      fc.integer({ min: NOW_S - 1_000, max: NOW_S + 1_000 }),
      fc.constantFrom(-931, -930, -929, -31, -30, -29, 0, 29, 30, 31).map((each) => NOW_S + each),
    )
    const tickets = fc.record({
      iat: seconds,
      exp: seconds,
      nbf: fc.option(seconds, { nil: undefined }),
      iss: fc.constantFrom('trello', 'trello ', undefined),
      idPlugin: fc.constantFrom(POWER_UP, 'another'),
      key: fc.constantFrom(trelloKey.privateKey, formerKey.privateKey, strangersKey.privateKey),
    })
    const { check } = setUp()
    await fc.assert(
      fc.asyncProperty(tickets, async ({ key, ...claims }) => {
        const text = await ticket({ key, claims })
        expect((await check(text)).kind === 'valid').toBe(await takenByJose(text))
      }),
      { numRuns: 150 },
    )
  })

  it('the verdict is the same for a ticket with any character changed', async () => {
    const text = await ticket()
    const { check } = setUp()
    const places = fc.nat(text.length - 1)
    const characters = fc.constantFrom(...'Aa0-_.=+/ %')
    await fc.assert(
      fc.asyncProperty(places, characters, async (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1)
        expect((await check(changed)).kind === 'valid').toBe(await takenByJose(changed))
      }),
      { numRuns: 150 },
    )
  })
})
