// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { AuthorizationError } from '../../../src/base/errors'
import type { GrantEntry } from '../../../src/grant/grant'
import { type ExchangingClient, exchangeCode } from '../../../src/sign-in/code-exchange'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { onlyWay } from '../../../src/token-endpoint/ways'
import { START, settle } from '../support/clock'
import { attempt, expiredGrant, HOUR_MS, liveGrant, storedEntry } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { createPartition } from '../support/store'
import { later, type ScriptedEndpoint, scriptedEndpoint, tokens } from '../support/token-endpoint'

const pending = attempt({ openedAt: START })

function setUp(
  endpoint: ScriptedEndpoint,
  entry: Partial<GrantEntry> = { attempts: [pending] },
  differences: Partial<ExchangingClient> = {},
) {
  const partition = createPartition()
  partition.plant(storedEntry(entry))
  const { store, platform } = partition.open()
  const revoked: (string | undefined)[] = []
  const frame = { platform, store }
  const client: ExchangingClient = {
    workspace: 'workspace-1',
    member: undefined,
    ways: onlyWay(endpoint),
    readResponse: () => 'code-1',
    readAccount: async () => ({ kind: 'noAnswer' }),
    revoke: ({ tokenSet }) => void revoked.push(tokenSet.refreshToken),
    ...differences,
  }
  return {
    ...partition,
    client,
    store,
    revoked,
    exchange: () => exchangeCode(frame, client, pending, 'parameters'),
  }
}

describe('a code', () => {
  it('becomes a grant with all that the attempt pinned', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { exchange, stored } = setUp(endpoint)
    await exchange()
    expect(endpoint.exchanges).toEqual([
      {
        clientId: 'client-1',
        code: 'code-1',
        codeVerifier: 'verifier-1',
        redirectUri: 'https://power-up.example/callback.html',
      },
    ])
    expect(stored()).toEqual(
      storedEntry({
        record: {
          ...liveGrant({ memberChecked: false }),
          generation: expect.any(String),
          consent: expect.any(String),
          tokenSet: {
            accessToken: 'access-1',
            refreshToken: 'refresh-1',
            obtainedAt: START,
            expiresAt: START + HOUR_MS,
          },
        },
      }),
    )
  })

  it('is sent after its attempt was claimed, and its lifetime counts from then', async () => {
    const answer = later<TokenAnswer>()
    const { exchange, clock, stored } = setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(exchange())
    await clock.advance(9_000)
    expect((stored() as GrantEntry).attempts[0]?.claimedBy).toEqual(expect.any(String))
    answer.resolve(tokens(1, { expiresInMs: 60_000 }))
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(stored()).toMatchObject({
      record: { grantedAt: START + 9_000, tokenSet: { obtainedAt: START, expiresAt: START + 60_000 } },
    })
  })

  it('brings the scopes of the answer, or those asked for; offline_access is none', async () => {
    const scopes = ['read:member:trello', 'offline_access']
    const given = setUp(scriptedEndpoint(tokens(1, { scopes })))
    await given.exchange()
    expect(given.stored()).toMatchObject({ record: { scopes: ['read:member:trello'] } })
    const silent = setUp(scriptedEndpoint(tokens(1)))
    await silent.exchange()
    expect(silent.stored()).toMatchObject({ record: { scopes: pending.scopes } })
  })

  it('without a refresh token is not renewable, unless the endpoint holds it', async () => {
    const answer: TokenAnswer = { kind: 'tokens', accessToken: 'access-1', expiresInMs: HOUR_MS }
    const bare = setUp(scriptedEndpoint(answer))
    await bare.exchange()
    expect(bare.stored()).toMatchObject({ record: { renewable: false } })
    const hosted = setUp({ ...scriptedEndpoint(answer), holdsRefreshToken: true })
    await hosted.exchange()
    expect(hosted.stored()).toMatchObject({ record: { renewable: true } })
  })

  it('is not sent after a sign-out took its attempt away', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { exchange, storage } = setUp(endpoint, {})
    expect(await errorOf(exchange())).toMatchObject({ code: 'aborted' })
    expect([endpoint.exchanges.length, storage.values.size]).toEqual([0, 0])
  })

  it('is sent half a second later where its attempt could not be marked at once, and then the mark is there', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { exchange, storage, store, clock } = setUp(endpoint)
    await store.read()
    storage.writes = 'fail'
    const outcome = watch(exchange())
    await settle()
    storage.writes = 'work'
    await clock.advance(499)
    expect(endpoint.exchanges).toEqual([])
    await clock.advance(1)
    await settle()
    expect([endpoint.exchanges.length, outcome.status]).toEqual([1, 'resolved'])
  })

  it('is sent without a mark where the storage takes no writes at all', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { exchange, storage, store, clock } = setUp(endpoint)
    await store.read()
    storage.writes = 'fail'
    const outcome = watch(exchange())
    await clock.advance(500)
    await settle()
    expect([endpoint.exchanges.length, outcome.status]).toEqual([1, 'resolved'])
  })

  it('is not sent a second time, and a grant that came of it serves as well', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const claimed = { ...pending, claimedBy: 'another' }
    const served = setUp(endpoint, { attempts: [claimed], record: liveGrant() })
    await served.exchange()
    const lacking = setUp(endpoint, { attempts: [claimed], record: liveGrant({ scopes: [] }) })
    expect(await errorOf(lacking.exchange())).toMatchObject({ code: 'superseded' })
    expect(endpoint.exchanges).toEqual([])
  })
})

