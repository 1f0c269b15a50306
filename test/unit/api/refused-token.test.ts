// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { noteAccepted, tokenUseOf } from '../../../src/api/token-use'
import { TokenExpiredError } from '../../../src/base/errors'
import { bearerFetch } from '../support/bearer-fetch'
import { START, settle } from '../support/clock'
import { liveGrant, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { storedRecord } from '../support/refresh'

const MINUTE = 60_000
const good = '/1/members/me'
const bad = '/1/boards/bad'
const elsewhere = new URL('https://api.trello.com/1/good')

const refusal = (words = 'invalid token') => new Response(words, { status: 401 })
const success = () => new Response('{}')

/** A grant whose token can't be refreshed. */
function unrenewable() {
  const { refreshToken: _, ...set } = tokenSet()
  return liveGrant({ renewable: false, tokenSet: set })
}

describe('an API that refuses by turns', () => {
  it.each([500, 503, 429, 404, 403, 302])(
    'costs one refresh where it answers the replay with %d: that accepts no token',
    async (status) => {
      let calls = 0
      const { fetch, endpoint } = await bearerFetch({
        answer: () => (++calls % 2 === 1 ? refusal() : new Response(null, { status })),
      })
      const statuses: number[] = []
      for (let call = 0; call < 10; call++) statuses.push((await fetch(bad)).status)
      expect(statuses).toContain(status)
      expect(endpoint.refreshes).toHaveLength(1)
    },
  )

  it.each(['/1/a', good])(
    'is believed each time where it has taken the token before, at %s',
    async (path) => {
      let calls = 0
      const { fetch, endpoint } = await bearerFetch({
        answer: () => (++calls % 2 === 1 ? refusal() : success()),
      })
      for (let call = 0; call < 5; call++) expect((await fetch(path)).status).toBe(200)
      expect(endpoint.refreshes).toHaveLength(5)
    },
  )
})

describe('a path that always refuses beside one that works', () => {
  const answer = (_authorization: string | null, path: string) => (path === bad ? refusal() : success())

  it('forces one refresh in ten minutes', async () => {
    const { fetch, endpoint, clock } = await bearerFetch({ answer })
    for (let call = 0; call < 10; call++) {
      expect((await fetch(bad)).status).toBe(401)
      expect((await fetch(good)).status).toBe(200)
    }
    expect(endpoint.refreshes).toHaveLength(1)
    await clock.advance(10 * MINUTE - 1)
    await fetch(bad)
    expect(endpoint.refreshes).toHaveLength(1)
    await clock.advance(1)
    await fetch(bad)
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('forces two where it answers the replays with 503, and two more after ten minutes', async () => {
    let calls = 0
    const { fetch, endpoint, clock } = await bearerFetch({
      answer: (_authorization, path) =>
        path !== bad ? success() : ++calls % 2 === 1 ? refusal() : new Response(null, { status: 503 }),
    })
    const forced: number[] = []
    for (let minute = 0; minute < 14; minute++) {
      calls = 0
      await fetch(bad)
      await fetch(good)
      forced.push(endpoint.refreshes.length)
      await clock.advance(MINUTE)
    }
    expect(forced).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 4])
  })

  it('forces one also where the paths are called at once, and with queries of their own', async () => {
    const { fetch, endpoint } = await bearerFetch({ answer })
    for (let call = 0; call < 5; call++) {
      await Promise.all([fetch(`${bad}?n=${call}`), fetch(good), fetch(bad, { method: 'DELETE' })])
    }
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('does not keep a revoked grant from being noticed at the next call', async () => {
    let isRevoked = false
    const { fetch, endpoint } = await bearerFetch({
      answer: (authorization, path) => (isRevoked ? refusal() : answer(authorization, path)),
    })
    await fetch(bad)
    await fetch(good)
    isRevoked = true
    endpoint.answers.push({ kind: 'dead' })
    expect((await fetch(bad)).status).toBe(401)
    expect(await errorOf(fetch(good))).toBeInstanceOf(TokenExpiredError)
  })

  it('may force again once its refusal turned out to be about a permission', async () => {
    let words = ['invalid token', 'unauthorized permission requested']
    const { fetch, endpoint } = await bearerFetch({
      answer: (_authorization, path) => {
        const said = path === bad ? words.shift() : undefined
        return said === undefined ? success() : refusal(said)
      },
    })
    await fetch(bad)
    await fetch(good)
    words = ['expired token']
    expect((await fetch(bad)).status).toBe(200)
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('is remembered by all clients of the page', async () => {
    const one = await bearerFetch({ answer })
    await one.fetch(bad)
    await one.fetch(good)
    expect((await one.besides()(bad)).status).toBe(401)
    expect(one.endpoint.refreshes).toHaveLength(1)
  })

  it('is believed again after a new consent', async () => {
    const { fetch, caller, endpoint } = await bearerFetch({ answer: () => refusal() })
    const consent = (grantedAt: number) =>
      caller.store.commit((entry) => ({
        ...entry,
        record: liveGrant({ generation: `g-${grantedAt}`, grantedAt }),
      }))
    for (let at = 1; at <= 4; at++) {
      await consent(START + at)
      await fetch(bad)
      expect(endpoint.refreshes).toHaveLength(at)
    }
  })

  it('is forgotten where a hundred others came after it', async () => {
    const { fetch, caller } = await bearerFetch({ answer: () => refusal() })
    for (let path = 0; path < 150; path++) {
      await fetch(`/1/bad/${path}`)
      const { record } = caller.store.view()
      if (record?.status === 'live') noteAccepted(caller, record.tokenSet.accessToken, elsewhere)
      await settle()
    }
    const paths = [...tokenUseOf(caller.store).refusedPaths.keys()]
    expect(paths).toHaveLength(100)
    expect(paths.at(-1)).toBe('https://api.trello.com/1/bad/149')
  })
})

describe('calls that are refused the same token at once', () => {
  it('share its refresh, also when it is the last that their path may force', async () => {
    const refused = new Set(['Bearer access-0'])
    const { fetch, endpoint } = await bearerFetch({
      answer: (authorization) => (refused.has(String(authorization)) ? refusal() : success()),
    })
    expect((await fetch(bad)).status).toBe(200)
    refused.add('Bearer access-1')
    const responses = await Promise.all([fetch(bad), fetch(bad), fetch(bad)])
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(endpoint.refreshes).toHaveLength(2)
  })
})

describe('one call', () => {
  const over = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - 3_600_000, expiresAt: START }) })

  it('costs one refresh, also where the API refuses the token that it brought', async () => {
    const { fetch, endpoint } = await bearerFetch({ record: over, answer: () => refusal() })
    expect((await fetch(bad)).status).toBe(401)
    expect(endpoint.refreshes).toHaveLength(1)
    expect((await fetch(bad)).status).toBe(401)
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('costs three requests at most where the token endpoint fails before it brings a token', async () => {
    const { fetch, endpoint, clock } = await bearerFetch({ record: over, answer: () => refusal() })
    const down = { kind: 'retryable', status: 503 } as const
    endpoint.answers.push(down, down)
    const outcome = watch(fetch(bad))
    await clock.advance(12_000)
    expect(outcome.value?.status).toBe(401)
    expect(endpoint.refreshes).toHaveLength(3)
  })
})

describe('a server that gives the refused token again', () => {
  it('is asked once, though the API took that token before', async () => {
    let isRefusing = false
    const { fetch, endpoint } = await bearerFetch({ answer: () => (isRefusing ? refusal() : success()) })
    endpoint.refresh = async (request) => {
      endpoint.refreshes.push(request)
      return { kind: 'tokens', accessToken: 'access-0', expiresInMs: 3_600_000 }
    }
    await fetch(good)
    isRefusing = true
    for (let call = 0; call < 10; call++) expect((await fetch(`/1/a/${call}`)).status).toBe(401)
    expect(endpoint.refreshes).toHaveLength(1)
  })
})

describe('a grant without a refresh token', () => {
  it.each([bad, good])('is not ended by one path that refuses, %s', async (path) => {
    const set = await bearerFetch({
      record: unrenewable(),
      answer: (_authorization, asked) => (asked === path ? refusal() : success()),
    })
    for (let call = 0; call < 3; call++) expect((await set.fetch(path)).status).toBe(401)
    expect(storedRecord(set)).toEqual(unrenewable())
    // The API was asked elsewhere, once.
    expect(set.sent.map(({ url }) => new URL(url).pathname).filter((asked) => asked !== path)).toHaveLength(1)
    expect((await set.fetch('/1/boards/other')).status).toBe(200)
  })

  it.each([bad, good])(
    'is ended where the API refuses its token elsewhere, too, at a call of %s',
    async (path) => {
      const set = await bearerFetch({ record: unrenewable(), answer: () => refusal() })
      expect(await errorOf(set.fetch(path))).toMatchObject({ code: 'tokenExpired', reason: 'expired' })
      await set.clock.advance(1)
      expect(await errorOf(set.fetch(path))).toBeInstanceOf(TokenExpiredError)
      expect(set.sent).toHaveLength(2)
    },
  )

  it.each<[string, () => Response | Promise<Response>]>([
    ['with a server error', () => new Response(null, { status: 503 })],
    ['that a permission is missing', () => refusal('unauthorized permission requested')],
    ['that a scope is missing', () => refusal('missing scope: read:member:trello')],
    ['with silence', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('is kept where the API answers elsewhere %s', async (_how, elsewhere) => {
    const set = await bearerFetch({
      record: unrenewable(),
      answer: (_authorization, path) => (path === bad ? refusal() : elsewhere()),
    })
    expect((await set.fetch(bad)).status).toBe(401)
    expect(storedRecord(set)).toEqual(unrenewable())
  })

  it('is kept where the API gives no answer in five seconds', async () => {
    const set = await bearerFetch({
      record: unrenewable(),
      answer: (_authorization, path) => (path === bad ? refusal() : new Promise(() => undefined)),
    })
    const outcome = watch(set.fetch(bad))
    await set.clock.advance(4_999)
    expect(outcome.status).toBe('pending')
    await set.clock.advance(1)
    expect(outcome.value?.status).toBe(401)
  })

  it('is asked about with its token, and nothing else', async () => {
    const set = await bearerFetch({ record: unrenewable(), answer: () => refusal() })
    await errorOf(set.fetch(bad, { method: 'POST', body: 'secret', headers: { 'X-Own': '1' } }))
    const { request, body } = set.sent[1] ?? {}
    expect(request).toMatchObject({
      method: 'GET',
      url: 'https://api.trello.com/1/members/me?fields=id',
      redirect: 'error',
      credentials: 'omit',
    })
    expect([...(request?.headers ?? [])]).toEqual([
      ['accept', 'application/json'],
      ['authorization', 'Bearer access-0'],
    ])
    expect(body).toBe('')
  })
})

describe('a refusal whose body never ends', () => {
  it('is judged by its status after two seconds', async () => {
    const body = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([32])) })
    const { fetch, clock, endpoint } = await bearerFetch({
      answer: (authorization) =>
        authorization === 'Bearer access-0' ? new Response(body(), { status: 401 }) : success(),
    })
    await clock.advance(MINUTE)
    const outcome = watch(fetch(bad))
    await clock.advance(1_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.value?.status).toBe(200)
    expect(endpoint.refreshes).toHaveLength(1)
  })
})
