import { within } from '../../base/async'
import { LEGACY_READ_MS } from '../../base/durations'
import { browserPlatform } from '../../base/platform'
import type { TrelloFrame } from '../../base/trello'
import type { Client } from '../../client/client'
import { withLegacyToken } from './legacy-client'
import type { LegacyToken } from './legacy-token'

/** The client, and more, that all `t` of one workspace and member share. */
export interface Connection<T> {
  /** The `t` that came last: Trello refuses that of a board which is shown no more. */
  newest: T
  /** The client of this workspace and member. */
  client: Client
  /** The old token's place. `undefined` without `legacy`. */
  token?: LegacyToken | undefined
}

/**
 * Makes a function that finds the connection of a `t`. There is one for each workspace and member, however many `t` a board
 * brings. The function returns `undefined` where the `t` is missing or out of date.
 */
export function connections<T extends TrelloFrame>(
  makeClient: (t: T) => Client,
  makeToken: (t: T) => LegacyToken | undefined,
): (t: T | undefined) => Connection<T> | undefined {
  const made = new Map<string, Connection<T>>()

  function connect(first: T): Connection<T> {
    const current = { newest: first }
    const t: T = new Proxy(Object.create(null), {
      get: (_empty, name) => memberOf(current.newest, name),
    })
    const client = makeClient(t)
    const token = makeToken(t)
    return Object.assign(current, { client: token ? withLegacyToken(client, token) : client, token })
  }

  return (t) => {
    const key = contextKey(t)
    if (t === undefined || key === undefined) return undefined
    const connection = made.get(key) ?? connect(t)
    connection.newest = t
    made.set(key, connection)
    return connection
  }
}

/** Tells whether calls can be made, with a grant or with an old token. */
export async function isServed({ client }: Connection<unknown>): Promise<boolean> {
  const state = await client.readState()
  return state.status === 'authorized' || (state.status === 'notAuthorized' && state.legacy === true)
}

/** Gets a token. Never rejects, for old code has no handler here: the client's state and events say what is wrong. */
export async function tokenOf({ client, token }: Connection<unknown>): Promise<string | undefined> {
  try {
    return await client.getAccessToken()
  } catch {
    const state = await client.readState()
    if (state.status !== 'notAuthorized' || !state.legacy || !token) return undefined
    return (await within(browserPlatform, LEGACY_READ_MS, token.read(), () => null)) ?? undefined
  }
}

function memberOf(t: object, name: PropertyKey): unknown {
  const member: unknown = Reflect.get(t, name)
  return typeof member === 'function' ? member.bind(t) : member
}

function contextKey(t: TrelloFrame | undefined): string | undefined {
  try {
    const context = t?.getContext()
    return context ? JSON.stringify([context.organization, context.member]) : undefined
  } catch {
    return undefined // of a t that is out of date
  }
}