describe('tokens that came too late', () => {
  it('after a sign-out are given up', async () => {
    const answer = later<TokenAnswer>()
    const { exchange, store, revoked, storage } = setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(exchange())
    await settle()
    await store.remove()
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect([revoked, storage.values.size]).toEqual([['refresh-1'], 0])
  })

  it('are given up too where only an ended grant is left', async () => {
    const answer = later<TokenAnswer>()
    const { exchange, store, revoked } = setUp(scriptedEndpoint(answer.promise), {
      attempts: [pending],
      record: expiredGrant(),
    })
    const outcome = watch(exchange())
    await settle()
    await store.commit((entry) => ({ ...entry, attempts: [] }))
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.error).toMatchObject({ code: 'aborted' })
    expect(revoked).toEqual(['refresh-1'])
  })

  it('and could not be stored before another frame signed out are given up', async () => {
    const answer = later<TokenAnswer>()
    const { exchange, open, revoked, storage, clock } = setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(exchange())
    await settle()
    storage.writes = 'fail'
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(revoked).toEqual([])
    storage.writes = 'work'
    await open().store.remove()
    await clock.advance(1_000)
    expect([revoked, storage.values.size]).toEqual([['refresh-1'], 0])
  })

  it('after a newer grant are dropped and not given up: that could take the newer one along', async () => {
    const answer = later<TokenAnswer>()
    const { exchange, plant, revoked, stored } = setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(exchange())
    await settle()
    const newer = storedEntry({ record: liveGrant({ generation: 'newer' }) })
    plant(newer)
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.status).toBe('resolved')
    expect([revoked, stored()]).toEqual([[], newer])
  })
})

describe('a response that reached two frames', () => {
  it('is finished by the one that claimed it, whatever the other comes to', async () => {
    const answer = later<TokenAnswer>()
    const first = setUp({ ...scriptedEndpoint(tokens(1)), exchange: () => answer.promise })
    const outcome = watch(first.exchange())
    await settle()
    const { store, platform } = first.open()
    await store.read()
    const again = exchangeCode({ platform, store }, first.client, pending, 'parameters')
    expect(await errorOf(again)).toMatchObject({ code: 'aborted' })
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(first.stored()).toMatchObject({ record: { status: 'live' } })
    expect(first.revoked).toEqual([])
  })
})

describe('whose account it is', () => {
  const member = 'member-1'

  it('is asked with the new token before anything is stored', async () => {
    const asked: string[] = []
    const { exchange, stored, store } = setUp(scriptedEndpoint(tokens(1)), undefined, {
      member,
      readAccount: async (token) => {
        asked.push(token)
        expect(store.view().record).toBeUndefined()
        return { kind: 'account', id: member }
      },
    })
    await exchange()
    expect(asked).toEqual(['access-1'])
    expect(stored()).toMatchObject({ record: { memberChecked: true } })
  })

  it('may be unknown: then the grant is stored and checked later', async () => {
    const { exchange, stored } = setUp(scriptedEndpoint(tokens(1)), undefined, { member })
    await exchange()
    expect(stored()).toMatchObject({ record: { memberChecked: false } })
  })

  it('is not asked where no member is known', async () => {
    const readAccount = () => Promise.reject(new Error('nobody asked'))
    const { exchange } = setUp(scriptedEndpoint(tokens(1)), undefined, { readAccount })
    await exchange()
  })

  it('adds nothing to the life of the token, however long it takes', async () => {
    const { exchange, stored, clock } = setUp(
      scriptedEndpoint(tokens(1, { expiresInMs: 4_000 })),
      undefined,
      {
        member,
        readAccount: async () => {
          await clock.advance(5_000)
          return { kind: 'noAnswer' }
        },
      },
    )
    await exchange()
    const times = { obtainedAt: START, expiresAt: START + 4_000 }
    expect(stored()).toMatchObject({ record: { tokenSet: times } })
  })

  it('must be the member: other tokens are given up, the old grant stays', async () => {
    const before = { attempts: [pending], record: liveGrant() }
    const { exchange, stored, revoked } = setUp(scriptedEndpoint(tokens(1)), before, {
      member,
      readAccount: async () => ({ kind: 'account', id: 'member-2' }),
    })
    expect(await errorOf(exchange())).toMatchObject({ code: 'accountMismatch' })
    expect(stored()).toEqual(storedEntry({ record: liveGrant() }))
    expect(revoked).toEqual(['refresh-1'])
  })
})

