import { onlyWay } from '../../../src/token-endpoint/ways'
// Loaded on demand; here already, so that no test waits for real time.
import '../../../src/api/refusal'
import { type BearerFetch, createBearerFetch } from '../../../src/api/bearer-fetch'
import type { ClientEvent } from '../../../src/base/events'
import type { Platform } from '../../../src/base/platform'
import type { Frame } from '../../../src/grant/frame'
import type { LiveGrant } from '../../../src/grant/grant'
import { createLocks } from '../../../src/grant/lock'
import { accessToken, type TokenClient } from '../../../src/token/access-token'
import { createRefresh } from '../../../src/token/refresh'
import { liveGrant, storedEntry } from './grants'
import { createPartition, KEY, type Partition } from './store'
import { type ScriptedEndpoint, scriptedEndpoint, tokens } from './token-endpoint'

export interface SentRequest {
  request: Request
  method: string
  url: string
  authorization: string | null
  headers: Headers
  body: string
}

export interface BearerFetchSetUp extends Partition {
  caller: Frame
  fetch: BearerFetch
  /** The bearer fetch of another client of the same page. */
  besides(): BearerFetch
  endpoint: ScriptedEndpoint
  events: ClientEvent[]
  /** What was handed to the platform's fetch. */
  sent: SentRequest[]
}

/** A bearer fetch over a real refresh and a grant in the storage, with a token endpoint that numbers its tokens. */
export async function bearerFetch(
  options: {
    record?: LiveGrant | undefined
    apiOrigins?: readonly [string, ...string[]]
    /** Answers in place of the mocked network. */
    answer?: (authorization: string | null, path: string) => Response | Promise<Response>
  } = {},
): Promise<BearerFetchSetUp> {
  const partition = createPartition()
  const record = 'record' in options ? options.record : liveGrant()
  partition.plant(storedEntry({ ...(record && { record }) }))
  const sent: BearerFetchSetUp['sent'] = []
  const events: ClientEvent[] = []
  const send: Platform['fetch'] = async (input: string | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const authorization = request.headers.get('authorization')
    sent.push({
      request,
      method: request.method,
      url: request.url,
      authorization,
      headers: request.headers,
      body: await request.clone().text(),
    })
    return options.answer ? options.answer(authorization, new URL(request.url).pathname) : fetch(request)
  }
  const { platform, store } = partition.open({ fetch: send })
  const endpoint = scriptedEndpoint()
  endpoint.refresh = async (request) => {
    endpoint.refreshes.push(request)
    return endpoint.answers.shift() ?? tokens(endpoint.refreshes.length)
  }
  const emit = (event: ClientEvent) => events.push(event)
  const refresh = createRefresh({ platform, store }, createLocks(platform), KEY)
  const client = {
    clientId: 'client-1',
    ways: onlyWay(endpoint),
    emit: () => undefined,
    revoke: () => undefined,
  }
  const caller = { platform, store }
  const loadFlow: TokenClient['loadFlow'] = async () => ({
    refresh: (need) => refresh.accessToken(client, need),
    checkMember: async () => undefined,
  })

  function besides(): BearerFetch {
    return createBearerFetch(caller, {
      view: store.view,
      apiOrigins: options.apiOrigins ?? ['https://api.trello.com'],
      accessToken: (need) => accessToken(caller, { member: undefined, loadFlow, emit: client.emit }, need),
      emit,
    })
  }

  return { ...partition, caller, fetch: besides(), besides, endpoint, events, sent }
}
