import { abortReason, detachable, throwIfAborted, within } from '../base/async'
import { CALLER_PATIENCE_MS } from '../base/durations'
import { NotAuthorizedError, TokenEndpointError, TokenExpiredError } from '../base/errors'
import type { GrantEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import { endOf, type GrantView, isGood, type LiveGrant, liveGrant } from '../grant/grant'

/** The reason why a token is asked for. Without any, a good one is wanted. */
export interface TokenNeed {
  /** An access token that won't do, because the API refused it. */
  instead?: string
  /** The generation to renew in good time. Nobody waits: a token that is still good will do if another frame is at it. */
  renews?: string
  /** Lets go of this caller only. */
  signal?: AbortSignal | null | undefined
}

/** The flow that gives tokens out. */
export interface TokenFlow {
  /** Resolves with a new access token. */
  refresh(need: TokenNeed): Promise<string>
  /** Checks whose account the grant belongs to. @throws NotAuthorizedError for another account */
  checkMember(): Promise<void>
}

/** The client that asks, before the code that gets a new token is loaded. */
export interface TokenClient {
  /** The id of the member that the grant is kept for, where it is known. */
  member: string | undefined
  /** Loads what asks for a new token. All of it is there before a refresh token is marked as presented. */
  loadFlow(): Promise<TokenFlow>
  /** Tells what happened, after the fact. */
  emit(event: GrantEvent): void
}

/**
 * Resolves with an access token that is good now: the known one, or what a refresh gives. A caller who leaves or loses
 * patience ends no refresh. A grant whose account is unknown is checked before its token is given out.
 * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError; the reason of `signal`
 */
export async function accessToken(frame: Frame, client: TokenClient, need: TokenNeed = {}): Promise<string> {
  throwIfAborted(need.signal)
  return detachable(goodToken(frame, client, need), need.signal, abortReason)
}

async function goodToken(frame: Frame, client: TokenClient, need: TokenNeed): Promise<string> {
  const { platform, store } = frame
  const startedAt = platform.monotonicNow()
  const { tokenSet, memberChecked } = livingGrant(await store.current(), platform.now())
  const isAnyWanted = need.instead === undefined && need.renews === undefined
  const known = isAnyWanted && isGood(tokenSet, platform.now()) ? tokenSet.accessToken : undefined
  if (known !== undefined && (memberChecked || client.member === undefined)) return known
  const restMs = startedAt + CALLER_PATIENCE_MS - platform.monotonicNow()
  return within(platform, restMs, checkedToken(frame, client, need, known), () => {
    throw new TokenEndpointError('tokenEndpointUnavailable')
  })
}

/** @param known a token that is good, of a grant that is not checked yet */
async function checkedToken(
  frame: Frame,
  client: TokenClient,
  need: TokenNeed,
  known: string | undefined,
): Promise<string> {
  const flow = await client.loadFlow().catch((cause) => {
    const error = new TokenEndpointError('notLoaded', { cause })
    client.emit({ type: 'refreshFailed', code: error.code })
    throw error
  })
  const token = known ?? (await flow.refresh(need))
  // A renewal gives its token to nobody.
  if (need.renews !== undefined) return token
  await flow.checkMember()
  // A sign-out may have come meanwhile, another token, or the end of one that had little time left.
  const now = frame.platform.now()
  const { tokenSet } = livingGrant(frame.store.view(), now)
  const isAsKnown = tokenSet.accessToken === token && isGood(tokenSet, now)
  return known === undefined || isAsKnown ? token : checkedToken(frame, client, need, undefined)
}

/** Returns the living grant. @throws the error that a caller gets without one */
export function livingGrant(view: GrantView, now: number): LiveGrant {
  const grant = liveGrant(view, now)
  if (grant) return grant
  const end = endOf(view, now)
  if (end) throw new TokenExpiredError(end.reason)
  throw view.storage === 'unreadable'
    ? new TokenEndpointError('storageUnavailable', { cause: view.failure })
    : new NotAuthorizedError()
}
