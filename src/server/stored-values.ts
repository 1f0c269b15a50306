import { delay, within } from '../base/async'
import { KEEPER_SWAP_PAUSE_MS, KEEPER_SWAPS_MAX, STORAGE_WRITE_MS } from '../base/durations'
import { fieldsOf } from '../base/fields'
import type { Platform } from '../base/platform'
import type { KeyValueStore } from '../grant/key-value-store'
import type { GrantStore, GrantVersion, StoredGrant } from './grant-store'
import type { Seal } from './seal'

/**
 * Makes a store of values out of a store of texts: a change is read, computed, and written if nobody else has written
 * meanwhile. Reads and changes of one key keep the order in which they were begun, as transactions do.
 */
export function openStoredValues(
  platform: Platform,
  store: GrantStore,
  seal: Seal | undefined,
): KeyValueStore {
  const inOrder = createOrder(platform)

  async function read(key: string): Promise<StoredGrant | undefined> {
    const found: unknown = await store.get(key)
    if (found === undefined || found === null) return undefined
    const { value, version } = fieldsOf(found)
    const isVersion = typeof version === 'string' || typeof version === 'number'
    if (typeof value === 'string' && isVersion) return { value, version }
    throw new Error('The store answered get() with something that has no text and version.')
  }

  async function update(key: string, change: (value: unknown) => unknown): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      const found = await read(key)
      const before = found && (await readable(key, found.value))
      const after = change(before?.value)
      if (after === before?.value) {
        if (before?.obstacle) throw before.obstacle
        return after
      }
      const text = after === undefined ? undefined : await textOf(key, after, seal)
      if (await isSwapped(key, found?.version, text)) return after
      if (tries === KEEPER_SWAPS_MAX) throw new Error('Others write to this key all the time.')
      await delay(platform, platform.random() * Math.min(2 ** tries, KEEPER_SWAP_PAUSE_MS))
    }
  }

  /** Gives a text that can't be opened as one of a newer version: only a new grant may replace it. */
  async function readable(key: string, text: string): Promise<{ value: unknown; obstacle?: Error }> {
    try {
      return { value: await contentOf(key, text, seal) }
    } catch (cause) {
      const obstacle =
        cause instanceof Error ? cause : new Error('The stored text could not be opened.', { cause })
      return { value: { version: Infinity }, obstacle }
    }
  }

  async function isSwapped(
    key: string,
    version: GrantVersion | undefined,
    text: string | undefined,
  ): Promise<boolean> {
    const isDone: unknown = await store.compareAndSwap(key, version, text)
    if (typeof isDone === 'boolean') return isDone
    throw new Error('The store answered compareAndSwap() with neither true nor false.')
  }

  return {
    get: (key) =>
      inOrder(key, async () => {
        const found = await read(key)
        return found && contentOf(key, found.value, seal)
      }),
    update: (key, change) => inOrder(key, () => update(key, change)),
    keys: async () => {
      const keys: unknown = await store.keys()
      if (Array.isArray(keys)) return keys.filter((key) => typeof key === 'string')
      throw new Error('The store answered keys() with something that is no list.')
    },
  }
}

/** Runs the work of each key in the order of the calls. Work that hangs holds the others up for a bounded time. */
function createOrder(platform: Platform): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const before = last.get(key)
    const done = before ? before.then(work) : work()
    const passed: Promise<unknown> = within<unknown>(platform, STORAGE_WRITE_MS, done, () => undefined)
      .catch(() => undefined)
      .finally(() => {
        if (last.get(key) === passed) last.delete(key)
      })
    last.set(key, passed)
    return done
  }
}

const SEALED = 'sealed:'

/** The key is sealed in: a text that is put under another key opens there to nothing. */
async function textOf(key: string, value: unknown, seal: Seal | undefined): Promise<string> {
  if (!seal) return JSON.stringify(value)
  const sealed: unknown = await seal.seal(JSON.stringify([key, value]))
  if (typeof sealed !== 'string') throw new Error('seal() gave no text.')
  return SEALED + sealed
}

/** Reads a text. A damaged one gives a value that is no entry. @throws where only a person can tell what it is */
async function contentOf(key: string, text: string, seal: Seal | undefined): Promise<unknown> {
  const isSealed = text.startsWith(SEALED)
  if (isSealed && !seal) throw new Error('The stored text is sealed, and this keeper has no `seal`.')
  if (!isSealed && seal) throw new Error('The stored text is not sealed, and this keeper has a `seal`.')
  if (!seal) return parsed(text)
  const opened: unknown = await seal.open(text.slice(SEALED.length))
  const content = parsed(String(opened))
  if (Array.isArray(content) && content[0] === key) return content[1]
  throw new Error('The stored text was sealed for another key.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
