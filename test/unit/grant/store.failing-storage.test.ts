// @vitest-environment node
import { describe, expect, it } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { openEntryStore } from '../../../src/grant/store'
import { createBrowser } from '../support/browser'
import { START, settle } from '../support/clock'
import { attempt, expiredGrant, liveGrant, storedEntry, tokenSet } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { createPartition, KEY } from '../support/store'

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

describe('while reads hang', () => {
  /** A frame that has read a grant, and whose memory of it is stale. */
  async function staleFrame(record: GrantEntry['record'] = liveGrant()) {
    const partition = createPartition()
    partition.plant(storedEntry({ record }))
    const opened = partition.open()
    await opened.store.read()
    await partition.clock.advance(60_000)
    partition.storage.reads = 'hang'
    return { ...partition, ...opened }
  }

  it('a good token waits a tenth of a second the first time, and then no more', async () => {
    const { store, clock } = await staleFrame()
    const first = watch(store.current())
    await clock.advance(99)
    expect(first.status).toBe('pending')
    await clock.advance(1)
    expect(first).toMatchObject({ status: 'resolved', value: { record: liveGrant() } })
    for (let call = 0; call < 10; call++) {
      const next = watch(store.current())
      await settle()
      expect(next).toMatchObject({ status: 'resolved', value: { record: liveGrant() } })
      await clock.advance(5_000)
    }
  })

  it('the memory is read again behind the calls, and counts as soon as that works', async () => {
    const { store, clock, storage, plant } = await staleFrame()
    void store.current()
    await clock.advance(100)
    plant(storedEntry({ record: expiredGrant() }))
    storage.reads = 'work'
    storage.goOn()
    await settle()
    expect(store.view().record).toEqual(expiredGrant())
    plant(storedEntry({ record: liveGrant() }))
    await clock.advance(60_000)
    expect((await store.current()).record).toEqual(liveGrant())
  })

  it('a token that is not good waits for the storage', async () => {
    const ended = liveGrant({ tokenSet: tokenSet({ expiresAt: START + 60_000 }) })
    const { store, clock } = await staleFrame(ended)
    const outcome = watch(store.current())
    await clock.advance(799)
    expect(outcome.status).toBe('pending')
    await clock.advance(1)
    expect(outcome).toMatchObject({ status: 'resolved', value: { storage: 'unreadable' } })
  })

  it('an ended grant waits for the storage', async () => {
    const { store, clock } = await staleFrame(expiredGrant())
    const outcome = watch(store.current())
    await clock.advance(799)
    expect(outcome.status).toBe('pending')
  })

  it('asks once for all calls of the same time', async () => {
    const { store, storage, clock } = await staleFrame()
    const before = storage.counts.get
    for (let call = 0; call < 10; call++) void store.current()
    await clock.advance(100)
    for (let call = 0; call < 10; call++) void store.current()
    await settle()
    expect(storage.counts.get).toBe(before + 1)
  })
})

describe('a storage that can’t be read', () => {
  it('is read again in the background, with longer and longer pauses, until it can', async () => {
    const { open, storage, clock, plant } = createPartition()
    storage.reads = 'fail'
    const { store } = open()
    await store.read()
    plant(storedEntry({ record: liveGrant() }))
    await clock.advance(7_000)
    expect(storage.counts.get).toBe(4)
    storage.reads = 'work'
    await clock.advance(8_000)
    expect(store.view()).toMatchObject({ record: liveGrant(), storage: 'read' })
    expect(clock.timers()).toBe(0)
  })

  it('is not read more often because calls fail meanwhile', async () => {
    const { open, storage, clock } = createPartition()
    storage.reads = 'fail'
    const { store } = open()
    await store.read()
    await clock.advance(3_000)
    await store.read()
    const before = storage.counts.get
    await clock.advance(3_999)
    expect(storage.counts.get).toBe(before)
    await clock.advance(1)
    expect(storage.counts.get).toBe(before + 1)
  })

  it('is left alone once the store is closed', async () => {
    const { open, storage, clock } = createPartition()
    storage.reads = 'fail'
    const { store } = open()
    await store.read()
    store.close()
    await clock.advance(60_000)
    expect(storage.counts.get).toBe(1)
  })

  it('or written, and throws at once instead of rejecting, is no exception', async () => {
    const failure = new Error('thrown at once')
    const broken = () => {
      throw failure
    }
    const { platform } = createBrowser().frame()
    const store = openEntryStore(platform, { get: broken, update: broken, keys: broken }, KEY)
    expect(await store.read()).toMatchObject({ storage: 'unreadable' })
    expect(await errorOf(store.transact((entry) => entry))).toBe(failure)
    const { view } = await store.commit(put(liveGrant()))
    expect(view).toMatchObject({ record: liveGrant(), persistent: false })
    expect(await store.remove()).toEqual([liveGrant()])
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
    expect(await store.remove()).toEqual([liveGrant()])
    await clock.advance(60_000)
    expect(whenStored).toMatchObject({ status: 'resolved', value: undefined })
    expect(storage.values.size).toBe(0)
  })
})

