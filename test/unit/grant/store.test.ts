// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import type { GrantEntry } from '../../../src/grant/grant'
import { openIndexedDb } from '../../../src/grant/indexed-db'
import { openEntryStore } from '../../../src/grant/store'
import { createBrowser } from '../support/browser'
import { settle } from '../support/clock'
import { attempt, expiredGrant, liveGrant, storedEntry } from '../support/grants'
import { errorOf, watch } from '../support/outcome'
import { createPartition, KEY } from '../support/store'

const put = (record: GrantEntry['record']) => (entry: GrantEntry) => ({
  attempts: entry.attempts,
  ...(record && { record }),
})
const leave = (entry: GrantEntry) => entry

describe('a store over IndexedDB', () => {
  it('shows in every frame what one of them committed', async () => {
    const browser = createBrowser()
    const open = () => {
      const { platform } = browser.frame({ indexedDB: () => indexedDB })
      return openEntryStore(platform, openIndexedDb(platform), KEY)
    }
    const [one, two] = [open(), open()]
    await one.commit(put(liveGrant()))
    expect(await two.read()).toEqual({
      record: liveGrant(),
      attempts: [],
      storage: 'read',
      persistent: true,
    })
    await two.remove()
    expect((await one.read()).record).toBeUndefined()
  })
})

