// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { openIndexedDb } from '../../../src/grant/indexed-db'
import { createBrowser } from '../support/browser'
import { errorOf, watch } from '../support/outcome'

function open() {
  const { platform } = createBrowser().frame({ indexedDB: () => indexedDB })
  return openIndexedDb(platform)
}

/** The connections that are opened from now on. */
function connections(onOpen: (connection: IDBDatabase) => void = () => undefined) {
  const all: IDBDatabase[] = []
  const { open } = indexedDB
  vi.spyOn(indexedDB, 'open').mockImplementation((...parameters) => {
    const request = open.apply(indexedDB, parameters)
    request.addEventListener('success', () => {
      all.push(request.result)
      onOpen(request.result)
    })
    return request
  })
  return all
}

describe('the IndexedDB of the partition', () => {
  it('opens nothing before its first use, and one connection then', async () => {
    const opened = connections()
    const storage = open()
    expect(indexedDB.open).not.toHaveBeenCalled()
    expect(await storage.get('a')).toBeUndefined()
    await storage.update('a', () => 1)
    expect(await open().get('a')).toBe(1)
    expect(opened).toHaveLength(2)
  })

  it('gives up a database that does not open, and opens it again at the next use', async () => {
    const browser = createBrowser()
    const { platform } = browser.frame({ indexedDB: () => indexedDB })
    const storage = openIndexedDb(platform)
    const hanging = vi.spyOn(indexedDB, 'open').mockReturnValue({} as IDBOpenDBRequest)
    const [read, write] = [errorOf(storage.get('a')), errorOf(storage.update('a', () => 'late'))]
    await browser.clock.advance(2_000)
    expect([await read, await write]).toEqual([expect.any(Error), expect.any(Error)])
    hanging.mockRestore()
    expect(await storage.get('a')).toBeUndefined()
    expect(await storage.update('a', () => 1)).toBe(1)
  })

  it('closes a connection that comes too late', async () => {
    const browser = createBrowser()
    const { platform } = browser.frame({ indexedDB: () => indexedDB })
    const real = { open: indexedDB.open.bind(indexedDB) }
    const request = {} as IDBOpenDBRequest
    vi.spyOn(indexedDB, 'open').mockReturnValueOnce(request)
    const read = errorOf(openIndexedDb(platform).get('a'))
    await browser.clock.advance(2_000)
    expect(await read).toBeInstanceOf(Error)
    const late = await new Promise<IDBDatabase>((resolve) => {
      const opened = real.open('powerup-oauth')
      opened.onsuccess = () => resolve(opened.result)
    })
    const close = vi.spyOn(late, 'close')
    Object.assign(request, { result: late })
    request.onsuccess?.call(request, new Event('success'))
    await vi.waitFor(() => expect(close).toHaveBeenCalled())
  })

  it('reads, changes and deletes by key', async () => {
    const storage = open()
    expect(await storage.update('a', (before) => [before])).toEqual([undefined])
    expect(await storage.update('a', (before) => [before])).toEqual([[undefined]])
    await storage.update('b', () => 'b')
    expect(await storage.keys()).toEqual(['a', 'b'])
    expect(await storage.update('a', () => undefined)).toBeUndefined()
    expect(await storage.keys()).toEqual(['b'])
  })

  it('changes in one transaction: two frames that count together count right', async () => {
    const [one, two] = [open(), open()]
    const count = (value: unknown) => Number(value ?? 0) + 1
    await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? one : two).update('n', count)))
    expect(await one.get('n')).toBe(10)
  })

  it('asks for strict durability in every transaction', async () => {
    const opened = connections()
    const storage = open()
    await storage.get('a')
    const [connection] = opened
    const transaction = vi.spyOn(connection as IDBDatabase, 'transaction')
    await storage.update('a', () => 1)
    expect(transaction.mock.calls).toEqual([['grants', 'readwrite', { durability: 'strict' }]])
  })

  it('writes nothing where the value stays the same', async () => {
    const storage = open()
    await storage.update('a', () => ({ n: 1 }))
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    expect(await storage.update('a', (value) => value)).toEqual({ n: 1 })
    expect(put).not.toHaveBeenCalled()
    put.mockRestore()
  })

  it('rejects with what the change throws, and keeps what was there', async () => {
    const storage = open()
    await storage.update('a', () => 1)
    const failure = new Error('no')
    const rejected = storage.update('a', () => {
      throw failure
    })
    expect(await errorOf(rejected)).toBe(failure)
    expect(await storage.get('a')).toBe(1)
  })

  it('knows no keys but strings', async () => {
    const opened = connections()
    const storage = open()
    await storage.update('a', () => 1)
    await new Promise((resolve) => {
      const transaction = opened[0]?.transaction('grants', 'readwrite')
      transaction?.objectStore('grants').put('not ours', 7)
      transaction?.addEventListener('complete', resolve)
    })
    expect(await storage.keys()).toEqual(['a'])
  })
})

