import { promisifyRequest } from 'idb-keyval'
import { noValue, within } from '../base/async'
import { STORAGE_OPEN_MS, STORAGE_WRITE_MS } from '../base/durations'
import { fieldsOf } from '../base/fields'
import { type Platform, unref } from '../base/platform'
import type { KeyValueStore } from './key-value-store'

const DATABASE = 'powerup-oauth'
const OBJECT_STORE = 'grants'

/**
 * Gives the IndexedDB of this frame's partition. It is opened at the first use. A connection that broke is opened again
 * once, within the same call. One that doesn't answer is left: the next call opens another.
 */
export function openIndexedDb(platform: Platform): KeyValueStore {
  let connection: Promise<IDBDatabase> | undefined

  function connect(): Promise<IDBDatabase> {
    if (connection) return connection
    const opening = openDatabase(platform)
    const leaveThis = () => leave(opening)
    opening.then((database) => {
      // Safari closes connections by itself; a newer page that upgrades the database waits for the older to let go.
      database.onclose = database.onversionchange = leaveThis
    }, leaveThis)
    connection = opening
    return opening
  }

  function leave(opened: Promise<IDBDatabase>): void {
    if (connection === opened) connection = undefined
    opened.then((database) => database.close(), noValue)
  }

  async function inTransaction<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => Promise<T>,
  ): Promise<T> {
    const opened = connect()
    const database = await opened
    // What it does late still counts.
    const timer = platform.setTimeout(() => leave(opened), STORAGE_WRITE_MS)
    unref(timer)
    try {
      return await work(objectStore(database, mode))
    } catch (error) {
      if (isConnectionError(error)) leave(opened)
      throw error
    } finally {
      platform.clearTimeout(timer)
    }
  }

  async function useStore<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => Promise<T>,
  ): Promise<T> {
    try {
      return await inTransaction(mode, work)
    } catch (error) {
      if (!isConnectionError(error)) throw error
      return inTransaction(mode, work)
    }
  }

  return {
    get: (key) => useStore('readonly', (store) => promisifyRequest<unknown>(store.get(key))),
    update: (key, change) => useStore('readwrite', (store) => updateValue(store, key, change)),
    keys: async () => {
      const keys = await useStore('readonly', (store) => promisifyRequest(store.getAllKeys()))
      return keys.filter((key) => typeof key === 'string')
    },
  }
}

/** Opens the database in bounded time. One that comes later is closed. */
async function openDatabase(platform: Platform): Promise<IDBDatabase> {
  const factory = platform.indexedDB()
  if (!factory) throw new Error('There is no IndexedDB here.')
  const opened = openUsable(factory)
  return within(platform, STORAGE_OPEN_MS, opened, () => {
    opened.then((database) => database.close(), noValue)
    throw new Error('The database did not open in time.')
  })
}

/**
 * Opens the database, and repairs one that is useless. A script that opens it before us leaves it without the object
 * store, and only a higher version can bring one.
 */
async function openUsable(factory: IDBFactory): Promise<IDBDatabase> {
  const database = await openVersion(factory)
  const isThere = database.objectStoreNames.contains(OBJECT_STORE)
  if (isThere && takesKeys(objectStore(database, 'readonly'))) return database
  database.close()
  return openVersion(factory, database.version + 1)
}

/**
 * Opens the database, and gives it an object store where that is missing.
 * @param version left out: the one that there is
 */
function openVersion(factory: IDBFactory, version?: number): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, version)
  request.onupgradeneeded = () => {
    const { result: database, transaction } = request
    const isThere = database.objectStoreNames.contains(OBJECT_STORE)
    if (isThere && takesKeys(transaction?.objectStore(OBJECT_STORE))) return
    if (isThere) database.deleteObjectStore(OBJECT_STORE)
    database.createObjectStore(OBJECT_STORE)
  }
  return promisifyRequest(request)
}

/** Tells an object store of ours: the keys are beside the values and not in them. */
function takesKeys(store: IDBObjectStore | undefined): boolean {
  return store?.keyPath === null
}

function objectStore(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction(OBJECT_STORE, mode, { durability: 'strict' }).objectStore(OBJECT_STORE)
}
function updateValue(
  store: IDBObjectStore,
  key: string,
  change: (value: unknown) => unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { transaction } = store
    const request = store.get(key)
    request.onerror = () => reject(request.error)
    // Not onerror: when a write fails, the transaction learns of the error only afterwards.
    transaction.onabort = () => reject(transaction.error)
    request.onsuccess = () => {
      try {
        const before: unknown = request.result
        const after = change(before)
        if (after === undefined) store.delete(key)
        else if (after !== before) store.put(after, key)
        transaction.oncomplete = () => resolve(after)
      } catch (error) {
        reject(error)
      }
    }
  })
}

/**
 * Tells errors for which a new connection may help: "The database connection is closing", "Connection to Indexed Database
 * server lost", and what another script did to the database between its opening and its use.
 */
function isConnectionError(error: unknown): boolean {
  const { name } = fieldsOf(error)
  return typeof name === 'string' && CONNECTION_ERRORS.includes(name)
}

const CONNECTION_ERRORS: readonly string[] = [
  'InvalidStateError',
  'UnknownError',
  'AbortError',
  'NotFoundError',
  'VersionError',
]
