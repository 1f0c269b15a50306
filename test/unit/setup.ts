import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, vi } from 'vitest'

// No test waits for real time; but a busy machine needs its own to load modules and to compute, above all beside browsers.
vi.setConfig({ testTimeout: 120_000 })

/** The network of this machine. */
export const network = globalThis.fetch

let unanswered: string[] = []

/** Notes a request that nobody answers. It fails the test that sent it: the code under test may swallow a failed fetch. */
export function noteUnanswered(request: string): void {
  unanswered.push(request)
}

// Most files send nothing. Those that do have a network of their own (network.ts), which takes its time to load.
globalThis.fetch = async (input, init) => {
  const { method, url } =
    input instanceof Request ? input : { method: init?.method ?? 'GET', url: String(input) }
  noteUnanswered(`${method} ${url}`)
  throw new TypeError('Nothing answers here')
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  unanswered = []
})

afterEach(() => {
  if (unanswered.length > 0) throw new Error(`Nothing answers ${unanswered.join(', ')}`)
})
