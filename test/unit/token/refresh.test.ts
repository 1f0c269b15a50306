// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { NotAuthorizedError, TokenExpiredError } from '../../../src/base/errors'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { START } from '../support/clock'
import { expiredGrant, HOUR_MS, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { partitionWith, refreshingFrame, storedRecord } from '../support/refresh'
import { KEY } from '../support/store'
import { later, scriptedEndpoint, tokens } from '../support/token-endpoint'

/** Its access token has run out. */
const stale = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })

describe('an access token', () => {
  it('that is good is given without a word to the server', async () => {
    const endpoint = scriptedEndpoint()
    expect(await refreshingFrame(partitionWith(liveGrant()), endpoint).token()).toBe('access-0')
    expect(endpoint.refreshes).toEqual([])
  })

  it('that ran out is refreshed, once for all frames that ask', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(tokens(1))
    const [one, two] = [refreshingFrame(partition, endpoint), refreshingFrame(partition, endpoint)]
    const asked = [...Array(10)].flatMap(() => [watch(one.token()), watch(two.token())])
    await partition.clock.advance(5_000)
    expect(new Set(asked.map(({ value }) => value))).toEqual(new Set(['access-1']))
    expect(endpoint.refreshes).toEqual([{ clientId: 'client-1', refreshToken: 'refresh-0' }])
    expect(storedRecord(partition)).toMatchObject({ tokenSet: { accessToken: 'access-1' } })
    expect(one.events).toEqual([{ type: 'tokenRefreshed', expiresAt: expect.any(Number), persistent: true }])
    expect(two.events).toEqual([])
  })

  it('is replaced where the caller cannot use it', async () => {
    const partition = partitionWith(liveGrant())
    const endpoint = scriptedEndpoint(tokens(1))
    const { token } = refreshingFrame(partition, endpoint)
    expect(await token({ instead: 'access-0' })).toBe('access-1')
    expect(await token({ instead: 'access-0' })).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
    expect(storedRecord(partition)).toMatchObject({ forced: true })
  })

  it.each<[string, Parameters<typeof partitionWith>[0], object]>([
    ['there is no grant', undefined, { name: 'NotAuthorizedError', code: 'notAuthorized' }],
    [
      'the grant has ended',
      expiredGrant({ reason: 'rotationLost' }),
      { name: 'TokenExpiredError', reason: 'rotationLost' },
    ],
    [
      'it ran out and there is no refresh token',
      { ...stale, renewable: false },
      { name: 'TokenExpiredError', reason: 'expired' },
    ],
  ])('is none where %s, and no request is sent', async (_case, record, error) => {
    const endpoint = scriptedEndpoint()
    expect(await errorOf(refreshingFrame(partitionWith(record), endpoint).token())).toMatchObject(error)
    expect(endpoint.refreshes).toEqual([])
  })

  it('without a refresh token that the API refused has expired', async () => {
    const partition = partitionWith(liveGrant({ renewable: false }))
    const { token } = refreshingFrame(partition, scriptedEndpoint())
    expect(await errorOf(token({ instead: 'access-0' }))).toBeInstanceOf(TokenExpiredError)
  })

  it('is not to be had from a storage that cannot be read', async () => {
    const partition = partitionWith(stale)
    partition.storage.reads = 'fail'
    expect(await errorOf(refreshingFrame(partition, scriptedEndpoint()).token())).toMatchObject({
      code: 'storageUnavailable',
      retryable: true,
    })
  })
})

