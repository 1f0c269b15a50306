// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { BearerFetch } from '../../../src/api/bearer-fetch'
import { countedFetch } from '../../../src/api/counted-fetch'
import { createRequestQueue } from '../../../src/api/request-queue'
import { NotAuthorizedError } from '../../../src/base/errors'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { errorOf, watch } from '../support/outcome'

function setUp(fetch: BearerFetch) {
  const { clock, frame } = createBrowser()
  const { platform } = frame()
  const queue = createRequestQueue(platform)
  const wait = () => watch(queue.wait({ signal: undefined, tooLong: (waitMs) => ({ waitMs }) }))
  return { clock, fetch: countedFetch(platform, fetch, queue), wait }
}

describe('a counted fetch', () => {
  it('gives the answer as it came, and waits for nothing', async () => {
    const answer = new Response('', { status: 429 })
    const { fetch } = setUp(async () => answer)
    for (let call = 0; call < 150; call++) expect(await fetch('/1/x')).toBe(answer)
  })

  it('leaves less room to the calls that wait', async () => {
    const { clock, fetch, wait } = setUp(async () => new Response())
    for (let call = 0; call < 100; call++) await fetch('/1/x')
    const outcome = wait()
    await clock.advance(9_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.status).toBe('resolved')
  })

  it('tells the queue what its headers say', async () => {
    const headers = { 'x-rate-limit-api-token-remaining': '0' }
    const { fetch, wait } = setUp(async () => new Response('', { headers }))
    await fetch('/1/x')
    const outcome = wait()
    await settle()
    expect(outcome.status).toBe('pending')
  })

  it('begins a pause for all by a 429, as long as Retry-After says', async () => {
    const { clock, fetch, wait } = setUp(
      async () => new Response('', { status: 429, headers: { 'Retry-After': '2' } }),
    )
    await fetch('/1/x')
    const outcome = wait()
    await clock.advance(1_999)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome.status).toBe('resolved')
  })

  it.each(['API_TOO_MANY_CARDS_REQUESTED', 'API_MEMBER_LIMIT_EXCEEDED'])(
    'begins none by a 429 that says %s: other calls are not meant',
    async (error) => {
      const { fetch, wait } = setUp(async () => Response.json({ error }, { status: 429 }))
      for (let call = 0; call < 4; call++) expect(await (await fetch('/1/x')).json()).toEqual({ error })
      const outcome = wait()
      await settle()
      expect(outcome.status).toBe('resolved')
    },
  )

  it('gives a 429 whose body never ends within two seconds', async () => {
    const { clock, fetch } = setUp(async () => new Response(new ReadableStream(), { status: 429 }))
    const outcome = watch(fetch('/1/x'))
    await clock.advance(2_000)
    expect(outcome.value?.status).toBe(429)
  })

  it.each([
    [new TypeError('Failed to fetch'), 'pending'],
    [new NotAuthorizedError(), 'resolved'],
  ])('that fails with %s leaves the next call %s', async (error, status) => {
    const { fetch, wait } = setUp(() => Promise.reject(error))
    for (let call = 0; call < 100; call++) expect(await errorOf(fetch('/1/x'))).toBe(error)
    const outcome = wait()
    await settle()
    expect(outcome.status).toBe(status)
  })
})
