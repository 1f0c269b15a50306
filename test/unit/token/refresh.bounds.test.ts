// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { TokenEndpointError } from '../../../src/base/errors'
import { isGranted } from '../../../src/grant/grant'
import { renewInBackground } from '../../../src/token/renewal'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { START } from '../support/clock'
import { HOUR_MS, liveGrant, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { partitionWith, type RefreshingFrame, refreshingFrame, storedRecord } from '../support/refresh'
import type { Partition } from '../support/store'
import { later, type ScriptedEndpoint, scriptedEndpoint, tokens } from '../support/token-endpoint'

const MINUTE = 60_000
/** Its access token has run out. */
const stale = liveGrant({ tokenSet: tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START }) })
const atTrello = (() => {
  const { refreshToken: _, ...set } = tokenSet({ obtainedAt: START - HOUR_MS, expiresAt: START })
  return liveGrant({ tokenSet: set })
})()

const down: TokenAnswer = { kind: 'retryable', status: 503 }
const rejected: TokenAnswer = { kind: 'clientRejected', status: 401, serverError: 'invalid_client' }
const gone: TokenAnswer = { kind: 'retryable', onlyHere: true, serverDescription: 'InvalidContext' }
const forbidden: TokenAnswer = { kind: 'unreadable', blockedByPolicy: true }

/** A token endpoint of the Trello page. */
function trelloPage(...answers: (TokenAnswer | Promise<TokenAnswer>)[]): ScriptedEndpoint {
  return Object.assign(scriptedEndpoint(...answers), { holdsRefreshToken: true })
}

/** Makes one call, and lets time go by until it is over. */
async function call(
  partition: Partition,
  made: Promise<string>,
): Promise<{ value?: string; error?: unknown }> {
  const outcome = watch(made)
  while (outcome.status === 'pending') await partition.clock.advance(100)
  return outcome
}