describe('the verdict', () => {
  it('ends the grant for all frames, and is stored', async () => {
    const partition = partitionWith(stale)
    const { token, events } = refreshingFrame(partition, scriptedEndpoint({ kind: 'dead' }))
    expect(await errorOf(token())).toMatchObject({ code: 'tokenExpired', reason: 'revoked' })
    expect(storedRecord(partition)).toMatchObject({ status: 'expired', reason: 'revoked', since: START })
    expect(events).toEqual([{ type: 'grantExpired', reason: 'revoked' }])
    const sibling = refreshingFrame(partition, scriptedEndpoint())
    expect(await errorOf(sibling.token())).toBeInstanceOf(TokenExpiredError)
  })

  it('after an answer that got lost is rotationLost', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'unreadable' }, { kind: 'dead' })
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenExpired', reason: 'rotationLost' })
  })

  it('on the client is asked for once for all who wait in a page', async () => {
    const endpoint = scriptedEndpoint({ kind: 'clientRejected', status: 401 })
    const { token, events } = refreshingFrame(partitionWith(stale), endpoint)
    const errors = await Promise.all([errorOf(token()), errorOf(token())])
    expect(errors).toMatchObject([{ code: 'clientRejected' }, { code: 'clientRejected' }])
    expect([endpoint.refreshes.length, events.length]).toEqual([1, 1])
  })

  it('on the client is none on the grant', async () => {
    const partition = partitionWith(stale)
    const answer: TokenAnswer = { kind: 'clientRejected', status: 401, serverError: 'invalid_client' }
    const { token, events } = refreshingFrame(partition, scriptedEndpoint(answer))
    expect(await errorOf(token())).toMatchObject({ code: 'clientRejected', status: 401, retryable: false })
    expect(storedRecord(partition)).toMatchObject({ status: 'live', generation: 'generation-0' })
    expect(events).toEqual([{ type: 'refreshFailed', code: 'clientRejected', status: 401 }])
  })
})

