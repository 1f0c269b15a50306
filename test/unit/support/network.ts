import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { network, noteUnanswered } from '../setup'

/** Tests add their handlers with `server.use(...)`; a request that no handler answers fails the test that sent it. */
export const server = setupServer()

beforeAll(() => {
  globalThis.fetch = network
  server.listen({
    onUnhandledRequest(request, print) {
      noteUnanswered(`${request.method} ${request.url}`)
      print.error()
    },
  })
})

afterEach(() => server.resetHandlers())

afterAll(() => server.close())
