import { promisifyRequest, type UseStore } from 'idb-keyval'
import { within } from '../base/async'
import { STORAGE_OPEN_MS } from '../base/durations'
import { fieldsOf } from '../base/fields'
import type { Platform } from '../base/platform'
import type { KeyValueStore } from './key-value-store'

const DATABASE = 'powerup-oauth'
const OBJECT_STORE = 'grants'

/** The IndexedDB of this frame's partition. Opened at the first use; a connection that broke is opened anew once. */
export function openIndexedDb(platform: Platform): KeyValueStore {
  let connection: Promise<IDBDatabase> | undefined

  const connect = () => {
    connection ??= openDatabase(platform, () => {
      connection = undefined
    })
    return connection
  }
  const useStore: UseStore = async (mode, work) => {
    const begin = async () => work(objectStore(await connect(), mode))
    try {
      return await begin()
    } catch (error) {
      if (!isBrokenConnection(error)) throw error
      connection = undefined
      return begin()
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

function openDatabase(platform: Platform, forget: () => void): Promise<IDBDatabase> {
  const factory = platform.indexedDB()
  if (!factory) return Promise.reject(new Error('There is no IndexedDB here.'))
  const request = factory.open(DATABASE)
  request.onupgradeneeded = () => request.result.createObjectStore(OBJECT_STORE)
  let isGivenUp = false
  const opened = promisifyRequest(request).then((database) => {
    if (isGivenUp) database.close()
    // Safari closes connections by itself; a newer page that upgrades the database waits for the older to let go.
    database.onclose = forget
    database.onversionchange = () => {
      database.close()
      forget()
    }
    return database
  })
  opened.catch(forget)
  return within(platform, STORAGE_OPEN_MS, opened, () => {
    isGivenUp = true
    forget()
    throw new Error('The database did not open in time.')
  })
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
    const request = store.get(key)
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      try {
        const before: unknown = request.result
        const after = change(before)
        if (after === undefined) store.delete(key)
        else if (after !== before) store.put(after, key)
        promisifyRequest(store.transaction).then(() => resolve(after), reject)
      } catch (error) {
        reject(error)
      }
    }
  })
}

/** "The database connection is closing", "Connection to Indexed Database server lost": a new one may do. */
function isBrokenConnection(error: unknown): boolean {
  const { name } = fieldsOf(error)
  return name === 'InvalidStateError' || name === 'UnknownError' || name === 'AbortError'
}
