import { detachable, throwIfAborted, within } from '../base/async'
import { CALLER_PATIENCE_MS } from '../base/durations'
import { NotAuthorizedError, TokenEndpointError, TokenExpiredError } from '../base/errors'
import type { ClientEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import { endOf, type GrantView, isGood, type LiveGrant, liveGrant } from '../grant/grant'

/** The reason why a token is asked for. Without any, a good one is wanted. */
export interface TokenNeed {
  /** An access token that won't do, because the API refused it. */
  instead?: string
  /** The generation to renew in good time. Nobody waits: a token that is still good will do if another frame is at it. */
  renews?: string
  /** Lets go of this caller only. */
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
  throwIfAborted(need.signal)
  return detachable(goodToken(frame, client, need), need.signal, ({ reason }) => reason)
}

async function goodToken(frame: Frame, client: TokenClient, need: TokenNeed): Promise<string> {
  const { platform, store } = frame
  const startedAt = platform.monotonicNow()
  const { tokenSet } = livingGrant(await store.current(), platform.now())
  const isAnyWanted = need.instead === undefined && need.renews === undefined
  if (isAnyWanted && isGood(tokenSet, platform.now())) return tokenSet.accessToken
  const restMs = startedAt + CALLER_PATIENCE_MS - platform.monotonicNow()
  return within(platform, restMs, refresh(client, need), () => {
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
