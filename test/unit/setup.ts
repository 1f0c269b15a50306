import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'

// No test waits for real time; but a busy machine needs its own to load modules and to compute, above all beside browsers.
vi.setConfig({ testTimeout: 120_000 })

/** Tests add their handlers with `server.use(...)`; a request that no handler answers fails the test that sent it. */
export const server = setupServer()

let unhandled: string[] = []

beforeAll(() =>
  server.listen({
    onUnhandledRequest(request, print) {
      unhandled.push(`${request.method} ${request.url}`)
      print.error()
    },
  }),
)

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  unhandled = []
})

afterEach(() => {
  server.resetHandlers()
  // The code under test may swallow the failed fetch, the test may not.
  if (unhandled.length > 0) throw new Error(`Nothing answers ${unhandled.join(', ')}`)
})

afterAll(() => server.close())
