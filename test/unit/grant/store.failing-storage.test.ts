// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { START, settle } from '../support/clock'
import { attempt, expiredGrant, liveGrant, storedEntry } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { createPartition } from '../support/store'

const put = (record: GrantEntry['record']) => (entry: GrantEntry) => ({
  attempts: entry.attempts,
  ...(record && { record }),
})

describe('a read', () => {
  it('of a storage that hangs settles within a second', async () => {
    const { open, storage, clock } = createPartition()
    storage.reads = 'hang'
    const { store } = open()
    const outcome = watch(store.read())
    await clock.advance(1_000)
    expect(outcome).toMatchObject({ status: 'resolved', value: { storage: 'unreadable', attempts: [] } })
  })

  it('of a storage that fails keeps the memory', async () => {
    const { open, plant, storage } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    await store.read()
    storage.reads = 'fail'
    expect(await store.read()).toMatchObject({ record: liveGrant(), storage: 'unreadable' })
    storage.reads = 'work'
    expect(await store.read()).toMatchObject({ record: liveGrant(), storage: 'read' })
  })

  it('is tried again at the next need, however soon', async () => {
    const { open, storage } = createPartition()
    const { store } = open()
    storage.reads = 'fail'
    await store.current()
    await store.current()
    expect(storage.counts.get).toBe(2)
  })
})

describe('a transaction', () => {
  it('rejects where the storage fails, and leaves the view as it was', async () => {
    const { open, storage } = createPartition()
    const { store } = open()
    storage.writes = 'fail'
    expect(await errorOf(store.transact(put(liveGrant())))).toMatchObject({ name: 'QuotaExceededError' })
    expect(store.view()).toMatchObject({ persistent: true, attempts: [] })
  })

  it('rejects within three seconds where it hangs', async () => {
    const { open, storage, clock } = createPartition()
    storage.writes = 'hang'
    const outcome = watch(open().store.transact(put(liveGrant())))
    await clock.advance(3_000)
    expect(outcome.status).toBe('rejected')
  })
})

describe('a commit that fails', () => {
  async function committed() {
    const partition = createPartition()
    const opened = partition.open()
    await opened.store.read()
    partition.storage.writes = 'fail'
    const { view, stored } = await opened.store.commit(put(liveGrant()))
    return { ...partition, ...opened, view, whenStored: watch(stored) }
  }

  it('counts in memory, and says that it is not persistent', async () => {
    const { view, store, whenStored, stored } = await committed()
    expect(view).toMatchObject({ record: liveGrant(), persistent: false })
    expect(store.isOnlyHere('generation-0')).toBe(true)
    expect(store.isOnlyHere('generation-1')).toBe(false)
    expect(stored()).toBeUndefined()
    expect(whenStored.status).toBe('pending')
  })

  it('is tried again after a second, then with longer pauses up to a minute', async () => {
    const { clock, storage } = await committed()
    const times: number[] = []
    const { update } = storage
    storage.update = (...parameters) => {
      times.push(clock.now() - START)
      return update(...parameters)
    }
    await clock.advance(250_000)
    expect(times).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243].map((second) => second * 1_000))
  })

  it('is stored as soon as that works, and then all is as if it had never failed', async () => {
    const { clock, storage, store, whenStored, stored } = await committed()
    storage.writes = 'work'
    await clock.advance(1_000)
    expect(stored()).toEqual(storedEntry({ record: liveGrant() }))
    expect(whenStored.status).toBe('resolved')
    expect(store.view()).toMatchObject({ record: liveGrant(), persistent: true })
    expect(store.isOnlyHere('generation-0')).toBe(false)
    expect(clock.timers()).toBe(0)
  })

  it('goes along with the next write', async () => {
    const { storage, store, whenStored, stored } = await committed()
    storage.writes = 'work'
    await store.transact((entry) => ({ ...entry, attempts: [attempt()] }))
    await settle()
    expect(stored()).toEqual(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
    expect(whenStored.status).toBe('resolved')
  })

  it('survives a read in this frame', async () => {
    const { store } = await committed()
    expect(await store.read()).toMatchObject({ record: liveGrant(), persistent: false, storage: 'read' })
  })

  it('is pointless after a sign-out: nothing is brought back', async () => {
    const { clock, storage, store, whenStored } = await committed()
    storage.writes = 'work'
    expect(await store.remove()).toEqual(liveGrant())
    await clock.advance(60_000)
    expect(whenStored.status).toBe('resolved')
    expect(storage.values.size).toBe(0)
  })
})

describe('a removal that fails', () => {
  it('rejects, forgets all the same, and is done as soon as that works', async () => {
    const { open, plant, storage, clock } = createPartition()
    plant(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
    const { store } = open()
    await store.read()
    storage.writes = 'fail'
    expect(await errorOf(store.remove())).toMatchObject({ name: 'QuotaExceededError' })
    expect(store.view()).toMatchObject({ attempts: [], persistent: false })
    expect(await store.read()).not.toHaveProperty('record')
    storage.writes = 'work'
    await clock.advance(2_000)
    expect(storage.values.size).toBe(0)
  })

  it('takes no grant and no attempt that came after it', async () => {
    const { open, plant, storage, clock, stored } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    await store.read()
    storage.writes = 'fail'
    await errorOf(store.remove())
    const later = storedEntry({
      record: liveGrant({ grantedAt: START + 1, generation: 'newer' }),
      attempts: [attempt({ preparedAt: START + 1 })],
    })
    plant(later)
    storage.writes = 'work'
    await clock.advance(2_000)
    expect(stored()).toEqual(later)
  })

  it('removes an ended record and old attempts later too', async () => {
    const { open, plant, storage, clock } = createPartition()
    plant(storedEntry({ record: expiredGrant(), attempts: [attempt({ openedAt: START })] }))
    const { store } = open()
    await store.read()
    storage.writes = 'fail'
    await errorOf(store.remove())
    storage.writes = 'work'
    await clock.advance(2_000)
    expect(storage.values.size).toBe(0)
  })

  it('is no failure where the storage never gave anything', async () => {
    const { open, storage } = createPartition()
    storage.reads = 'fail'
    storage.writes = 'fail'
    const { store } = open()
    await store.read()
    expect(await store.remove()).toBeUndefined()
  })
})
