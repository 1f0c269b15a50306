// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { createClientIn } from '../../../src/client/client'
import { clientSetUp, options } from '../support/client'
import { liveGrant, storedEntry } from '../support/grants'
import { watch } from '../support/outcome'

/** Trello, which lets a token make 100 calls in each ten seconds, and says so in its headers. */
function createServer(now: () => number) {
  const seen = { requests: 0, refusals: 0, underWay: 0, mostUnderWay: 0 }
  let [window, used] = [0, 0]
  async function answer(latency: () => Promise<void>): Promise<Response> {
    const current = Math.floor(now() / 10_000)
    if (current !== window) [window, used] = [current, 0]
    seen.requests++
    seen.mostUnderWay = Math.max(seen.mostUnderWay, ++seen.underWay)
    const isLet = ++used <= 100
    const headers = {
      'x-rate-limit-api-token-interval-ms': '10000',
      'x-rate-limit-api-token-max': '100',
      'x-rate-limit-api-token-remaining': String(Math.max(0, 100 - used)),
    }
    await latency()
    seen.underWay--
    if (isLet) return Response.json({ id: 'x' }, { headers })
    seen.refusals++
    return Response.json({ error: 'API_TOKEN_LIMIT_EXCEEDED' }, { status: 429, headers })
  }
  return { seen, answer }
}

function setUp() {
  const set = clientSetUp({}, { fetch: () => server.answer(latency) })
  const { clock } = set
  const server = createServer(() => clock.now())
  const latency = () => new Promise<void>((resolve) => void clock.setTimeout(resolve, 80))
  set.storage.values.set(set.key, storedEntry({ record: liveGrant() }))
  return { ...set, seen: server.seen }
}

describe('300 GETs at once', () => {
  it('by two clients of a page are all answered, without a 429, and never more than 100 at a time', async () => {
    const { client, page, clock, seen } = setUp()
    const other = createClientIn(page, options)
    const outcomes = Array.from({ length: 300 }, (_, i) =>
      watch((i % 2 ? client : other).api.get(`/boards/${i}`)),
    )
    await clock.advance(30_000)
    expect(outcomes.filter(({ status }) => status === 'resolved')).toHaveLength(300)
    expect(seen).toMatchObject({ requests: 300, refusals: 0, mostUnderWay: 100 })
  })
})
