// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { TokenEndpointError } from '../../../src/base/errors'
import type { CoolDown } from '../../../src/grant/grant'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { START } from '../support/clock'
import { coolDown, HOUR_MS, liveGrant, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { partitionWith, refreshingFrame, storedRecord } from '../support/refresh'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

/** Its access token has run out. */
const stale = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })
const retryable: TokenAnswer = { kind: 'retryable', status: 503 }

describe('a failing token endpoint', () => {
  it.each<[string, TokenAnswer, number]>([
    ['fails', retryable, 3],
    ['cannot be read', { kind: 'unreadable', cause: new TypeError('Failed to fetch') }, 2],
  ])('that %s costs a caller under 12 s and 3 requests; the grant stays', async (_case, answer, count) => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(answer)
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable', retryAfterMs: 10_000 })
    expect(outcome.error).toBeInstanceOf(TokenEndpointError)
    expect(endpoint.refreshes).toHaveLength(count)
    expect(storedRecord(partition)).toMatchObject({ status: 'live', generation: 'generation-0' })
  })

  it('is left alone by all frames for ten seconds, and asked again then', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(retryable, retryable, retryable, tokens(1))
    const [one, two] = [refreshingFrame(partition, endpoint), refreshingFrame(partition, endpoint)]
    const first = watch(one.token())
    while (first.status === 'pending') await partition.clock.advance(100)
    for (const { token } of [one, two]) {
      const error = await errorOf(token())
      expect(error).toMatchObject({ code: 'tokenEndpointUnavailable', retryable: true })
      expect((error as TokenEndpointError).retryAfterMs).toBeGreaterThan(9_000)
    }
    expect(endpoint.refreshes).toHaveLength(3)
    await partition.clock.advance(10_000)
    expect(await two.token()).toBe('access-1')
  })

  it.each([
    [5_000, 5_000],
    [3_600_000, 60_000],
  ])('that asks to wait %d ms is left alone for %d ms, after one request', async (retryAfterMs, waitMs) => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'retryable', status: 429, retryAfterMs }, tokens(1))
    const { token, events } = refreshingFrame(partition, endpoint)
    expect(await errorOf(token())).toMatchObject({ status: 429, retryAfterMs: waitMs })
    expect(events).toEqual([{ type: 'refreshFailed', code: 'tokenEndpointUnavailable', status: 429 }])
    await partition.clock.advance(waitMs - 1)
    expect(await errorOf(token())).toMatchObject({ retryAfterMs: 1 })
    await partition.clock.advance(1)
    expect(await token()).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it.each<[string, boolean, TokenAnswer[], number[]]>([
    ['that is there', true, [{ kind: 'unreadable' }], [2, 1]],
    ['that is not there', false, [{ kind: 'unreadable' }], [2, 1]],
    ['that failed before', true, [retryable, { kind: 'unreadable' }], [3, 0]],
    ['that fails afterwards', true, [{ kind: 'unreadable' }, retryable], [2, 1]],
  ])(
    '%s is not asked more than three times where it cannot be read',
    async (_case, isThere, answers, asked) => {
      const partition = partitionWith(stale)
      const endpoint = scriptedEndpoint(...answers)
      let probes = 0
      endpoint.isReachable = async () => {
        probes++
        return isThere
      }
      const outcome = watch(refreshingFrame(partition, endpoint).token())
      await partition.clock.advance(12_000)
      expect(outcome.status).toBe('rejected')
      expect([endpoint.refreshes.length, probes]).toEqual(asked)
    },
  )

  it('that can be reached but never read is unreadable: CORS is missing', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'unreadable' })
    endpoint.isThere = true
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(2_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnreadable', retryable: true })
    expect(storedRecord(partition)).toMatchObject({ status: 'live' })
    const error = await errorOf(refreshingFrame(partition, endpoint).token())
    expect(error).toMatchObject({ code: 'tokenEndpointUnreadable', retryAfterMs: expect.any(Number) })
  })

  it('that the policy of the page forbids is asked once, and named', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'unreadable', blockedByPolicy: true })
    endpoint.isThere = true
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'blockedByPolicy' })
    expect(endpoint.refreshes).toHaveLength(1)
    expect(storedRecord(partition)).toMatchObject({ status: 'live' })
  })

  it('that rejects the client is asked once by all frames, until the cool-down is over', async () => {
    const partition = partitionWith(stale)
    const rejected: TokenAnswer = { kind: 'clientRejected', status: 401, serverError: 'invalid_client' }
    const endpoint = scriptedEndpoint(rejected, tokens(1))
    const { token } = refreshingFrame(partition, endpoint)
    const error = { code: 'clientRejected', retryable: false, retryAfterMs: undefined }
    expect(await errorOf(token())).toMatchObject({ ...error, status: 401 })
    expect(await errorOf(refreshingFrame(partition, endpoint).token())).toMatchObject(error)
    expect(endpoint.refreshes).toHaveLength(1)
    await partition.clock.advance(10_000)
    expect(await token()).toBe('access-1')
  })

  it('that fails to say whether it can be reached is taken for one that cannot', async () => {
    const endpoint = scriptedEndpoint({ kind: 'unreadable' })
    endpoint.isReachable = () => Promise.reject(new Error('no'))
    const partition = partitionWith(stale)
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable', retryAfterMs: 10_000 })
  })

  it('whose pause has a code of a newer library is said to be unavailable', async () => {
    const until = START + 5_000
    const partition = partitionWith({ ...stale, coolDown: coolDown({ until, code: 'gone' as never }) })
    const error = await errorOf(refreshingFrame(partition, scriptedEndpoint()).token())
    expect(error).toMatchObject({ code: 'tokenEndpointUnavailable', retryAfterMs: 5_000 })
    expect((error as TokenEndpointError).message).toMatch(/^The token endpoint gave no usable answer/)
  })

  it('that was read once is not unreadable', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(retryable, { kind: 'unreadable' })
    endpoint.isThere = true
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable' })
  })

  it('may get better within the call', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(retryable, tokens(1))
    const outcome = watch(refreshingFrame(partition, endpoint).token())
    await partition.clock.advance(12_000)
    expect(outcome.value).toBe('access-1')
  })

  it('keeps nobody waiting after a clock was set back', async () => {
    const partition = partitionWith({ ...stale, coolDown: coolDown({ until: START + 60_001 }) })
    expect(await refreshingFrame(partition, scriptedEndpoint(tokens(1))).token()).toBe('access-1')
  })

  it.each([{}, null, 'x', { until: START + 5_000 }, { until: 'then', code: 'tokenEndpointUnavailable' }])(
    'keeps nobody waiting for what was stored as %j, which is no cool-down',
    async (damaged) => {
      const partition = partitionWith({ ...stale, coolDown: damaged as unknown as CoolDown })
      expect(await refreshingFrame(partition, scriptedEndpoint(tokens(1))).token()).toBe('access-1')
    },
  )

  it('breaks no call while the token is good', async () => {
    const partition = partitionWith(liveGrant({ coolDown: coolDown({ until: START + 60_000 }) }))
    expect(await refreshingFrame(partition, scriptedEndpoint()).token()).toBe('access-0')
  })
})
