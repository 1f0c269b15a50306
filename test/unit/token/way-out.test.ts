// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { type CoolDown, isGranted, type LiveGrant } from '../../../src/grant/grant'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { START } from '../support/clock'
import { coolDown, HOUR_MS, liveGrant, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { partitionWith, refreshingFrame, storedRecord } from '../support/refresh'
import type { Partition } from '../support/store'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

/** Its access token has run out. */
const stale = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })
const down: TokenAnswer = { kind: 'retryable', status: 503, retryAfterMs: 1_000 }

function refusal(status: number | undefined, serverError?: string): TokenAnswer {
  return {
    kind: 'retryable',
    retryAfterMs: 1_000,
    ...(status !== undefined && { status }),
    ...(serverError !== undefined && { serverError }),
  }
}

function storedCoolDown(partition: Partition): CoolDown | undefined {
  return (storedRecord(partition) as LiveGrant).coolDown
}

describe('a failed attempt offers a new consent', () => {
  it.each<[string, TokenAnswer, boolean]>([
    ['at once after a refusal in words', refusal(403, 'access_denied'), true],
    ['at once after a 400 in words', refusal(400, 'nonsense'), true],
    ['at once after a 499 in words', refusal(499, 'nonsense'), true],
    ['at once after words without a status', refusal(undefined, 'nonsense'), true],
    ['at once where the client was rejected', { kind: 'clientRejected', status: 401 }, true],
    ['not after a refusal without words', refusal(403), false],
    ['not after words of a server that is down', refusal(500, 'nonsense'), false],
    ['not after the words of a redirect', refusal(399, 'nonsense'), false],
    ['not after a time-out', refusal(408, 'nonsense'), false],
    ['not after a request that came too early', refusal(425, 'nonsense'), false],
    ['not after too many requests', refusal(429, 'nonsense'), false],
    ['not where the server is unavailable', refusal(400, 'temporarily_unavailable'), false],
    ['not where the server has an error', refusal(400, 'server_error'), false],
    ['not where the server wants to be asked more slowly', refusal(400, 'slow_down'), false],
    ['not after a policy of the page', { kind: 'unreadable', blockedByPolicy: true }, false],
  ])('%s', async (_when, answer, offerConsent) => {
    const partition = partitionWith(stale)
    const { token } = refreshingFrame(partition, scriptedEndpoint(answer))
    expect(await errorOf(token())).toMatchObject({ offerConsent })
    expect(storedCoolDown(partition)).toMatchObject({ offerConsent, failures: 1, isTokenRefused: false })
  })

  it('and tells the other frames so', async () => {
    const partition = partitionWith(stale)
    await errorOf(refreshingFrame(partition, scriptedEndpoint(refusal(403, 'access_denied'))).token())
    const sibling = refreshingFrame(partition, scriptedEndpoint())
    expect(await errorOf(sibling.token())).toMatchObject({ offerConsent: true })
  })

  it('after the third failure, and not after one that follows a success', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(down)
    const { token } = refreshingFrame(partition, endpoint)
    const offers: unknown[] = []
    for (let count = 0; count < 4; count++) {
      offers.push(await errorOf(token()))
      await partition.clock.advance(1_000)
    }
    expect(offers).toMatchObject([false, false, true, true].map((offerConsent) => ({ offerConsent })))
    endpoint.answers = [tokens(1), down]
    expect(await token()).toBe('access-1')
    expect(await errorOf(token({ instead: 'access-1' }))).toMatchObject({ offerConsent: false })
    expect(storedCoolDown(partition)).toMatchObject({ failures: 1, isTokenRefused: true })
  })

  it('where the endpoint can be reached and never read', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'unreadable' })
    endpoint.isThere = true
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnreadable', offerConsent: true })
    expect(storedCoolDown(partition)).toMatchObject({ offerConsent: true })
  })
})

