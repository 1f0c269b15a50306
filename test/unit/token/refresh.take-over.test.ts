// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { START } from '../support/clock'
import { HOUR_MS, liveGrant, tokenSet } from '../support/grants'
import { watch } from '../support/outcome'
import { partitionWith, refreshingFrame, storedRecord } from '../support/refresh'
import { KEY } from '../support/store'
import { scriptedEndpoint, tokens } from '../support/token-endpoint'

const stale = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })

describe('taking over', () => {
  const lease = { owner: 'powerup-oauth:owner:other:1', presentedAt: START, presentation: 1 }
  const marked = { ...stale, lease }

  it('from a frame that died is done at once', async () => {
    const partition = partitionWith(marked)
    const endpoint = scriptedEndpoint(tokens(1))
    expect(await refreshingFrame(partition, endpoint).token()).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('from a frame that lives is done past the lease of 30 s only', async () => {
    const partition = partitionWith(marked)
    void partition.locks.request(lease.owner, () => new Promise(() => undefined))
    const endpoint = scriptedEndpoint(tokens(1))
    const frame = refreshingFrame(partition, endpoint)
    const outcome = watch(frame.token())
    await partition.clock.advance(12_000)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable' })
    await partition.clock.advance(18_000)
    expect(endpoint.refreshes).toHaveLength(0)
    await partition.clock.advance(2_000)
    expect(endpoint.refreshes).toHaveLength(1)
    expect(await frame.token()).toBe('access-1')
  })

  it('is no business of a renewal while the token is good', async () => {
    const partition = partitionWith(liveGrant({ lease }))
    void partition.locks.request(lease.owner, () => new Promise(() => undefined))
    const endpoint = scriptedEndpoint(tokens(1))
    const { token } = refreshingFrame(partition, endpoint)
    expect(await token({ renews: 'generation-0' })).toBe('access-0')
    expect(endpoint.refreshes).toHaveLength(0)
  })

  it('is put off while a sibling says that it has the answer, for two minutes at most', async () => {
    const partition = partitionWith(marked)
    void partition.locks.request(lease.owner, () => new Promise(() => undefined))
    const channel = partition.frame().platform.openChannel(`powerup-oauth:answers:${KEY}`)
    channel?.addEventListener('message', () =>
      channel.postMessage({ type: 'iHaveAnswer', generation: 'generation-0' }),
    )
    const endpoint = scriptedEndpoint(tokens(1))
    const frame = refreshingFrame(partition, endpoint)
    await partition.clock.advance(119_000)
    const putOff = watch(frame.token())
    await partition.clock.advance(500)
    expect(putOff.error).toMatchObject({ code: 'storageUnavailable', retryable: true })
    expect(storedRecord(partition)).toMatchObject(marked)
    await partition.clock.advance(501)
    const taken = watch(frame.token())
    await partition.clock.advance(500)
    expect(taken.value).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
  })
})