describe('reading', () => {
  it('knows nothing before the first read', async () => {
    const { open, plant, storage } = createPartition()
    plant(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
    const { store } = open()
    expect(store.view()).toEqual({ attempts: [], storage: 'unread', persistent: true })
    expect(storage.counts.get).toBe(0)
    const view = await store.read()
    expect(view).toMatchObject({ record: liveGrant(), attempts: [attempt()], storage: 'read' })
    expect(store.view()).toBe(view)
  })

  it('finds a grant gone: the store wins over the memory', async () => {
    const { open, plant, storage } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    await store.read()
    storage.values.clear()
    expect((await store.read()).record).toBeUndefined()
  })

  it('takes a damaged entry for none, and writes over it', async () => {
    const { open, plant, stored } = createPartition()
    plant({ version: 1, record: 'rubbish' })
    const { store } = open()
    expect(await store.read()).toEqual({ attempts: [], storage: 'read', persistent: true })
    await store.commit(put(liveGrant()))
    expect(stored()).toEqual(storedEntry({ record: liveGrant() }))
  })

  it('asks the storage once for all who ask at the same time', async () => {
    const { open, storage } = createPartition()
    const { store } = open()
    await Promise.all([store.read(), store.read(), store.current()])
    expect(storage.counts.get).toBe(1)
  })

  it('never overwrites what a later write brought', async () => {
    const { open, storage } = createPartition()
    const { store } = open()
    storage.reads = 'hang'
    const slow = store.read()
    storage.get = async () => undefined
    await store.commit(put(liveGrant()))
    storage.values.clear()
    storage.goOn()
    expect((await slow).record).toEqual(liveGrant())
  })
})

describe('what is in the memory', () => {
  it('is believed for a minute where siblings can tell of changes', async () => {
    const { open, storage, clock } = createPartition()
    const { store } = open()
    await store.current()
    await clock.advance(59_999)
    await store.current()
    expect(storage.counts.get).toBe(1)
    await clock.advance(1)
    await store.current()
    expect(storage.counts.get).toBe(2)
  })

  it('is read again when the page is shown again', async () => {
    const { open, plant } = createPartition()
    const { frame, store } = open()
    await store.read()
    plant(storedEntry({ record: expiredGrant() }))
    frame.wake()
    await settle()
    expect(store.view().record).toEqual(expiredGrant())
  })
})

describe('changing', () => {
  it('is one transaction over what stands there now', async () => {
    const { open, plant, stored } = createPartition()
    const { store } = open()
    await store.read()
    plant(storedEntry({ attempts: [attempt()] }))
    const view = await store.transact(put(liveGrant()))
    expect(view).toMatchObject({ record: liveGrant(), attempts: [attempt()], persistent: true })
    expect(stored()).toEqual(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
  })

  it('tells the sibling frames, without a word of what is in it', async () => {
    const { open, said } = createPartition()
    const [one, two] = [open().store, open().store]
    await one.commit(put(liveGrant()))
    await settle()
    expect(two.view().record).toEqual(liveGrant())
    await one.remove()
    await settle()
    expect(two.view().record).toBeUndefined()
    expect(said.map(({ message }) => message)).toEqual([{ type: 'changed' }, { type: 'changed' }])
    expect(JSON.stringify(said)).not.toMatch(/access-0|refresh-0|verifier/)
  })

  it('tells nobody where nothing changed', async () => {
    const { open, said, plant } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    expect((await store.transact(leave)).record).toEqual(liveGrant())
    expect(said).toEqual([])
  })

  it('makes a sibling read again also if it was just reading', async () => {
    const { open, frame, plant, storage, said } = createPartition()
    const { store } = open()
    const get = storage.get
    let finishFirst: () => void = () => undefined
    storage.get = () => new Promise((resolve) => (finishFirst = () => resolve(undefined)))
    const first = store.read()
    plant(storedEntry({ record: liveGrant() }))
    frame().platform.openChannel(`powerup-oauth:${KEY}`)?.postMessage({ type: 'changed' })
    await settle()
    storage.get = get
    finishFirst()
    await first
    await settle()
    expect(said).toHaveLength(1)
    expect(store.view().record).toEqual(liveGrant())
  })

  it('calls no listener for a read that finds the same content', async () => {
    const { open, plant } = createPartition()
    plant(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
    const { store } = open()
    const view = await store.read()
    const listener = vi.fn()
    store.subscribe(listener)
    expect(await store.read()).toBe(view)
    await store.transact(leave)
    expect(listener).not.toHaveBeenCalled()
  })

  it('calls the listeners at each change, and no more after their undo', async () => {
    const { store } = createPartition().open()
    const listener = vi.fn()
    const stop = store.subscribe(listener)
    await store.read()
    await store.read()
    expect(listener).toHaveBeenCalledTimes(1)
    await store.commit(put(liveGrant()))
    expect(listener).toHaveBeenCalledTimes(2)
    stop()
    await store.remove()
    expect(listener).toHaveBeenCalledTimes(2)
  })
})

describe('a damaged entry', () => {
  const damagedRecord = { version: 1, attempts: [attempt()], record: { ...liveGrant(), status: 'odd' } }
  const damagedAttempt = { version: 1, attempts: [attempt(), null], record: liveGrant() }

  it('shows what is sound of it', async () => {
    const { open, plant } = createPartition()
    plant(damagedAttempt)
    const { store } = open()
    expect(await store.read()).toMatchObject({ record: liveGrant(), attempts: [attempt()], storage: 'read' })
  })

  it('is mended by the next write, whatever that changes', async () => {
    const { open, plant, stored } = createPartition()
    const { store } = open()
    plant(damagedAttempt)
    await store.transact(leave)
    expect(stored()).toEqual(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
  })

  it.each([damagedRecord, damagedAttempt, 'rubbish', { version: 1, record: 7 }])(
    'is removed by a sign-out: %o',
    async (damaged) => {
      const { open, plant, storage } = createPartition()
      plant(damaged)
      await open().store.remove()
      expect(storage.values.size).toBe(0)
    },
  )

  it('is removed by a sign-out that could not be stored at its time', async () => {
    const { open, plant, storage, clock } = createPartition()
    plant(damagedRecord)
    const { store } = open()
    await store.read()
    storage.writes = 'fail'
    await errorOf(store.remove())
    storage.writes = 'work'
    await clock.advance(2_000)
    expect(storage.values.size).toBe(0)
  })
})

describe('removing', () => {
  it('takes record and attempts in one transaction, and gives what was there', async () => {
    const { open, plant, storage } = createPartition()
    plant(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
    const { store } = open()
    expect(await store.remove()).toEqual([liveGrant()])
    expect(storage.counts).toEqual({ get: 0, update: 1 })
    expect(storage.values.size).toBe(0)
    expect(store.view()).toEqual({ attempts: [], storage: 'read', persistent: true })
  })

  it('is seen in this frame at once, and a read that was on its way brings nothing back', async () => {
    const { open, plant, storage } = createPartition()
    plant(storedEntry({ record: liveGrant() }))
    const { store } = open()
    await store.read()
    storage.reads = 'hang'
    const slow = store.read()
    const removed = store.remove()
    expect(store.view().record).toBeUndefined()
    await removed
    storage.goOn()
    expect((await slow).record).toBeUndefined()
  })

  it('settles what is known also where nothing was ever read', async () => {
    const { open } = createPartition()
    const { store } = open()
    const reading = store.read()
    await store.remove()
    expect((await reading).storage).toBe('read')
  })

  it('of nothing gives nothing', async () => {
    const { store } = createPartition().open()
    expect(await store.remove()).toEqual([])
  })
})

describe('an entry of a newer version', () => {
  const newer = { version: 2, secret: 'of the future' }

  it('counts as absent and is left alone', async () => {
    const { open, plant, stored } = createPartition()
    plant(newer)
    const { store } = open()
    expect((await store.read()).record).toBeUndefined()
    const { view } = await store.commit((entry) => ({ ...entry, attempts: [attempt()] }))
    expect(stored()).toEqual(newer)
    expect(view).toMatchObject({ attempts: [attempt()], persistent: false })
    await expect(store.transact(put(expiredGrant()))).rejects.toThrow('newer version')
    expect(stored()).toEqual(newer)
  })

  it('is replaced by a finished sign-in, with what waited for it', async () => {
    const { open, plant, stored } = createPartition()
    plant(newer)
    const { store } = open()
    const { stored: whenStored } = await store.commit((entry) => ({ ...entry, attempts: [attempt()] }))
    const waiting = watch(whenStored)
    await store.commit(put(liveGrant()))
    await settle()
    expect(stored()).toEqual(storedEntry({ record: liveGrant(), attempts: [attempt()] }))
    expect(waiting.status).toBe('resolved')
    expect(store.view().persistent).toBe(true)
  })
})
