// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { presentRefreshToken } from '../../../src/token/rotation'
import type { TokenAnswer } from '../../../src/token-endpoint/token-endpoint'
import { START, settle } from '../support/clock'
import { liveGrant, storedEntry, tokenSet } from '../support/grants'
import { watch } from '../support/outcome'
import { partitionWith, refreshingFrame, storedRecord } from '../support/refresh'
import { later, type ScriptedEndpoint, scriptedEndpoint, tokens } from '../support/token-endpoint'

async function setUp(endpoint: ScriptedEndpoint, record = liveGrant()) {
  const partition = partitionWith(record)
  const frame = refreshingFrame(partition, endpoint)
  await frame.store.read()
  const present = (isForced = false) => presentRefreshToken(frame, record, { ...frame, endpoint, isForced })
  return { ...partition, ...frame, partition, present }
}

describe('presenting a refresh token', () => {
  it('writes the mark before it sends, and holds the lock of the owner meanwhile', async () => {
    const answer = later<TokenAnswer>()
    const endpoint = scriptedEndpoint(answer.promise)
    const { present, partition, locks: _, ...rest } = await setUp(endpoint)
    const outcome = watch(present())
    await settle()
    const marked = storedRecord(partition)
    const owner = marked?.status === 'live' ? marked.lease?.owner : undefined
    expect(marked).toMatchObject({ lease: { presentedAt: START, presentation: 1 } })
    expect(partition.locks.heldNames()).toEqual([owner])
    expect(endpoint.refreshes).toEqual([{ clientId: 'client-1', refreshToken: 'refresh-0' }])
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.value).toEqual(tokens(1))
    expect(partition.locks.heldNames()).toEqual([])
    expect(rest.events).toHaveLength(1)
  })

  it('counts the lifetime from before the request', async () => {
    const answer = later<TokenAnswer>()
    const { present, partition, clock } = await setUp(scriptedEndpoint(answer.promise))
    void present()
    await clock.advance(9_000)
    answer.resolve(tokens(1, { expiresInMs: 60_000 }))
    await settle()
    expect(storedRecord(partition)).toMatchObject({
      tokenSet: { obtainedAt: START, expiresAt: START + 60_000 },
    })
  })

  it('takes over the scopes of the answer, without offline_access', async () => {
    const scopes = ['read:board:trello', 'write:board:trello', 'offline_access']
    const { present, partition } = await setUp(scriptedEndpoint(tokens(1, { scopes })))
    await present()
    expect(storedRecord(partition)).toMatchObject({ scopes: ['read:board:trello', 'write:board:trello'] })
  })

  it('sends nothing where another frame was faster', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { present, partition } = await setUp(endpoint)
    const lease = { owner: 'another', presentedAt: START, presentation: 1 }
    partition.plant(storedEntry({ record: liveGrant({ lease }) }))
    expect(await present()).toEqual({ kind: 'notClaimed' })
    expect(endpoint.refreshes).toEqual([])
    await settle()
    expect(partition.locks.heldNames()).toEqual([])
  })

  it('sends nothing where the mark cannot be written', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { present, storage, partition } = await setUp(endpoint)
    storage.writes = 'fail'
    expect(await present()).toMatchObject({ kind: 'notMarked', cause: { name: 'QuotaExceededError' } })
    expect(endpoint.refreshes).toEqual([])
    await settle()
    expect(partition.locks.heldNames()).toEqual([])
  })

  it('needs no mark in the storage for a grant that this frame alone has', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { present, storage, store } = await setUp(endpoint)
    storage.writes = 'fail'
    storage.values.clear()
    await store.read()
    await store.commit((entry) => ({ ...entry, record: liveGrant() }))
    expect(await present()).toEqual(tokens(1))
    expect(store.view()).toMatchObject({
      persistent: false,
      record: { tokenSet: { accessToken: 'access-1' } },
    })
  })

  it('claims anew where the frame was frozen between mark and request', async () => {
    const endpoint = scriptedEndpoint(tokens(1))
    const { present, storage, clock, partition } = await setUp(endpoint)
    const marks: unknown[] = []
    const { update } = storage
    storage.update = async (key, change) => {
      const value = await update(key, change)
      const record = storedRecord(partition)
      if (record?.status === 'live' && record.lease) marks.push(record.lease.presentedAt - START)
      if (marks.length === 1) clock.jump(3_001)
      return value
    }
    await present()
    expect(marks).toEqual([0, 3_001])
    expect(endpoint.refreshes).toHaveLength(1)
  })

  it('keeps the lock until a rotation that could not be stored is stored', async () => {
    const answer = later<TokenAnswer>()
    const { present, storage, clock, partition, events } = await setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(present())
    await settle()
    storage.writes = 'fail'
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.status).toBe('resolved')
    expect(events).toMatchObject([{ type: 'tokenRefreshed', persistent: false }])
    expect(partition.locks.heldNames()).toHaveLength(1)
    storage.writes = 'work'
    await clock.advance(2_000)
    expect(partition.locks.heldNames()).toEqual([])
    expect(storedRecord(partition)).toMatchObject({ tokenSet: { accessToken: 'access-1' } })
  })

  it('takes an endpoint that rejects for one that cannot be read, and frees the lock', async () => {
    const cause = new Error('a faulty endpoint')
    const { present, partition } = await setUp(scriptedEndpoint(Promise.reject(cause)))
    expect(await present()).toEqual({ kind: 'unreadable', cause })
    await settle()
    expect(partition.locks.heldNames()).toEqual([])
  })

  it('does the same with one that throws at once', async () => {
    const cause = new Error('a faulty endpoint')
    const endpoint = scriptedEndpoint()
    endpoint.refresh = () => {
      throw cause
    }
    const { present, partition } = await setUp(endpoint)
    expect(await present()).toEqual({ kind: 'unreadable', cause })
    await settle()
    expect(partition.locks.heldNames()).toEqual([])
  })

  it('lets no endpoint repeat the tokens in its words', async () => {
    const serverError = 'no to refresh-0, and to access-0'
    const { present } = await setUp(scriptedEndpoint({ kind: 'retryable', serverError }))
    expect(await present()).toEqual({ kind: 'retryable', serverError: 'no to …, and to …' })
  })

  it('asks an endpoint that holds the refresh token without one', async () => {
    const { refreshToken: _, ...hosted } = tokenSet()
    const endpoint = scriptedEndpoint(tokens(1))
    const { present } = await setUp(endpoint, liveGrant({ tokenSet: hosted }))
    await present()
    expect(endpoint.refreshes).toEqual([{ clientId: 'client-1' }])
  })

  it('condemns nothing where a newer grant stands there by now', async () => {
    const answer = later<TokenAnswer>()
    const { present, partition, events } = await setUp(scriptedEndpoint(answer.promise))
    void present()
    await settle()
    partition.plant(storedEntry({ record: liveGrant({ generation: 'consented-again' }) }))
    answer.resolve({ kind: 'dead' })
    await settle()
    expect(storedRecord(partition)).toMatchObject({ status: 'live', generation: 'consented-again' })
    expect(events).toEqual([])
  })
})