describe('a connection that the browser closes', () => {
  it('is opened again once, within the same call', async () => {
    const opened = connections()
    const storage = open()
    await storage.update('a', () => 1)
    opened[0]?.close()
    expect(await storage.update('a', (value) => [value])).toEqual([1])
    expect(await storage.get('a')).toEqual([1])
    expect(opened).toHaveLength(2)
  })

  it('is not opened again for ever', async () => {
    connections((connection) =>
      vi.spyOn(connection, 'transaction').mockImplementation(() => {
        throw new DOMException('The database connection is closing.', 'InvalidStateError')
      }),
    )
    const error = await errorOf(open().get('a'))
    expect(error).toMatchObject({ name: 'InvalidStateError' })
    expect(indexedDB.open).toHaveBeenCalledTimes(2)
  })

  it('is forgotten when the browser says so, and lets a newer page upgrade', async () => {
    const opened = connections()
    const storage = open()
    await storage.get('a')
    opened[0]?.onclose?.(new Event('close'))
    await storage.get('a')
    expect(opened).toHaveLength(2)
    const upgraded = await new Promise<boolean>((resolve) => {
      const request = indexedDB.open('powerup-oauth', 99)
      request.onblocked = () => resolve(false)
      request.onsuccess = () => resolve(true)
      opened[0]?.close()
    })
    expect(upgraded).toBe(true)
  })
})

describe('a connection that doesn’t answer', () => {
  it('is left after three seconds, and what it does late still counts', async () => {
    const browser = createBrowser()
    const { platform } = browser.frame({ indexedDB: () => indexedDB })
    const opened = connections()
    const storage = openIndexedDb(platform)
    await storage.update('a', () => 1)
    const get = vi.spyOn(IDBObjectStore.prototype, 'get').mockReturnValueOnce({} as IDBRequest)
    const late = watch(storage.get('a'))
    await browser.clock.advance(2_999)
    expect(await storage.get('a')).toBe(1)
    expect(opened).toHaveLength(1)
    await browser.clock.advance(1)
    expect(await storage.get('a')).toBe(1)
    expect(opened).toHaveLength(2)
    Object.assign(get.mock.results[0]?.value, { result: 7 }).onsuccess()
    await vi.waitFor(() => expect(late.value).toBe(7))
    get.mockRestore()
    expect(await storage.get('a')).toBe(1)
    expect(opened).toHaveLength(2)
    expect(browser.clock.timers()).toBe(0)
  })
})

