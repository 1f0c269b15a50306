import type { ClientEvent } from '../base/events'
import type { Frame } from '../grant/frame'
import type { GrantEntry } from '../grant/grant'
import { type BearerRequest, readBearerRequest, replayOf, sendWithBearer, signalOf } from './bearer-request'
import { shownPath } from './shown-path'

/** A client, as its bearer fetch sees it. */
export interface BearerFetchClient {
  /** The origins that the bearer goes to. The first is the base of relative paths. */
  apiOrigins: readonly [string, ...string[]]
  /** Gives an access token that is good now. `instead` is one that the API refused. */
  accessToken(need: { instead?: string; signal?: AbortSignal | undefined }): Promise<string>
  /** Finds out whose account the grant belongs to, where that isn't known. No answer is given out before. */
  checkMember(): Promise<void>
  /** Tells an event. */
  emit(event: ClientEvent): void
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
export function createBearerFetch(
  { platform, store }: Frame,
  { apiOrigins, accessToken, checkMember, emit }: BearerFetchClient,
): BearerFetch {
  let acceptedToken: string | undefined

  return async (input, init) => {
    const request = await readBearerRequest(input, init ?? {}, apiOrigins)
    const signal = signalOf(request)
    const token = await accessToken({ signal })
    const replay = replayOf(request)
    const response = await send(request, token)
    if (response.status !== 401 || !replay || !(await isDead(token, response))) return response
    return send(replay, await accessToken({ instead: token, signal }))
  }

  async function send(request: BearerRequest, token: string): Promise<Response> {
    const response = await sendWithBearer(platform, request, token)
    if (response.status === 401) {
      emit({ type: 'apiRefusedToken', status: response.status, path: shownPath(request.url.pathname) })
      return response
    }
    noteAccepted(token)
    await checkMember()
    return response
  }

  /** In the store too: a frame that never used the token may force the next one when this is refused some day. */
  function noteAccepted(token: string): void {
    acceptedToken = token
    const { record } = store.view()
    if (record?.status === 'live' && record.forced) void store.commit((entry) => accepted(entry, token))
  }

  async function isDead(token: string, response: Response): Promise<boolean> {
    const { record } = store.view()
    // Ended or renewed meanwhile: asking for a token tells, and costs no request.
    if (record?.status !== 'live' || record.tokenSet.accessToken !== token) return true
    // Where the judge can't be loaded, no token can be asked for either: the caller gets the answer as it is.
    const judge = await import('./refusal').catch(() => undefined)
    return judge?.isTokenAtFault(response, record, acceptedToken === token, platform.now()) ?? false
  }
}

function accepted(entry: GrantEntry, token: string): GrantEntry {
  if (entry.record?.status !== 'live' || entry.record.tokenSet.accessToken !== token) return entry
  const { forced: _forced, ...record } = entry.record
  return { ...entry, record }
}
