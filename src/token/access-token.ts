import { detachable, within } from '../base/async'
import { CALLER_PATIENCE_MS } from '../base/durations'
import { NotAuthorizedError, TokenEndpointError, TokenExpiredError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import { endOf, type GrantView, isGood, type LiveGrant, liveGrant } from '../grant/grant'

/** Why a token is asked for. */
export interface TokenNeed {
  /** An access token that won't do: the API refused it, or it is to be renewed in good time. */
  instead?: string
  /** Nobody waits: a token that is still good will do if another frame is at it. */
  isRenewal?: boolean
  signal?: AbortSignal | undefined
}

/** The client that asks, before the code that gets a new token is loaded. */
export interface TokenClient {
  /** Loads what asks for a new token. All of it is there before a refresh token is marked as presented. */
  loadFlows(): Promise<{ refresh(need: TokenNeed): Promise<string> }>
  /** Tells what happened, after the fact. */
  emit(event: ClientEvent): void
}

/**
 * Resolves with an access token that is good now: the known one, or what a refresh gives. A caller who leaves or loses
 * patience ends no refresh.
 * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError; the reason of `signal`
 */
export async function accessToken(frame: Frame, client: TokenClient, need: TokenNeed = {}): Promise<string> {
  need.signal?.throwIfAborted()
  return detachable(goodToken(frame, client, need), need.signal, ({ reason }) => reason)
}

async function goodToken(frame: Frame, client: TokenClient, need: TokenNeed): Promise<string> {
  const { platform, store } = frame
  const { instead } = need
  const { tokenSet } = livingGrant(await store.current(), platform.now())
  if (instead === undefined && isGood(tokenSet, platform.now())) return tokenSet.accessToken
  return within(platform, CALLER_PATIENCE_MS, refresh(client, need), () => {
    throw new TokenEndpointError('tokenEndpointUnavailable')
  })
}

async function refresh({ loadFlows, emit }: TokenClient, need: TokenNeed): Promise<string> {
  const flows = await loadFlows().catch((cause) => {
    const error = new TokenEndpointError('notLoaded', { cause })
    emit({ type: 'refreshFailed', code: error.code })
    throw error
  })
  return flows.refresh(need)
}

/** Returns the living grant. @throws what a caller gets where there is none */
export function livingGrant(view: GrantView, now: number): LiveGrant {
  const grant = liveGrant(view, now)
  if (grant) return grant
  const end = endOf(view, now)
  if (end) throw new TokenExpiredError(end.reason)
  throw view.storage === 'unreadable'
    ? new TokenEndpointError('storageUnavailable')
    : new NotAuthorizedError()
}