describe('a refresh that succeeds ends the episode', () => {
  it.each<[string, TokenAnswer]>([
    ['the same access token again', tokens(0)],
    ['a token that lives a second', tokens(1, { expiresInMs: 1_000 })],
    ['a token that lives a millisecond', tokens(1, { expiresInMs: 1 })],
    ['a lifetime that is no number', tokens(1, { expiresInMs: Number.NaN })],
    ['a negative lifetime', tokens(1, { expiresInMs: -1 })],
    ['an endless lifetime', tokens(1, { expiresInMs: Number.POSITIVE_INFINITY })],
    ['no lifetime', tokens(1, { expiresInMs: undefined as unknown as number })],
    ['the same token, and no lifetime', tokens(0, { expiresInMs: undefined as unknown as number })],
  ])('and hands out what it brought: %s', async (_case, answer) => {
    const partition = partitionWith(liveGrant())
    const endpoint = scriptedEndpoint(answer)
    const { token } = refreshingFrame(partition, endpoint)
    expect(await token({ instead: 'access-0' })).toBe(answer.kind === 'tokens' && answer.accessToken)
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('also where ten callers were refused the same token that comes again', async () => {
    const endpoint = scriptedEndpoint(tokens(0))
    const { token } = refreshingFrame(partitionWith(liveGrant()), endpoint)
    const given = await Promise.all([...Array(10)].map(() => token({ instead: 'access-0' })))
    expect(new Set(given)).toEqual(new Set(['access-0']))
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('and nobody asks again at once for a token that was over when it came', async () => {
    const partition = partitionWith(stale)
    const answers = [...Array(5)].map(() => later<TokenAnswer>())
    const endpoint = scriptedEndpoint(...answers.map(({ promise }) => promise))
    const { token } = refreshingFrame(partition, endpoint)
    const first = watch(token())
    await partition.clock.advance(5_000)
    answers[0]?.resolve(tokens(1, { expiresInMs: 1_000 }))
    await partition.clock.advance(0)
    expect(first.value).toBe('access-1')
    for (let count = 0; count < 10; count++) expect(await token()).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
    await partition.clock.advance(2_000)
    void token()
    await partition.clock.advance(0)
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('and gives its token also to a caller who came later with a refused one', async () => {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const endpoint = scriptedEndpoint(answer.promise)
    const { token } = refreshingFrame(partition, endpoint)
    const first = watch(token())
    await partition.clock.advance(100)
    const second = watch(token({ instead: 'access-0' }))
    answer.resolve(tokens(1, { expiresInMs: 1 }))
    await partition.clock.advance(100)
    expect([first.value, second.value]).toEqual(['access-1', 'access-1'])
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('is asked for once more by a caller whose token the episode gave before it was refused', async () => {
    const partition = partitionWith(stale)
    const answer = later<TokenAnswer>()
    const endpoint = scriptedEndpoint(answer.promise, tokens(1))
    const { token } = refreshingFrame(partition, endpoint)
    const first = watch(token())
    await partition.clock.advance(100)
    // The API has refused it in another page, and this one has only just heard of the episode.
    const second = watch(token({ instead: 'access-0' }))
    answer.resolve(tokens(0))
    await partition.clock.advance(100)
    expect([first.value, second.value]).toEqual(['access-0', 'access-1'])
    expect(endpoint.refreshes).toHaveLength(2)
  })
})

describe('one call', () => {
  it.each<[string, TokenAnswer[]]>([
    ['failures', [down, down, down, down]],
    ['failures of every kind', [down, { kind: 'unreadable' }, { kind: 'nonsense' } as never, down]],
    ['a failure and a rejection', [down, rejected, tokens(1)]],
  ])('sends three requests at most: %s', async (_case, answers) => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(...answers)
    const { error } = await call(partition, refreshingFrame(partition, endpoint).token())
    expect(error).toMatchObject({ name: 'TokenEndpointError' })
    expect(endpoint.refreshes.length).toBeLessThanOrEqual(3)
  })

  it('takes 12 s at most, with the reading of the storage', async () => {
    const lease = { owner: 'powerup-oauth:owner:other:1', presentedAt: START, presentation: 1 }
    const partition = partitionWith({ ...stale, lease })
    void partition.locks.request(lease.owner, () => new Promise(() => undefined))
    partition.storage.reads = 'hang'
    const outcome = watch(refreshingFrame(partition, scriptedEndpoint()).token())
    await partition.clock.advance(700)
    partition.storage.reads = 'work'
    partition.storage.goOn()
    await partition.clock.advance(11_299)
    expect(outcome.status).toBe('pending')
    await partition.clock.advance(1)
    expect(outcome.error).toMatchObject({ code: 'tokenEndpointUnavailable' })
  })

  it('is not caught in a storage that forgets what is written', async () => {
    const partition = partitionWith(stale)
    partition.storage.update = async (key) => structuredClone(partition.storage.values.get(key))
    const endpoint = scriptedEndpoint(tokens(1))
    const { error } = await call(partition, refreshingFrame(partition, endpoint).token())
    expect(error).toMatchObject({ code: 'tokenEndpointUnavailable', retryable: true })
    expect(endpoint.refreshes).toEqual([])
  })
})

describe('an idle frame', () => {
  it.each<[string, TokenAnswer, number]>([
    ['down', down, 20],
    ['answering 429', { kind: 'retryable', status: 429, retryAfterMs: 0 }, 10],
    ['not to be reached', { kind: 'unreadable' }, 20],
    ['rejecting the client', rejected, 1],
    ['giving the same token again', tokens(0, { expiresInMs: MINUTE }), 60],
    ['giving tokens of a second', tokens(0, { expiresInMs: 1_000 }), 60],
  ])('leaves a token endpoint alone that is %s', async (_case, answer, mostRequests) => {
    const partition = partitionWith(liveGrant())
    const endpoint = scriptedEndpoint(answer)
    const { platform, store, token } = refreshingFrame(partition, endpoint)
    await store.read()
    renewInBackground({ platform, store }, (renews) => token({ renews }))
    await partition.clock.advance(HOUR_MS - 6 * MINUTE)
    expect(endpoint.refreshes).toEqual([])
    await partition.clock.advance(HOUR_MS)
    expect(endpoint.refreshes.length).toBeGreaterThan(0)
    expect(endpoint.refreshes.length).toBeLessThanOrEqual(mostRequests)
  })
})

describe('the cool-down', () => {
  it.each([0, -5_000, 1, 999, Number.NaN])(
    'lasts a second at least, also where the server says %d ms',
    async (retryAfterMs) => {
      const partition = partitionWith(stale)
      const endpoint = scriptedEndpoint({ kind: 'retryable', status: 503, retryAfterMs })
      const { token } = refreshingFrame(partition, endpoint)
      await call(partition, token())
      const sent = endpoint.refreshes.length
      for (let count = 0; count < 9; count++) {
        expect(await errorOf(token())).toMatchObject({ code: 'tokenEndpointUnavailable' })
        await partition.clock.advance(100)
      }
      expect(endpoint.refreshes).toHaveLength(sent)
    },
  )

  it('is over after that second', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ kind: 'retryable', status: 503, retryAfterMs: 0 }, tokens(1))
    const { token } = refreshingFrame(partition, endpoint)
    expect(await errorOf(token())).toMatchObject({ retryAfterMs: 1_000 })
    await partition.clock.advance(999)
    expect(await errorOf(token())).toMatchObject({ retryAfterMs: 1 })
    await partition.clock.advance(1)
    expect(await token()).toBe('access-1')
  })

  it('is kept by the frame itself where it can not be stored', async () => {
    const partition = partitionWith(undefined)
    partition.storage.writes = 'fail'
    const endpoint = scriptedEndpoint(down)
    const { store, token } = refreshingFrame(partition, endpoint)
    await store.read()
    await store.commit((entry) => ({ ...entry, record: stale }))
    for (let count = 0; count < 10; count++) {
      expect((await call(partition, token())).error).toMatchObject({ code: 'tokenEndpointUnavailable' })
    }
    expect(endpoint.refreshes).toHaveLength(3)
    await partition.clock.advance(10_000)
    await call(partition, token())
    for (let count = 0; count < 10; count++) await errorOf(token())
    expect(endpoint.refreshes).toHaveLength(6)
  })

  it('is kept by the frame itself where the storage fails after the mark was written', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint()
    endpoint.refresh = async (request) => {
      endpoint.refreshes.push(request)
      partition.storage.writes = 'fail'
      return { kind: 'retryable', status: 503, retryAfterMs: 5_000 }
    }
    const { store, token } = refreshingFrame(partition, endpoint)
    for (let count = 0; count < 10; count++) {
      expect(await errorOf(token())).toMatchObject({ retryAfterMs: 5_000 })
    }
    expect(endpoint.refreshes).toHaveLength(1)
    expect(isGranted(store.view(), [], partition.clock.now())).toBe(false)
  })

  it('of this frame ends with its generation', async () => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint({ ...down, retryAfterMs: 60_000 }, tokens(2))
    const { store, token } = refreshingFrame(partition, endpoint)
    await errorOf(token())
    await store.commit((entry) => ({ ...entry, record: { ...stale, generation: 'consented-again' } }))
    expect(await token()).toBe('access-2')
  })
})

describe('a client that can not ask any more', () => {
  it.each([gone, forbidden])('asks once, and not again for ten seconds', async (answer) => {
    const partition = partitionWith(stale)
    const endpoint = scriptedEndpoint(answer)
    const { token } = refreshingFrame(partition, endpoint)
    const error = (await call(partition, token())).error
    expect((error as TokenEndpointError).retryAfterMs).toBeUndefined()
    await partition.clock.advance(9_800)
    expect(await errorOf(token())).toBe(error)
    expect(endpoint.refreshes).toHaveLength(1)
    await partition.clock.advance(200)
    await call(partition, token())
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('names its reason', async () => {
    const stalePage = refreshingFrame(partitionWith(stale), scriptedEndpoint(gone))
    expect(await errorOf(stalePage.token())).toMatchObject({
      code: 'tokenEndpointUnavailable',
      message: expect.stringContaining('InvalidContext'),
    })
    const strictPage = refreshingFrame(partitionWith(stale), scriptedEndpoint(forbidden))
    expect(await errorOf(strictPage.token())).toMatchObject({ code: 'blockedByPolicy', retryable: false })
  })

  it('keeps no other frame waiting, and leaves no mark behind where nothing was sent', async () => {
    const partition = partitionWith(stale)
    await errorOf(refreshingFrame(partition, scriptedEndpoint(gone)).token())
    expect(await refreshingFrame(partition, scriptedEndpoint(tokens(1))).token()).toBe('access-1')
    const strict = partitionWith(stale)
    await errorOf(refreshingFrame(strict, scriptedEndpoint(forbidden)).token())
    expect(storedRecord(strict)).not.toHaveProperty('lease')
    const dead = refreshingFrame(strict, scriptedEndpoint({ kind: 'dead' }))
    expect(await errorOf(dead.token())).toMatchObject({ reason: 'revoked' })
  })

  it('lets the newer client of the page try its own way', async () => {
    const partition = partitionWith(atTrello)
    const answer = later<TokenAnswer>()
    const old = trelloPage(answer.promise)
    const frame = refreshingFrame(partition, old)
    const newest = frame.besides(trelloPage(tokens(1)))
    const [began, joined] = [watch(frame.token()), watch(newest.token())]
    await partition.clock.advance(100)
    expect(old.refreshes).toHaveLength(1)
    answer.resolve(gone)
    await partition.clock.advance(100)
    expect(began.error).toMatchObject({ code: 'tokenEndpointUnavailable' })
    expect(joined.value).toBe('access-1')
    expect(await frame.token()).toBe('access-1')
  })

  it('joins the newer one that is at it', async () => {
    const partition = partitionWith(atTrello)
    const frame = refreshingFrame(partition, trelloPage(gone))
    await errorOf(frame.token())
    const answer = later<TokenAnswer>()
    const newest = watch(frame.besides(trelloPage(answer.promise)).token())
    const old = watch(frame.token())
    await partition.clock.advance(100)
    answer.resolve(tokens(1))
    await partition.clock.advance(100)
    expect([newest.value, old.value]).toEqual(['access-1', 'access-1'])
  })

  it('lets a client try that can renew a grant which it can not renew itself', async () => {
    const partition = partitionWith(atTrello)
    const frame = refreshingFrame(partition, trelloPage(tokens(1)))
    Object.assign(frame.client, { ways: { ...frame.client.ways, toRenew: async () => undefined } })
    const [cannot, can] = [watch(frame.token()), watch(frame.besides(trelloPage(tokens(1))).token())]
    await partition.clock.advance(100)
    expect(cannot.error).toMatchObject({ name: 'TokenExpiredError' })
    expect(can.value).toBe('access-1')
  })

  it('fails for all alike where the server is to blame', async () => {
    const partition = partitionWith(atTrello)
    const frame = refreshingFrame(partition, trelloPage({ ...down, retryAfterMs: 5_000 }))
    const other = trelloPage(tokens(1))
    const [began, joined] = [watch(frame.token()), watch(frame.besides(other).token())]
    await partition.clock.advance(100)
    expect(joined.error).toBe(began.error)
    expect(other.refreshes).toEqual([])
  })
})

describe('a hidden tab that asks the Trello page', () => {
  /** One call a minute, for as many minutes. */
  async function callEachMinute({ token }: RefreshingFrame, partition: Partition, minutes: number) {
    for (let minute = 0; minute < minutes; minute++) {
      void token().catch(() => undefined)
      await partition.clock.advance(MINUTE)
    }
  }

  it('sends one command, however often it is called', async () => {
    const partition = partitionWith(atTrello)
    const answer = later<TokenAnswer>()
    const endpoint = trelloPage(answer.promise)
    const page = refreshingFrame(partition, endpoint)
    page.frame.isVisible = false
    await callEachMinute(page, partition, 60)
    expect(endpoint.refreshes).toHaveLength(1)
    page.frame.isVisible = true
    const back = watch(page.token())
    await partition.clock.advance(1_000)
    expect(endpoint.refreshes).toHaveLength(1)
    answer.resolve(tokens(1))
    await partition.clock.advance(1_000)
    expect(back.value).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('sends one command where nobody calls until it is shown again', async () => {
    const partition = partitionWith(atTrello)
    const endpoint = trelloPage(new Promise(() => undefined))
    const page = refreshingFrame(partition, endpoint)
    page.frame.isVisible = false
    await callEachMinute(page, partition, 1)
    await partition.clock.advance(HOUR_MS)
    page.frame.isVisible = true
    void page.token().catch(() => undefined)
    await partition.clock.advance(29_000)
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('sends another one after half a minute in sight: the first may have got lost', async () => {
    const partition = partitionWith(atTrello)
    const endpoint = trelloPage(new Promise(() => undefined), tokens(1))
    const page = refreshingFrame(partition, endpoint)
    page.frame.isVisible = false
    await callEachMinute(page, partition, 5)
    page.frame.isVisible = true
    await callEachMinute(page, partition, 2)
    expect(await page.token()).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(2)
  })

  it('sends one command for all the clients of the page', async () => {
    const partition = partitionWith(atTrello)
    const endpoint = trelloPage(new Promise(() => undefined))
    const page = refreshingFrame(partition, endpoint)
    page.frame.isVisible = false
    await callEachMinute(page, partition, 2)
    const other = trelloPage(tokens(1))
    void page
      .besides(other)
      .token()
      .catch(() => undefined)
    await partition.clock.advance(MINUTE)
    expect(other.refreshes).toEqual([])
  })

  it('asks again at once where the command was answered', async () => {
    const partition = partitionWith(atTrello)
    const endpoint = trelloPage({ ...down, retryAfterMs: 1_000 }, tokens(1))
    const page = refreshingFrame(partition, endpoint)
    page.frame.isVisible = false
    await callEachMinute(page, partition, 2)
    expect(await page.token()).toBe('access-1')
    expect(endpoint.refreshes).toHaveLength(2)
  })
})
