// @vitest-environment node
import { describe, expect, it } from 'vitest'
import { dropOldAttempts } from '../../../src/grant/attempt-removal'
import { putAttempt } from '../../../src/grant/on-sign-in'
import { START, settle } from '../support/clock'
import { attempt, liveGrant, storedEntry } from '../support/grants'
import { createPartition } from '../support/store'

const MINUTE_MS = 60_000

describe('an attempt whose ten minutes are over', () => {
  it('is removed by whoever looks next', async () => {
    const { open, plant, stored, clock } = createPartition()
    const young = attempt({ state: 'young', openedAt: START + 1 })
    plant(storedEntry({ record: liveGrant(), attempts: [young, attempt({ openedAt: START })] }))
    const { store } = open()
    await store.read()
    await clock.advance(10 * MINUTE_MS - 1)
    await store.read()
    await settle()
    expect(stored()).toMatchObject({ attempts: [{ state: 'young' }, { state: 'state-1' }] })
    await clock.advance(1)
    await store.read()
    await settle()
    expect(stored()).toEqual(storedEntry({ record: liveGrant(), attempts: [young] }))
    expect(store.view().attempts).toEqual([young])
  })

  it('is removed by the page that has written it, which looks by itself', async () => {
    const { open, storage, clock } = createPartition()
    const { store } = open()
    await store.commit((entry) => putAttempt(entry, attempt({ openedAt: START }), START))
    expect(clock.timers()).toBe(1)
    await clock.advance(10 * MINUTE_MS + 29_999)
    expect(storage.values.size).toBe(1)
    await clock.advance(1)
    expect(storage.values.size).toBe(0)
    expect(clock.timers()).toBe(0)
  })

  it('is removed in its turn where the page has written several', async () => {
    const { open, stored, storage, clock } = createPartition()
    const { store } = open()
    await store.commit((entry) => putAttempt(entry, attempt({ state: 'a', openedAt: START }), START))
    await clock.advance(MINUTE_MS)
    await store.commit((entry) =>
      putAttempt(entry, attempt({ state: 'b', openedAt: START + MINUTE_MS }), START + MINUTE_MS),
    )
    expect(clock.timers()).toBe(1)
    await clock.advance(9 * MINUTE_MS + 30_000)
    expect(stored()).toMatchObject({ attempts: [{ state: 'b' }] })
    await clock.advance(MINUTE_MS)
    expect(storage.values.size).toBe(0)
  })

  it('is left to others once the store is closed', async () => {
    const { open, clock } = createPartition()
    const { store } = open()
    await store.commit((entry) => putAttempt(entry, attempt({ openedAt: START }), START))
    store.close()
    expect(clock.timers()).toBe(0)
  })

  it('is removed at a later look where the storage fails', async () => {
    const { open, plant, storage, clock } = createPartition()
    plant(storedEntry({ attempts: [attempt({ openedAt: START })] }))
    storage.writes = 'fail'
    await clock.advance(10 * MINUTE_MS)
    const { store } = open()
    await store.read()
    await settle()
    expect(storage.counts.update).toBe(1)
    storage.writes = 'work'
    await store.read()
    await settle()
    expect(storage.values.size).toBe(0)
  })

  it('is removed in one transaction for all who look at once', async () => {
    const { open, plant, storage, clock } = createPartition()
    plant(storedEntry({ attempts: [attempt({ openedAt: START })] }))
    await clock.advance(10 * MINUTE_MS)
    const { store } = open()
    storage.writes = 'hang'
    for (let look = 0; look < 5; look++) await store.read()
    await settle()
    expect(storage.counts.update).toBe(1)
  })

  it('is not looked for where nothing was written', async () => {
    const { open, plant, clock } = createPartition()
    plant(storedEntry({ attempts: [attempt({ openedAt: START })] }))
    await open().store.read()
    expect(clock.timers()).toBe(0)
  })
})

describe('dropOldAttempts', () => {
  it('leaves an entry as it is where no attempt is over', () => {
    const entry = { record: liveGrant(), attempts: [attempt({ openedAt: START })] }
    expect(dropOldAttempts(entry, START + 10 * MINUTE_MS - 1)).toBe(entry)
    expect(dropOldAttempts(entry, START + 10 * MINUTE_MS)).toEqual({ record: liveGrant(), attempts: [] })
  })

  it('leaves a claimed attempt a minute more: its answer may be on its way', () => {
    const entry = { attempts: [attempt({ openedAt: START, claimedBy: 'me' })] }
    expect(dropOldAttempts(entry, START + 11 * MINUTE_MS - 1)).toBe(entry)
    expect(dropOldAttempts(entry, START + 11 * MINUTE_MS)).toEqual({ attempts: [] })
  })

  it('removes an attempt of the far future: the clock was set back since', () => {
    const entry = { attempts: [attempt({ preparedAt: START + 11 * MINUTE_MS })] }
    expect(dropOldAttempts(entry, START)).toEqual({ attempts: [] })
  })
})
