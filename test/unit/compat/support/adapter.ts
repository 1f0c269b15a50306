import type { Adapter } from '../../../../src/compat/requests/bearer'
import { keyedApi } from '../../../../src/compat/requests/keyed-request'
import {
  type AuthState,
  type Client,
  ConfigurationError,
  NotAuthorizedError,
  TokenExpiredError,
} from '../../../../src/index'
import { APP_KEY } from './rest-api'

export interface AdapterSetUp {
  adapter: Adapter
  /** What the client's `fetch` was called with. */
  sent: { url: string; init: RequestInit }[]
  state: AuthState
  /** What is read, if that is something else by now. */
  keptState: AuthState | undefined
  /** What a call at the client rejects with, if set. */
  failure: unknown
}

/** A client whose state a test sets, with the two errors that a call at a real one gives for it. */
export function adapterSetUp(): AdapterSetUp {
  const setUp: AdapterSetUp = {
    adapter: {
      api: keyedApi(APP_KEY, ['https://api.trello.com']),
      currentClient: () => client as Client,
      isOn: () => true,
    },
    sent: [],
    state: { status: 'authorized', scopes: [], missingScopes: [], persistent: true },
    keptState: undefined,
    failure: undefined,
  }
  const check = () => {
    if (setUp.failure) throw setUp.failure
    if (setUp.state.status === 'notAuthorized') throw new NotAuthorizedError()
    if (setUp.state.status === 'tokenExpired') throw new TokenExpiredError('revoked')
  }
  const client: Partial<Client> = {
    get state() {
      return setUp.state
    },
    readState: async () => {
      await Promise.resolve()
      return setUp.keptState ?? setUp.state
    },
    getAccessToken: async () => {
      check()
      return 'access-1'
    },
    fetch: async (input, init = {}) => {
      if (!String(input).startsWith('https://api.trello.com/')) {
        throw new ConfigurationError('untrustedUrl', 'The bearer does not go there.')
      }
      init.signal?.throwIfAborted()
      check()
      setUp.sent.push({ url: String(input), init })
      return new Response('from the client')
    },
  }
  return setUp
}
