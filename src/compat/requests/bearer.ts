import { isPowerUpOAuthError } from '../../base/error-guard'
import type { Client } from '../../client/client'
import type { KeyedApi } from './keyed-request'

/** The state that the adapted `fetch` and `XMLHttpRequest` share. */
export interface Adapter {
  /** The requests to look for, and the origins that they may go to. */
  api: KeyedApi
  /** The client whose grant a request is sent with. */
  currentClient(): Client | undefined
  /** `false` after the undo. */
  isOn(): boolean
}

/** The credentials that a request goes out with. */
export type Credentials =
  /** There is a grant. The request goes out with a Bearer header. */
  | {
      kind: 'bearer'
      /** An access token that is good now. */
      token: string
    }
  /** There is no grant. The request goes out without a header, and gets the 401 that old code expects. */
  | { kind: 'none' }
  /** An old token still serves. The request goes out as it is. */
  | { kind: 'legacy' }

/**
 * Decides what a request to `url` goes out with.
 * @throws ConfigurationError where `client.fetch` would refuse the address
 * @throws TokenEndpointError where there is a grant and no token at the moment
 */
export async function credentialsFor(url: string, client: Client | undefined): Promise<Credentials> {
  if (client === undefined) return { kind: 'none' }
  const state = await client.readState()
  if (state.status === 'notAuthorized' && state.legacy) return { kind: 'legacy' }
  await refuseUntrusted(url, client)
  try {
    return { kind: 'bearer', token: await client.getAccessToken() }
  } catch (error) {
    if (isWithoutGrant(error)) return { kind: 'none' }
    throw error
  }
}

const judgements = /* @__PURE__ */ new WeakMap<Client, Promise<unknown>>()

/** Gets a token other than the refused one. `undefined` where that one is not at fault, or the grant has ended. */
export async function renewedToken(client: Client, refused: string): Promise<string | undefined> {
  try {
    const known = await client.getAccessToken()
    if (known !== refused) return known
    await judged(client)
    const token = await client.getAccessToken()
    return token === refused ? undefined : token
  } catch {
    return undefined
  }
}

/**
 * Lets the client judge the refusal of a request of its own, by its rules against loops: a 401 may mean "not permitted" too.
 * Requests that are refused together share it.
 */
function judged(client: Client): Promise<unknown> {
  const judgement =
    judgements.get(client) ?? client.fetch('/1/members/me?fields=id').finally(() => judgements.delete(client))
  judgements.set(client, judgement)
  return judgement
}

/** Tells without waiting that an old token may serve: it has to be looked for. */
export function mayBeLegacy(client: Client | undefined): boolean {
  const status = client?.state.status
  return status === 'restoring' || status === 'notAuthorized'
}

/** Tells without waiting that an old token serves. `false` before the state was read. */
export function isLegacyNow(client: Client | undefined): boolean {
  return client?.state.status === 'notAuthorized' && client.state.legacy === true
}

/** Recognises the two errors of a client without a grant. */
export function isWithoutGrant(error: unknown): boolean {
  return isPowerUpOAuthError(error) && (error.code === 'notAuthorized' || error.code === 'tokenExpired')
}

/** Asks `client.fetch` itself. It checks the address first, and sends nothing for a signal that was aborted before. */
async function refuseUntrusted(url: string, client: Client): Promise<void> {
  const calledOff = new AbortController()
  calledOff.abort()
  try {
    await client.fetch(url, { signal: calledOff.signal })
  } catch (error) {
    if (isPowerUpOAuthError(error) && error.code === 'untrustedUrl') throw error
  }
}
