import { isPowerUpOAuthError } from '../../base/error-guard'
import type { Client } from '../../client/client'
import type { KeyedApi } from './keyed-request'

/** What the adapted `fetch` and `XMLHttpRequest` work with. */
export interface Adapter {
  api: KeyedApi
  /** The one whose grant a request is sent with. */
  currentClient(): Client | undefined
  isOn(): boolean
}

/** What a request goes out with. */
export type Credentials =
  | { kind: 'bearer'; token: string }
  /** There is no grant: without header, and Trello says 401, which old code knows what to do about. */
  | { kind: 'none' }
  /** An old token still serves: as it is. */
  | { kind: 'legacy' }

/** @throws TokenEndpointError where there is a grant and no token to be had just now */
export async function credentialsOf(client: Client | undefined): Promise<Credentials> {
  if (client === undefined) return { kind: 'none' }
  const state = await client.readState()
  if (state.status === 'notAuthorized') return { kind: state.legacy ? 'legacy' : 'none' }
  try {
    return { kind: 'bearer', token: await client.getAccessToken() }
  } catch (error) {
    if (isWithoutGrant(error)) return { kind: 'none' }
    throw error
  }
}

/** Another token than the one that was refused; `undefined` where that one is not at fault, or the grant has ended. */
export async function renewedToken(client: Client, refused: string): Promise<string | undefined> {
  try {
    // The client judges the refusal of a request of its own, by its rules against loops: a 401 may mean "not permitted" too.
    await client.fetch('/1/members/me?fields=id')
    const token = await client.getAccessToken()
    return token === refused ? undefined : token
  } catch {
    return undefined
  }
}

/** Whether one is to be looked for: what was known may not hold any more. */
export function mayBeLegacy(client: Client | undefined): boolean {
  const status = client?.state.status
  return status === 'restoring' || status === 'notAuthorized'
}

/** Known without waiting; `false` before the state was read. */
export function isLegacyNow(client: Client | undefined): boolean {
  return client?.state.status === 'notAuthorized' && client.state.legacy === true
}

export function isWithoutGrant(error: unknown): boolean {
  return isPowerUpOAuthError(error) && (error.code === 'notAuthorized' || error.code === 'tokenExpired')
}