describe('a failed exchange', () => {
  it.each<[string, TokenAnswer, boolean, object]>([
    [
      'a dead code',
      { kind: 'dead', status: 400, serverError: 'invalid_grant: spent' },
      false,
      { serverError: 'invalid_grant: spent', retryable: false },
    ],
    [
      'a dead code, with a description',
      { kind: 'dead', status: 403, serverError: 'invalid_grant', serverDescription: 'Wrong redirect_uri.' },
      false,
      {
        serverDescription: 'Wrong redirect_uri.',
        message: expect.stringMatching(/\(HTTP 403, invalid_grant: Wrong redirect_uri\.\)$/),
      },
    ],
    [
      'a rejected client',
      { kind: 'clientRejected', status: 401, serverError: 'invalid_client' },
      false,
      { retryable: false, cause: { code: 'clientRejected', status: 401 } },
    ],
    [
      'a failing server',
      { kind: 'retryable', status: 503 },
      false,
      { retryable: true, cause: { code: 'tokenEndpointUnavailable', status: 503 } },
    ],
    [
      'no network',
      { kind: 'unreadable', cause: new TypeError('Failed to fetch') },
      false,
      { retryable: true, cause: { code: 'tokenEndpointUnavailable' } },
    ],
    [
      'a server that asks to wait',
      { kind: 'retryable', status: 429, retryAfterMs: 7_000 },
      false,
      { retryable: true, cause: { code: 'tokenEndpointUnavailable', status: 429, retryAfterMs: 7_000 } },
    ],
    [
      'an endpoint that repeats code and verifier',
      { kind: 'retryable', serverError: 'bad code code-1, verifier-1' },
      false,
      { cause: { message: expect.stringMatching(/ \(bad code …, …\)$/) } },
    ],
    [
      'an endpoint that repeats a dead code',
      {
        kind: 'dead',
        serverError: 'bad code code-1',
        serverDescription: 'code-1 is for another redirect_uri',
      },
      false,
      { serverError: 'bad code …', serverDescription: '… is for another redirect_uri' },
    ],
    [
      'a policy of the page that forbids it',
      { kind: 'unreadable', blockedByPolicy: true },
      true,
      { retryable: false, cause: { code: 'blockedByPolicy' } },
    ],
    [
      'missing CORS',
      { kind: 'unreadable' },
      true,
      { retryable: true, cause: { code: 'tokenEndpointUnreadable' } },
    ],
  ])(
    'for %s is exchangeFailed; its attempt is spent, the old grant stays',
    async (_case, answer, isThere, facts) => {
      const endpoint = { ...scriptedEndpoint(answer), isReachable: async () => isThere }
      const { exchange, stored } = setUp(endpoint, { attempts: [pending], record: liveGrant() })
      const error = await errorOf(exchange())
      expect(error).toBeInstanceOf(AuthorizationError)
      expect(error).toMatchObject({ code: 'exchangeFailed', ...facts })
      expect(stored()).toEqual(storedEntry({ record: liveGrant() }))
    },
  )

  it('of a keeper that saw another account is accountMismatch, as where the frame sees it', async () => {
    const answer: TokenAnswer = { kind: 'retryable', status: 403, serverError: 'account_mismatch' }
    const { exchange, stored } = setUp(scriptedEndpoint(answer), { attempts: [pending], record: liveGrant() })
    expect(await errorOf(exchange())).toMatchObject({ code: 'accountMismatch' })
    expect(stored()).toEqual(storedEntry({ record: liveGrant() }))
  })

  it('for an endpoint that throws at once, and cannot even say whether it is there, is the same', async () => {
    const faulty = () => {
      throw new Error('no')
    }
    const { exchange } = setUp({ ...scriptedEndpoint(), exchange: faulty, isReachable: faulty })
    expect(await errorOf(exchange())).toMatchObject({
      code: 'exchangeFailed',
      retryable: true,
      cause: { code: 'tokenEndpointUnavailable', cause: { message: 'no' } },
    })
  })

  it('passes on what the response was', async () => {
    const denied = new AuthorizationError('accessDenied')
    const readResponse = () => {
      throw denied
    }
    const { exchange, storage } = setUp(scriptedEndpoint(), undefined, { readResponse })
    expect(await errorOf(exchange())).toBe(denied)
    expect(storage.values.size).toBe(0)
  })

  it('is told after 12 s of silence, and a late success is stored all the same', async () => {
    const answer = later<TokenAnswer>()
    const { exchange, clock, store } = setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(exchange())
    await clock.advance(11_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.error).toMatchObject({ code: 'exchangeFailed', retryable: true })
    answer.resolve(tokens(1))
    await settle()
    expect(store.view().record).toMatchObject({ tokenSet: { accessToken: 'access-1' } })
  })
})
