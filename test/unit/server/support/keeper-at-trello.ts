import { http, passthrough } from 'msw'
import { afterAll, beforeEach } from 'vitest'
import { type LocalTrello, startLocalTrello } from '../../../../examples/local-trello/local-trello'
import type { KeeperEvent } from '../../../../src/server/events'
import type { GrantStore } from '../../../../src/server/grant-store'
import { createKeeperIn, type Keeper } from '../../../../src/server/keeper'
import { memoryGrants } from '../../../../src/server/memory-grants'
import type { KeeperOptions } from '../../../../src/server/options'
import { serverPlatform } from '../../../../src/server/platform'
import { ask } from '../../examples/local-trello/support/http'
import { consent, type SignInOptions } from '../../examples/local-trello/support/sign-in'
import { server } from '../../support/network'

/** A keeper over memory at the local Trello, and what a frame and its board do. */
export interface KeeperAtTrello {
  trello: LocalTrello
  keeper: Keeper
  store: GrantStore
  events: KeeperEvent[]
  /** The origin of the Power-Up's pages. */
  origin: string
  /** The ids of the first two members. */
  members: readonly [string, string]
  /** The ids of the first two workspaces. */
  workspaces: readonly [string, string]
  /** A ticket of `t.jwt()`, of the first member at the first board unless told otherwise. */
  ticket(context?: { member?: string; board?: string; plugin?: string }): Promise<string>
  /** Sends JSON to the handler, with the ticket and the origin that a frame would send. */
  send(fields: unknown, asked?: Sent): Promise<Response>
  /** Sets the keeper's clock forward for good. That of Trello stays: tickets are 15 minutes old at most. */
  forward(ms: number): void
  /** Goes through consent, and sends the code. */
  connect(asked?: Sent & SignInOptions & { workspaceField?: string }): Promise<Response>
}

export interface Sent {
  ticket?: string | null
  headers?: Record<string, string>
  method?: string
}

async function startKeeperAtTrello(options: Partial<KeeperOptions> = {}): Promise<KeeperAtTrello> {
  const trello = await startLocalTrello({ port: 0, quiet: true })
  const store = options.store ?? memoryGrants()
  const events: KeeperEvent[] = []
  const origin = trello.origins.powerUp
  let aheadMs = 0
  const platform = {
    ...serverPlatform,
    now: () => Date.now() + aheadMs,
    monotonicNow: () => performance.now() + aheadMs,
  }
  const keeper = createKeeperIn(platform, {
    clientId: trello.clientId,
    redirectUri: `${origin}/callback.html`,
    allowedOrigins: [origin],
    powerUpId: trello.powerUpId,
    tokenEndpoint: trello.tokenEndpoint,
    revocationEndpoint: `${trello.apiOrigin}/oauth/revoke`,
    apiOrigins: [trello.apiOrigin],
    store,
    onEvent: (event) => void events.push(event),
    ...options,
  })
  const [one, two] = [trello.members, trello.workspaces]

  const ticket: KeeperAtTrello['ticket'] = async (context) => {
    const usual = { member: one[0].id, board: trello.boards[0].id, plugin: trello.powerUpId }
    const { json } = await ask(trello, `${trello.origins.trello}/t`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'jwt', args: {}, context: { ...usual, ...context } }),
    })
    return String(json.result)
  }

  const send: KeeperAtTrello['send'] = async (fields, asked = {}) => {
    const text = asked.ticket === undefined ? await ticket() : asked.ticket
    const { method = 'POST' } = asked
    const request = new Request('https://keeper.example/token', {
      method,
      headers: {
        origin,
        'content-type': 'application/json',
        ...(text !== null && { authorization: `Bearer ${text}` }),
        ...asked.headers,
      },
      ...(method === 'POST' && { body: typeof fields === 'string' ? fields : JSON.stringify(fields) }),
    })
    return keeper.handler(request)
  }

  return {
    trello,
    keeper,
    store,
    events,
    origin,
    members: [one[0].id, one[1]?.id ?? ''],
    workspaces: [two[0].id, two[1]?.id ?? ''],
    ticket,
    send,
    forward: (ms) => {
      aheadMs += ms
    },
    connect: async ({ workspaceField = two[0].id, ...asked } = {}) => {
      const { code, verifier } = await consent(trello, asked)
      const fields = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        workspace: workspaceField,
      }
      return send(fields, asked)
    },
  }
}

/** Starts one for the tests of a file, each of which finds its switches as they come. */
export async function keeperAtTrello(options?: Partial<KeeperOptions>): Promise<KeeperAtTrello> {
  const at = await startKeeperAtTrello(options)
  beforeEach(() => {
    allowLoopback()
    at.trello.switches.reset()
  })
  afterAll(() => at.trello.close())
  return at
}

/** Lets requests to this machine through, past the network of the tests. For a `beforeEach`. */
export function allowLoopback(): void {
  server.use(http.all(/^http:..127\.0\.0\.1:/, () => passthrough()))
}