describe('a commit that a sign-out overtakes', () => {
  const rotated = liveGrant({ generation: 'generation-1' })
  const rotate = (entry: GrantEntry) => (entry.record ? { ...entry, record: rotated } : entry)

  async function unsavedRotation() {
    const partition = createPartition()
    partition.plant(storedEntry({ record: liveGrant() }))
    const opened = partition.open()
    await opened.store.read()
    partition.storage.writes = 'fail'
    const { stored } = await opened.store.commit(rotate)
    partition.storage.writes = 'work'
    return { ...partition, ...opened, whenStored: watch(stored) }
  }

  it('in this frame is told of by the sign-out: the stored grant and the unsaved one', async () => {
    const { store, whenStored, storage } = await unsavedRotation()
    expect(await store.remove()).toEqual([liveGrant(), rotated])
    await settle()
    expect(whenStored).toMatchObject({ status: 'resolved', value: undefined })
    expect(storage.values.size).toBe(0)
  })

  it('in another frame learns that no grant is left', async () => {
    const { open, clock, whenStored, storage } = await unsavedRotation()
    await open().store.remove()
    await clock.advance(2_000)
    expect(whenStored).toMatchObject({ status: 'resolved', value: { attempts: [] } })
    expect(whenStored.value).not.toHaveProperty('record')
    expect(storage.values.size).toBe(0)
  })

  it('while its transaction is on its way learns that no grant is left', async () => {
    const { open, plant, storage } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    await store.read()
    storage.writes = 'hang'
    const committing = store.commit(rotate)
    const removing = store.remove()
    storage.goOn()
    // It gives its own grant up; the sign-out tells of the one that was stored.
    expect((await (await committing).stored)?.record).toBeUndefined()
    expect(await removing).toEqual([liveGrant()])
    expect(storage.values.size).toBe(0)
  })

  it('before its transaction runs is not done', async () => {
    const { open, storage } = createPartition()
    const { store } = open()
    await store.read()
    storage.writes = 'hang'
    const committing = store.commit((entry) => ({ ...entry, attempts: [attempt()] }))
    const removing = store.remove()
    const written: unknown[] = []
    storage.values.set = (key, value) => {
      written.push(value)
      return Map.prototype.set.call(storage.values, key, value)
    }
    storage.goOn()
    expect(await (await committing).stored).toEqual({ attempts: [] })
    await removing
    expect(written).toEqual([])
  })

  it('before it fails is not tried again, and learns that no grant is left', async () => {
    const { open, storage, clock } = createPartition()
    const { store } = open()
    await store.read()
    storage.writes = 'fail'
    const committing = store.commit(put(liveGrant()))
    storage.writes = 'work'
    await store.remove()
    expect(await (await committing).stored).toEqual({ attempts: [] })
    await clock.advance(60_000)
    expect(storage.values.size).toBe(0)
  })

  it('that is stored resolves with what stands then', async () => {
    const { whenStored, clock, store } = await unsavedRotation()
    await clock.advance(1_000)
    expect(whenStored.value).toEqual({ record: rotated, attempts: [] })
    expect(await store.remove()).toEqual([rotated])
  })

  it('counts once, though nobody knew that the storage had taken it', async () => {
    const { open, plant, storage, clock } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    await store.read()
    const { update } = storage
    storage.update = async (...parameters) => {
      await update(...parameters)
      return new Promise(() => undefined)
    }
    const committing = store.commit(rotate)
    await clock.advance(3_000)
    await committing
    storage.update = update
    expect(await store.remove()).toEqual([rotated])
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
    expect(await store.remove()).toEqual([])
  })
})
