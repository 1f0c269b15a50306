// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'
import { openIndexedDb } from '../../../src/grant/indexed-db'
import { createBrowser } from '../support/browser'
import { errorOf } from '../support/outcome'

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

  it('gives up a database that does not open, and opens it anew at the next use', async () => {
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
  it('is opened anew once, within the same call', async () => {
    const opened = connections()
    const storage = open()
    await storage.update('a', () => 1)
    opened[0]?.close()
    expect(await storage.update('a', (value) => [value])).toEqual([1])
    expect(await storage.get('a')).toEqual([1])
    expect(opened).toHaveLength(2)
  })

  it('is not opened anew for ever', async () => {
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
