// @vitest-environment node
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { TokenExpiredError } from '../../../src/base/errors'
import { bearerFetch } from '../support/bearer-fetch'
import { liveGrant } from '../support/grants'
import { errorOf } from '../support/outcome'
import { storedRecord } from '../support/refresh'

const me = '/1/members/me'

/** An API that refuses these tokens, with these words. */
function refusing(words: string, refused: readonly string[] = ['access-0']) {
  return (authorization: string | null) =>
    refused.some((token) => authorization === `Bearer ${token}`)
      ? new Response(words, { status: 401 })
      : new Response('{}')
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('a=')
  yield new TextEncoder().encode('1')
}

describe('a 401', () => {
  it.each([
    'invalid token',
    'expired token',
    'token expired',
    'unknown token',
    'invalid access token',
    'The access token has been revoked',
    '{"error":"invalid_token"}',
  ])('that says %j costs one refresh and one replay', async (words) => {
    const { fetch, endpoint, sent, events } = await bearerFetch({ answer: refusing(words) })
    expect((await fetch(me)).status).toBe(200)
    expect(endpoint.refreshes).toHaveLength(1)
    expect(sent.map(({ authorization }) => authorization)).toEqual(['Bearer access-0', 'Bearer access-1'])
    expect(events).toEqual([{ type: 'apiRefusedToken', status: 401, path: me }])
  })

  it.each([
    'unauthorized permission requested',
    'missing scopes',
    'missing scope: read:member:trello',
    '{"error":"insufficient_scope"}',
    'invalid key',
    '{"code":401,"message":"Unauthorized; scope does not match"}',
    '{"error":"insufficientScope"}',
    'missing required scope',
    'scope not granted',
    'not permitted',
    'not allowed',
    'access denied',
    'Forbidden',
  ])('that says %j costs none: the token is not at fault', async (words) => {
    const { fetch, endpoint, sent, clock } = await bearerFetch({ answer: refusing(words) })
    await clock.advance(120_000)
    const response = await fetch(me)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe(words)
    expect([endpoint.refreshes.length, sent.length]).toEqual([0, 1])
  })

  it('in unknown words costs one, unless the token is under a minute old', async () => {
    const young = await bearerFetch({ answer: refusing('unauthorized') })
    await young.clock.advance(59_999)
    expect((await young.fetch(me)).status).toBe(401)
    expect(young.endpoint.refreshes).toHaveLength(0)
    await young.clock.advance(1)
    expect((await young.fetch(me)).status).toBe(200)
    expect(young.endpoint.refreshes).toHaveLength(1)
  })

  it('overrules the clock', async () => {
    const { fetch, endpoint } = await bearerFetch({ answer: refusing('invalid token') })
    await fetch(me)
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('for a grant that is dead ends in TokenExpiredError', async () => {
    const { fetch, endpoint } = await bearerFetch({ answer: refusing('invalid token') })
    endpoint.answers.push({ kind: 'dead' })
    expect(await errorOf(fetch(me))).toBeInstanceOf(TokenExpiredError)
  })

  it('for a token that was renewed meanwhile costs a replay and no refresh', async () => {
    const { fetch, endpoint, open, clock } = await bearerFetch({ answer: refusing('unauthorized') })
    const first = fetch(me)
    await open().store.commit((entry) => ({
      ...entry,
      record: liveGrant({
        generation: 'generation-1',
        tokenSet: {
          accessToken: 'access-1',
          obtainedAt: clock.now(),
          expiresAt: clock.now() + 1e6,
        },
      }),
    }))
    expect((await first).status).toBe(200)
    expect(endpoint.refreshes).toHaveLength(0)
  })
})

describe('many calls', () => {
  it('that get a 401 for the same token share one refresh', async () => {
    const { fetch, endpoint, sent } = await bearerFetch({ answer: refusing('invalid token') })
    const responses = await Promise.all([
      fetch(me),
      fetch(me),
      fetch(new Request(`https://api.trello.com${me}`)),
    ])
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(endpoint.refreshes).toHaveLength(1)
    expect(sent).toHaveLength(6)
  })

  it.each(['invalid token', 'unauthorized', ''])(
    'to an API that always says 401 (%j) cost at most two refreshes',
    async (words) => {
      const { fetch, endpoint, clock } = await bearerFetch({
        answer: () => new Response(words, { status: 401 }),
      })
      await clock.advance(60_000)
      for (let call = 0; call < 10; call++) {
        expect((await fetch(me)).status).toBe(401)
        await clock.advance(30_000)
      }
      expect(endpoint.refreshes.length).toBeGreaterThan(0)
      expect(endpoint.refreshes.length).toBeLessThanOrEqual(2)
    },
  )

  it('force a refresh again for a token that the API had accepted', async () => {
    const refused = ['access-0']
    const { fetch, endpoint } = await bearerFetch({ answer: refusing('invalid token', refused) })
    expect((await fetch(me)).status).toBe(200)
    refused.push('access-1')
    expect((await fetch(me)).status).toBe(200)
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('show in the store that the API accepted the token, for frames that have not used it', async () => {
    const partition = await bearerFetch({ answer: refusing('invalid token') })
    await partition.fetch(me)
    await partition.clock.advance(0)
    expect(storedRecord(partition)).toMatchObject({ tokenSet: { accessToken: 'access-1' } })
    expect(storedRecord(partition)).not.toHaveProperty('forced')
  })
})

describe('a replay', () => {
  it('sends the same body again, also that of a Request', async () => {
    const { fetch, sent } = await bearerFetch({ answer: refusing('invalid token', ['access-0', 'access-2']) })
    expect((await fetch(me, { method: 'POST', body: 'a=1' })).status).toBe(200)
    expect(sent.map(({ body }) => body)).toEqual(['a=1', 'a=1'])
    const other = await bearerFetch({ answer: refusing('invalid token') })
    const request = new Request(`https://api.trello.com${me}`, { method: 'POST', body: 'b=2' })
    expect((await other.fetch(request)).status).toBe(200)
    expect(other.sent.map(({ body }) => body)).toEqual(['b=2', 'b=2'])
  })

  it.each<[string, () => unknown]>([
    ['a stream', () => new Blob(['a=1']).stream()],
    ['a stream of Node', () => Readable.from([Buffer.from('a=1')])],
    ['a generator, which would be empty the second time', pieces],
  ])('is not made of %s: the 401 is given to the caller, and nothing is refreshed', async (_what, make) => {
    const { fetch, endpoint, sent } = await bearerFetch({ answer: refusing('invalid token') })
    const body = make() as BodyInit
    const init = { method: 'POST', body, duplex: 'half' }
    expect((await fetch(me, init)).status).toBe(401)
    expect(sent.map((request) => request.body)).toEqual(['a=1'])
    expect(endpoint.refreshes).toEqual([])
  })

  it('gives its own answer, also where that is a 401 again', async () => {
    const { fetch, sent, endpoint } = await bearerFetch({
      answer: refusing('invalid token', ['access-0', 'access-1']),
    })
    expect((await fetch(me)).status).toBe(401)
    expect([sent.length, endpoint.refreshes.length]).toEqual([2, 1])
  })

  it('is not made where the refresh fails: the caller learns why', async () => {
    const { fetch, endpoint, sent } = await bearerFetch({ answer: refusing('invalid token') })
    endpoint.answers.push({ kind: 'clientRejected' })
    expect(await errorOf(fetch(me))).toMatchObject({ code: 'clientRejected' })
    expect(sent).toHaveLength(1)
  })
})
