import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

/** Tests add their handlers with `server.use(...)`; a request that no handler answers fails the test that sent it. */
export const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})