describe('a request that hangs', () => {
  /** A request whose callers have lost patience. */
  async function letGo() {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const endpoint = scriptedEndpoint(answer.promise)
    const frame = refreshingFrame(partition, endpoint)
    const outcome = watch(frame.token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable' })
    return { partition, answer, endpoint, frame }
  }

  it('is let go by its callers after 12 s, and its late success counts', async () => {
    const { partition, answer, endpoint, frame } = await letGo()
    answer.resolve(tokens(1))
    await partition.clock.advance(30_000)
    expect(storedRecord(partition)).toMatchObject({ tokenSet: { accessToken: 'access-1' } })
    expect(await frame.token()).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('keeps all callers away where its late answer rejects the client', async () => {
    const { partition, answer, endpoint, frame } = await letGo()
    answer.resolve({ kind: 'clientRejected', status: 401 })
    await partition.clock.advance(1_000)
    expect(storedRecord(partition)).toMatchObject({ coolDown: { code: 'clientRejected' } })
    expect(await errorOf(frame.token())).toMatchObject({ code: 'clientRejected' })
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('decides nothing by its verdict while another frame presents the same token', async () => {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const outcome = watch(refreshingFrame(partition, scriptedEndpoint(answer.promise)).token())
    await partition.clock.advance(1_000)
    const lease = { owner: 'another', presentedAt: START + 1_000, presentation: 2 }
    partition.plant(storedEntry({ record: { ...stale, lease } }))
    answer.resolve({ kind: 'dead' })
    await partition.clock.advance(1_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable', retryable: true })
    expect(storedRecord(partition)).toMatchObject({ status: 'live', lease })
  })

  it('is given to a frame that waits for its turn as soon as another has it, and asked for no more', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(tokens(1))
    const slow = later<void>()
    const frame = refreshingFrame(partition, endpoint)
    void frame.platform.locks()?.request(`powerup-oauth:refresh:${KEY}`, () => slow.promise)
    const waiting = watch(frame.token())
    await partition.clock.advance(1_000)
    expect(waiting.value).toBeUndefined()
    const other = refreshingFrame(partition, endpoint, { locks: () => undefined })
    expect(await other.token()).toBe('access-1')
    await partition.clock.advance(100)
    expect(waiting.value).toBe('access-1')
    slow.resolve()
    await partition.clock.advance(60_000)
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('is never sent by a frame whose sibling is at it: that one waits, and adopts the answer', async () => {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const endpoint = scriptedEndpoint(answer.promise)
    const one = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(1_000)
    const two = watch(refreshingFrame(partition, endpoint, { locks: () => undefined }).token())
    await partition.clock.advance(5_000)
    expect(endpoint.refreshes).toHaveLength(1)
    answer.resolve(tokens(1))
    await partition.clock.advance(1_000)
    expect([one.value, two.value]).toEqual(['access-1', 'access-1'])
  })
})

describe("a caller's signal", () => {
  it('lets that caller go and nobody else, and never the request', async () => {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const endpoint = scriptedEndpoint(answer.promise)
    const { token } = refreshingFrame(partition, endpoint)
    const caller = new AbortController()
    const [gone, here] = [watch(token({ signal: caller.signal })), watch(token())]
    await partition.clock.advance(100)
    caller.abort()
    await partition.clock.advance(100)
    expect(gone.error).toMatchObject({ name: 'AbortError' })
    answer.resolve(tokens(1))
    await partition.clock.advance(100)
    expect(here.value).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('that has fired before keeps the call from beginning', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { token } = refreshingFrame(partitionWith(stale), endpoint)
    expect(await errorOf(token({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' })
    expect(endpoint.refreshes).toEqual([])
  })
})

describe('a sign-out while the request is on its way', () => {
  it('wins: the tokens are dropped and given up', async () => {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const frame = refreshingFrame(partition, scriptedEndpoint(answer.promise))
    const outcome = watch(frame.token())
    await partition.clock.advance(100)
    await frame.store.remove()
    answer.resolve(tokens(1))
    await partition.clock.advance(100)
    expect(outcome.error).toBeInstanceOf(NotAuthorizedError)
    expect(partition.storage.values.size).toBe(0)
    expect(frame.revoked.map(({ tokenSet }) => tokenSet.refreshToken)).toEqual(['refresh-1'])
  })
})

describe('a grant of another kind of endpoint', () => {
  const atTrello = {
    way: 'trelloPage',
    tokenSet: { accessToken: 'access-0', obtainedAt: START, expiresAt: START + HOUR_MS },
  }
  const held = liveGrant({ ...atTrello, renewable: true })

  it('serves while its token is good, and is not renewed in the background', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { token } = refreshingFrame(partitionWith(held), endpoint)
    expect(await token()).toBe('access-0')
    expect(await token({ renews: 'generation-0' })).toBe('access-0')
    expect(endpoint.refreshes).toEqual([])
  })

  it('has ended for this client once its token ends, and no request is sent', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const partition = partitionWith(held)
    const { token } = refreshingFrame(partition, endpoint)
    await partition.clock.advance(HOUR_MS)
    expect(await errorOf(token())).toMatchObject({ name: 'TokenExpiredError', reason: 'expired' })
    expect(endpoint.refreshes).toEqual([])
  })

  it('has ended for this client once the API refuses its token', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { token } = refreshingFrame(partitionWith(held), endpoint)
    expect(await errorOf(token({ instead: 'access-0' }))).toMatchObject({ name: 'TokenExpiredError' })
    expect(endpoint.refreshes).toEqual([])
  })

  it('serves where the API refused a token before it', async () => {
    const { token } = refreshingFrame(partitionWith(held), scriptedEndpoint(tokens(1)))
    expect(await token({ instead: 'access-before' })).toBe('access-0')
  })

  it('is renewed by a client that holds refresh tokens elsewhere too', async () => {
    const endpoint = { ...scriptedEndpoint(tokens(1)), holdsRefreshToken: true }
    const partition = partitionWith(held)
    const { token } = refreshingFrame(partition, endpoint)
    await partition.clock.advance(HOUR_MS)
    expect(await token()).toBe('access-1')
    expect(endpoint.refreshes).toEqual([{ clientId: 'client-1', accessToken: 'access-0' }])
  })

  it('is renewed again where that client gave a refresh token all the same', async () => {
    const endpoint = { ...scriptedEndpoint(tokens(1), tokens(2)), holdsRefreshToken: true }
    const partition = partitionWith(held)
    const { token } = refreshingFrame(partition, endpoint)
    await partition.clock.advance(HOUR_MS)
    expect(await token()).toBe('access-1')
    expect(JSON.stringify(storedRecord(partition))).not.toContain('refresh-1')
    await partition.clock.advance(HOUR_MS)
    expect(await token()).toBe('access-2')
  })
})