describe('the error of a failed attempt', () => {
  it('has the cause of an answer that could not be read', async () => {
    const cause = new TypeError('Failed to fetch')
    const partition = partitionWith(stale)
    const outcome = watch(refreshingFrame(partition, scriptedEndpoint({ kind: 'unreadable', cause })).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ cause })
  })

  it("has the server's words", async () => {
    const words = { serverError: 'invalid_client', serverDescription: 'Unknown client' }
    const answers: TokenAnswer[] = [
      { kind: 'clientRejected', status: 401, ...words },
      { ...down, status: 403, ...words },
    ]
    for (const answer of answers) {
      const { token } = refreshingFrame(partitionWith(stale), scriptedEndpoint(answer))
      expect(await errorOf(token())).toMatchObject(words)
    }
  })

  it('comes in time where nobody can say whether the endpoint is there', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'unreadable' })
    endpoint.isReachable = () => new Promise(() => undefined)
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable', retryAfterMs: 10_000 })
  })

  it('names the storage that took no mark, and keeps nobody waiting', async () => {
    const partition = partitionWith(stale)
    partition.storage.writes = 'fail'
    const endpoint = scriptedEndpoint(tokens(1))
    const { token } = refreshingFrame(partition, endpoint)
    const error = await errorOf(token())
    expect(error).toMatchObject({ code: 'storageUnavailable', cause: { name: 'QuotaExceededError' } })
    expect(error).toHaveProperty('retryAfterMs', undefined)
    expect(endpoint.refreshes).toEqual([])
    partition.storage.writes = 'work'
    expect(await token()).toBe('access-1')
  })

  it('names code that did not load, and keeps nobody waiting', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { token, client, store } = refreshingFrame(partitionWith(stale), endpoint)
    await store.read()
    const { ways } = client
    const cause = new TypeError('404')
    Object.assign(client, { ways: { ...ways, toRenew: () => Promise.reject(cause) } })
    expect(isGranted(store.view(), [], START)).toBe(true)
    expect(await errorOf(token())).toMatchObject({ code: 'notLoaded', cause, retryable: true })
    expect(endpoint.refreshes).toEqual([])
    // A click leads out: it opens a window.
    expect(isGranted(store.view(), [], START)).toBe(false)
    Object.assign(client, { ways })
    expect(await token()).toBe('access-1')
  })

  it('names code that did not load also where the API refused a token that was good', async () => {
    const partition = partitionWith(liveGrant())
    const { token, client, events } = refreshingFrame(partition, scriptedEndpoint())
    Object.assign(client, { ways: { ...client.ways, toRenew: () => Promise.reject(new TypeError('404')) } })
    expect(await errorOf(token({ instead: 'access-0' }))).toMatchObject({ code: 'notLoaded' })
    expect(events).toEqual([{ type: 'refreshFailed', code: 'notLoaded' }])
    expect(storedCoolDown(partition)).toMatchObject({ code: 'notLoaded', isTokenRefused: true })
  })
})

describe('the pauses', () => {
  it('of two frames are one: the longer', async () => {
    const partition = partitionWith(stale)
    const { token, store } = refreshingFrame(partition, scriptedEndpoint(down, tokens(1)))
    await errorOf(token())
    const longer = coolDown({ until: START + 20_000 })
    await store.commit((entry) => ({ ...entry, record: { ...stale, coolDown: longer } }))
    await partition.clock.advance(19_999)
    expect(await errorOf(token())).toMatchObject({ retryAfterMs: 1 })
    await partition.clock.advance(1)
    expect(await token()).toBe('access-1')
  })

  it.each([
    [0, [0, 500, 2_500]],
    [0.5, [0, 625, 3_125]],
  ])('between the requests of one attempt are longer each time, with jitter: %d', async (random, times) => {
    const partition = partitionWith(stale)
    const sentAt: number[] = []
    const endpoint = scriptedEndpoint()
    endpoint.refresh = async () => {
      sentAt.push(partition.clock.now() - START)
      return { kind: 'retryable', status: 503 }
    }
    const { token } = refreshingFrame(partition, endpoint, { random: () => random })
    const outcome = watch(token())
    await partition.clock.advance(12_000)
    expect(outcome.status).toBe('rejected')
    expect(sentAt).toEqual(times)
  })

  it('leave no time for another request at the end of an attempt', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint()
    endpoint.refresh = async (request) => {
      endpoint.refreshes.push(request)
      await new Promise<void>((resolve) => partition.clock.setTimeout(resolve, 10_600))
      return { kind: 'retryable', status: 503 }
    }
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(10_600)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable', status: 503 })
    expect(endpoint.refreshes).toHaveLength(1)
  })
})
