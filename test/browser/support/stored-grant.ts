import type { Frame } from './driver'

/** The frame's entry in the store of grants, as the library wrote it; `undefined` where there is none. */
export function readEntry(frame: Frame): Promise<StoredEntry | undefined> {
  return frame.evaluate(useEntry)
}

/** Puts an entry into the store, as if an earlier visit had left it, and lets the client see it. */
export async function writeEntry(frame: Frame, entry: StoredEntry): Promise<void> {
  await frame.evaluate(useEntry, entry)
  await frame.evaluate('client.readState()')
}

export interface StoredEntry {
  version: number
  attempts: readonly { state: string; openedAt?: number; url: string }[]
  record?: Grant
}

export type Grant = Record<string, unknown>

/** Runs in the page: the grant of the client that the page's own address describes. */
async function useEntry(written?: StoredEntry): Promise<StoredEntry | undefined> {
  const { context, options } = JSON.parse(new URLSearchParams(location.search).get('setup') ?? '')
  const { authorizationEndpoint, clientId } = options
  const key = JSON.stringify([
    authorizationEndpoint,
    clientId,
    context.member ?? null,
    context.organization ?? null,
  ])
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('powerup-oauth')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction('grants', 'readwrite')
      const grants = transaction.objectStore('grants')
      if (written !== undefined) grants.put(written, key)
      const reading = grants.get(key)
      transaction.onerror = () => reject(transaction.error)
      transaction.oncomplete = () => {
        database.close()
        resolve(reading.result)
      }
    }
  })
}