describe('a database that another script opened first', () => {
  const resultOf = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })

  /** What the other script does when it opens the database. */
  async function openElsewhere(version?: number, upgrade: (database: IDBDatabase) => void = () => undefined) {
    const request = indexedDB.open('powerup-oauth', version)
    request.onupgradeneeded = () => upgrade(request.result)
    return resultOf(request)
  }

  it.each<[string, () => Promise<IDBDatabase>]>([
    ['nothing in it', () => openElsewhere()],
    ['a higher version', () => openElsewhere(7)],
    ['other object stores', () => openElsewhere(3, (database) => database.createObjectStore('theirs'))],
    [
      'an object store of our name that has its keys in the values',
      () => openElsewhere(1, (database) => database.createObjectStore('grants', { keyPath: 'id' })),
    ],
    [
      'an object store of our name that makes keys of its own',
      () => openElsewhere(1, (database) => database.createObjectStore('grants', { autoIncrement: true })),
    ],
  ])('with %s is repaired, in every frame at once', async (_case, openFirst) => {
    ;(await openFirst()).close()
    const frames = [open(), open(), open()]
    expect(await Promise.all(frames.map((frame) => frame.get('a')))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    const count = (value: unknown) => Number(value ?? 0) + 1
    await Promise.all(frames.map((frame) => frame.update('n', count)))
    expect(await Promise.all(frames.map((frame) => frame.get('n')))).toEqual([3, 3, 3])
    expect(await open().get('n')).toBe(3)
  })

  it('keeps what that script has put in', async () => {
    const theirs = await openElsewhere(3, (database) => {
      database.createObjectStore('theirs').put('their value', 'their key')
    })
    theirs.close()
    await open().update('a', () => 1)
    const database = await openElsewhere()
    expect(await resultOf(database.transaction('theirs').objectStore('theirs').get('their key'))).toBe(
      'their value',
    )
    database.close()
  })

  it('is repaired as soon as the script lets go of it, and not waited for longer than two seconds', async () => {
    const browser = createBrowser()
    const { platform } = browser.frame({ indexedDB: () => indexedDB })
    const storage = openIndexedDb(platform)
    const theirs = await openElsewhere()
    const blocked = watch(storage.update('a', () => 1))
    await vi.waitFor(() => expect(browser.clock.timers()).toBe(1))
    await browser.clock.advance(2_000)
    await vi.waitFor(() => expect(blocked.status).toBe('rejected'))
    theirs.close()
    expect(await storage.update('a', () => 2)).toBe(2)
    expect(await open().get('a')).toBe(2)
  })

  it('loses no record when that script raises the version while we have it open', async () => {
    const [one, two] = [open(), open()]
    await one.update('a', () => 1)
    await two.get('a')
    ;(await openElsewhere(5, (database) => database.createObjectStore('theirs'))).close()
    expect(await one.get('a')).toBe(1)
    expect(await two.update('a', (value) => [value])).toEqual([1])
    expect(await open().get('a')).toEqual([1])
  })

  it('is made again when somebody deletes it while we have it open', async () => {
    const [one, two] = [open(), open()]
    await one.update('a', () => 1)
    await two.get('a')
    await resultOf(indexedDB.deleteDatabase('powerup-oauth'))
    expect(await two.get('a')).toBeUndefined()
    await one.update('a', () => 2)
    expect(await two.get('a')).toBe(2)
  })

  it('is repaired also if somebody takes our object store away', async () => {
    const storage = open()
    await storage.update('a', () => 1)
    ;(await openElsewhere(9, (database) => database.deleteObjectStore('grants'))).close()
    expect(await storage.get('a')).toBeUndefined()
    await storage.update('a', () => 2)
    expect(await open().get('a')).toBe(2)
  })

  it('is repaired although somebody raises its version between our opening and our repair', async () => {
    ;(await openElsewhere()).close()
    const real = indexedDB.open.bind(indexedDB)
    let isFirst = true
    vi.spyOn(indexedDB, 'open').mockImplementation((name, version) => {
      if (version !== undefined && isFirst) {
        isFirst = false
        real(name, 12).onsuccess = ({ target }) => (target as IDBOpenDBRequest).result.close()
      }
      return real(name, version)
    })
    const storage = open()
    await storage.update('a', () => 1)
    expect(await storage.get('a')).toBe(1)
  })

  it('keeps what another frame has stored between our opening and our repair', async () => {
    ;(await openElsewhere()).close()
    const real = indexedDB.open.bind(indexedDB)
    vi.spyOn(indexedDB, 'open').mockImplementationOnce((name) => {
      const request = real(name)
      request.addEventListener('success', () => {
        // The requests of a database are done in their order.
        indexedDB.deleteDatabase(name)
        const made = real(name, 1)
        made.onupgradeneeded = () => made.result.createObjectStore('grants').put('theirs', 'a')
        made.onsuccess = () => made.result.close()
      })
      return request
    })
    expect(await open().get('a')).toBe('theirs')
  })
})

describe('a disk that is full', () => {
  it('rejects with the error of the transaction, and keeps what was there', async () => {
    const storage = open()
    await storage.update('a', () => 1)
    const full = new DOMException('The disk is full.', 'QuotaExceededError')
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (
      this: IDBObjectStore,
    ) {
      const { transaction } = this
      Object.defineProperty(transaction, 'error', { value: full })
      transaction.abort()
      return {} as IDBRequest<IDBValidKey>
    })
    expect(await errorOf(storage.update('a', () => 2))).toBe(full)
    put.mockRestore()
    expect(await storage.get('a')).toBe(1)
  })

  it('rejects with the error of a write that fails by itself', async () => {
    // Whatever makes a write fail will do: here a second value of the same `n`.
    await new Promise<void>((resolve) => {
      const request = indexedDB.open('powerup-oauth')
      request.onupgradeneeded = () =>
        request.result.createObjectStore('grants').createIndex('by n', 'n', { unique: true })
      request.onsuccess = () => {
        request.result.close()
        resolve()
      }
    })
    const storage = open()
    await storage.update('a', () => ({ n: 1 }))
    expect(await errorOf(storage.update('b', () => ({ n: 1 })))).toMatchObject({ name: 'ConstraintError' })
    expect(await storage.keys()).toEqual(['a'])
  })

  it('rejects for a value that can’t be stored', async () => {
    const storage = open()
    expect(await errorOf(storage.update('a', () => () => undefined))).toMatchObject({
      name: 'DataCloneError',
    })
    expect(await storage.get('a')).toBeUndefined()
  })
})

describe('without an IndexedDB', () => {
  it('every method rejects', async () => {
    const storage = openIndexedDb(createBrowser().frame({ indexedDB: () => undefined }).platform)
    expect(await errorOf(storage.get('a'))).toMatchObject({ message: 'There is no IndexedDB here.' })
    expect(await errorOf(storage.update('a', () => 1))).toBeInstanceOf(Error)
    expect(await errorOf(storage.keys())).toBeInstanceOf(Error)
  })

  it('a refused open rejects, and the next call tries again', async () => {
    const storage = open()
    const refused = vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
      throw new DOMException('Blocked', 'SecurityError')
    })
    expect(await errorOf(storage.get('a'))).toMatchObject({ name: 'SecurityError' })
    expect(await storage.get('a')).toBeUndefined()
    expect(refused).toHaveBeenCalledTimes(2)
  })
})