describe('new tokens that could not be stored', () => {
  async function unsaved() {
    const answer = later<TokenAnswer>()
    const opened = await setUp(scriptedEndpoint(answer.promise))
    const outcome = watch(opened.present())
    await settle()
    opened.storage.writes = 'fail'
    answer.resolve(tokens(1))
    await settle()
    expect(outcome.status).toBe('resolved')
    opened.storage.writes = 'work'
    return opened
  }

  it('are given up once another frame has signed out', async () => {
    const { partition, clock, revoked, locks } = await unsaved()
    await partition.open().store.remove()
    await clock.advance(1_000)
    expect(revoked).toMatchObject([{ tokenSet: { refreshToken: 'refresh-1' } }])
    expect(partition.storage.values.size).toBe(0)
    expect(await locks.isFree('powerup-oauth:owner:id-1:1')).toBe(true)
  })

  it('are left to the sign-out of this frame, which knows them', async () => {
    const { store, clock, revoked } = await unsaved()
    expect(await store.remove()).toMatchObject([
      { tokenSet: { refreshToken: 'refresh-0' } },
      { tokenSet: { refreshToken: 'refresh-1' } },
    ])
    await clock.advance(1_000)
    expect(revoked).toEqual([])
  })

  it('are kept where they are stored in the end', async () => {
    const { partition, clock, revoked } = await unsaved()
    await clock.advance(1_000)
    expect(storedRecord(partition)).toMatchObject({ tokenSet: { refreshToken: 'refresh-1' } })
    expect(revoked).toEqual([])
  })
})
