import { STORAGE_WRITE_MS } from '../../../../src/base/durations'
import type { KeyValueStore } from '../../../../src/grant/key-value-store'
import type { GrantStore } from '../../../../src/server/grant-store'
import type { Clock, Life } from './clock'

/** What may befall one transaction of a page. */
export type StorageFault =
  /** Rejects, and nothing was done. */
  | 'fails'
  /** The change was computed, but its transaction aborted. */
  | 'commitFails'
  /** Neither done nor answered, ever. */
  | 'hangs'
  /** Done much later. */
  | 'late'
  /** Done, and never answered. */
  | 'answerLost'
  /** Done at once, and answered much later. */
  | 'answerLate'

/** What may befall all transactions of all pages, until it ends: the disk is full, reads hang, nothing works. */
export type StorageOutage = 'diskFull' | 'readsHang' | 'everythingFails'

/** The key-value storage of one partition. A transaction is one step; telling its page is another. */
export interface Storage {
  open(life: Life): KeyValueStore
  /** The same as a store of texts that a process asks over a network: requests overtake each other. */
  openTexts(life: Life, clientId: string): GrantStore
  /** The next read or write of that page meets this. */
  disturbNext(life: Life, kind: 'read' | 'write', fault: StorageFault): void
  /** From now on every transaction meets this; `undefined` ends it. */
  disturbAll(outage: StorageOutage | undefined): void
  /** Tells whether that page has given up a write that is done, and has not heard of it since. */
  isUnsure(life: Life): boolean
  peek(key: string): unknown
  put(key: string, value: unknown): void
  /** From now on all goes well. */
  heal(): void
}

interface Write {
  readonly life: Life
  readonly begunAt: number
  isDone: boolean
  isAnswered: boolean
}

export type StorageWatch = (life: Life, before: unknown, after: unknown) => void

const LATE_MS = 5_000

export function createStorage(clock: Clock, watch: StorageWatch, onFault: () => void): Storage {
  const values = new Map<string, unknown>()
  /** The number of writes so far, and which of them each value came by. */
  let written = 0
  const versions = new Map<string, number>()
  const writes: Write[] = []
  const disturbances: { life: Life; kind: 'read' | 'write'; fault: StorageFault }[] = []
  let outage: StorageOutage | undefined

  function faultOf(life: Life, kind: 'read' | 'write'): StorageFault | undefined {
    const index = disturbances.findIndex((item) => item.life === life && item.kind === kind)
    const fault = index < 0 ? faultInOutage(kind) : disturbances.splice(index, 1)[0]?.fault
    if (fault !== undefined) onFault()
    return fault
  }

  function faultInOutage(kind: 'read' | 'write'): StorageFault | undefined {
    if (outage === 'diskFull' && kind === 'write') return 'commitFails'
    if (outage === 'readsHang' && kind === 'read') return 'hangs'
    return outage === 'everythingFails' ? 'fails' : undefined
  }

  function put(key: string, value: unknown): void {
    if (value === undefined) values.delete(key)
    else values.set(key, structuredClone(value))
    if (value === undefined) versions.delete(key)
    else versions.set(key, ++written)
  }

  function transactionsOf(life: Life, isInOrder: boolean) {
    // As in IndexedDB, the transactions of a page run in the order in which they were begun, and each page hears of one
    // before the next runs its code.
    const queue: (() => void)[] = []
    let isBusy = false

    function pump(): void {
      const begin = isBusy && isInOrder ? undefined : queue.shift()
      if (!begin) return
      isBusy = true
      begin()
    }

    function next(): void {
      isBusy = false
      pump()
    }

    function transaction<T>(kind: 'read' | 'write', work: () => { result: T; commit(): void }): Promise<T> {
      const fault = faultOf(life, kind)
      const write: Write = { life, begunAt: clock.elapsed(), isDone: false, isAnswered: false }
      writes.push(write)
      return new Promise((resolve, reject) => {
        const answer = (action: () => void) => {
          if (fault === 'answerLost') return next()
          if (fault === 'answerLate') next()
          clock.plan(fault === 'answerLate' ? LATE_MS : clock.latency(), life, `${kind} answered`, () => {
            write.isAnswered = true
            action()
            if (fault !== 'answerLate') next()
          })
        }
        const run = () => {
          if (fault === 'fails') return answer(() => reject(new Error('simulated: the storage failed')))
          const { result, commit } = work()
          if (fault === 'commitFails') {
            return answer(() => reject(new Error('simulated: the transaction aborted')))
          }
          commit()
          write.isDone = kind === 'write'
          answer(() => resolve(result))
        }
        if (fault === 'hangs') return
        // A change is computed by the page itself; a read needs it only for the answer. A database needs nobody.
        const owner = kind === 'write' && isInOrder ? life : undefined
        queue.push(() => clock.plan(fault === 'late' ? LATE_MS : clock.latency(), owner, kind, run))
        pump()
      })
    }

    return transaction
  }

  function openTexts(life: Life, clientId: string): GrantStore {
    const transaction = transactionsOf(life, false)
    const nothing = () => undefined
    return {
      get: (key) =>
        transaction('read', () => {
          const version = versions.get(key)
          const result =
            version === undefined
              ? undefined
              : { value: JSON.stringify({ clients: { [clientId]: values.get(key) } }), version }
          return { result, commit: nothing }
        }),
      keys: () => transaction('read', () => ({ result: [...values.keys()], commit: nothing })),
      compareAndSwap: (key, version, text) =>
        transaction('write', () => {
          if (versions.get(key) !== version) return { result: false, commit: nothing }
          const before = values.get(key)
          const after: unknown = text === undefined ? undefined : JSON.parse(text).clients[clientId]
          const commit = () => {
            put(key, after)
            watch(life, before, after)
          }
          return { result: true, commit }
        }),
    }
  }

  function open(life: Life): KeyValueStore {
    const transaction = transactionsOf(life, true)
    return {
      get: (key) =>
        transaction('read', () => ({ result: structuredClone(values.get(key)), commit: () => undefined })),
      keys: () => transaction('read', () => ({ result: [...values.keys()], commit: () => undefined })),
      update: (key, change) =>
        transaction('write', () => {
          const before = values.get(key)
          const given = structuredClone(before)
          const after = change(given)
          const commit = () => {
            if (after === given) return
            put(key, after)
            watch(life, before, after)
          }
          return { result: after, commit }
        }),
    }
  }

  return {
    open,
    openTexts,
    disturbNext: (life, kind, fault) => disturbances.push({ life, kind, fault }),
    disturbAll: (now) => {
      outage = now
    },
    isUnsure: (life) =>
      writes.some(
        ({ life: writer, isDone, begunAt, isAnswered }) =>
          writer === life && isDone && !isAnswered && clock.elapsed() - begunAt >= STORAGE_WRITE_MS,
      ),
    peek: (key) => values.get(key),
    put,
    heal: () => {
      disturbances.length = 0
      outage = undefined
    },
  }
}
