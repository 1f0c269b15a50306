import type { GrantEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import type { GrantView } from '../grant/grant'
import { type BearerRequest, readBearerRequest, replayOf, sendWithBearer, signalOf } from './bearer-request'
import { readRateLimit } from './rate-limit'
import type * as refusal from './refusal'
import type { RefusedCall } from './refused-token'
import { shownPath } from './shown-path'
import { noteAccepted } from './token-use'

// Loaded at start. What a 401 means is loaded on demand (refusal).

/** A client, as its bearer fetch sees it. */
export interface BearerFetchClient {
  /** The origins that the bearer goes to. The first is the base of relative paths. */
  apiOrigins: readonly [string, ...string[]]
  /** Returns the grant as this client sees it. */
  view(): GrantView
  /** Gives an access token that is good now. `instead` is one that the API refused. */
  accessToken(need: { instead?: string; signal?: AbortSignal | undefined }): Promise<string>
  /** Tells an event. */
  emit(event: GrantEvent): void
}

/**
 * The platform's `fetch` with a Bearer header. Rejects as that does, and with a ConfigurationError for other addresses than
 * the API's, an Authorization header of the caller's, and bodies or signals that this browser can't send.
 */
export type BearerFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Makes a `fetch` with a fresh Bearer header, for the listed origins only. A 401 for a dead token costs one refresh and one
 * replay. A body that can't be sent twice is not replayed.
 * @see RFC 6750, section 2.1
 */
export function createBearerFetch(frame: Frame, client: BearerFetchClient): BearerFetch {
  const { apiOrigins, view, accessToken, emit } = client

  return async (input, init) => {
    const request = await readBearerRequest(input, init ?? {}, apiOrigins)
    const signal = signalOf(request)
    if (view().storage === 'unread') await frame.store.current()
    const before = view().record?.generation
    const token = await accessToken({ signal })
    const replay = replayOf(request)
    const response = await send(request, token)
    if (response.status !== 401 || !replay) return response
    // Where the judge can't be loaded, no token can be asked for either: the caller gets the answer as it is.
    const judge = await import('./refusal').catch(() => undefined)
    if (!judge || !(await isDead(judge, { url: request.url, token, response }, before))) return response
    const next = await accessToken({ instead: token, signal })
    const replayed = await send(replay, next)
    if (replayed.status === 401) {
      await judge.noteRefusedAgain(frame, { url: request.url, token: next, response: replayed })
    }
    return replayed
  }

  async function send(request: BearerRequest, token: string): Promise<Response> {
    const response = await sendWithBearer(frame.platform, request, token)
    const { status, headers } = response
    const path = () => shownPath(request.url.pathname)
    if (status === 401) emit({ type: 'apiRefusedToken', status, path: path() })
    if (status === 429) {
      const rateLimit = readRateLimit(headers)
      emit({ type: 'rateLimited', path: path(), ...(rateLimit && { rateLimit }) })
    }
    // A server that is down or has too much to do has not looked at the token.
    if (response.ok) noteAccepted(frame, token, request.url)
    return response
  }

  /** @param before the generation that was known when the call began */
  async function isDead(
    judge: typeof refusal,
    refused: RefusedCall,
    before: string | undefined,
  ): Promise<boolean> {
    const { record } = view()
    // Ended or renewed meanwhile: asking for a token tells, and costs no request.
    if (record?.status !== 'live' || record.tokenSet.accessToken !== refused.token) return true
    // The call has just got this token of the server. A call costs one refresh.
    if (record.generation !== before) return false
    return judge.isTokenAtFault(frame, refused, record, apiOrigins[0])
  }
}
