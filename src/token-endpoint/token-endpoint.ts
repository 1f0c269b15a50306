/** What a code is exchanged with. @see RFC 6749, section 4.1.3, and RFC 7636, section 4.5 */
export interface ExchangeRequest {
  clientId: string
  code: string
  codeVerifier: string
  redirectUri: string
}

/** @see RFC 6749, section 6 */
export interface RefreshRequest {
  clientId: string
  /** Left out where the endpoint holds the refresh token itself. */
  refreshToken?: string
}

/** What the token endpoint said, judged. Everything but `dead` and `clientRejected` may be better next time. */
export type TokenAnswer =
  /** Lifetimes in milliseconds, counted from before the request. No `refreshToken`: the old one stays. */
  | {
      kind: 'tokens'
      accessToken: string
      refreshToken?: string
      expiresInMs: number
      scopes?: readonly string[]
    }
  /** The verdict: this very refresh token, or this code, is of no use any more. */
  | { kind: 'dead'; status?: number; serverError?: string }
  /** The server doesn't know or doesn't like this client. */
  | { kind: 'clientRejected'; status?: number; serverError?: string }
  /** It refused, or failed, or talked nonsense. The token may be spent all the same. */
  | {
      kind: 'retryable'
      status?: number
      retryAfterMs?: number
      serverError?: string
      /** It is this frame that can't ask any more; others need not wait. */
      onlyHere?: true
    }
  /** No answer reached the page: offline, cut off, or hidden by the browser for want of CORS headers. */
  | {
      kind: 'unreadable'
      cause?: unknown
      /** The page's own Content-Security-Policy forbids the request. Nothing was sent. */
      blockedByPolicy?: boolean
    }

/**
 * The way to the token endpoint. Neither method rejects for what the server says, and no error of theirs holds what was
 * sent: it is passed on as a `cause`. A request that was sent runs to its end: there is no signal.
 */
export interface TokenEndpoint {
  /** Whether the endpoint keeps the refresh token, so that the frame never sees it. */
  readonly holdsRefreshToken: boolean
  /**
   * Name of the way that leads to this endpoint. It is stored with each grant. A client whose endpoint holds refresh tokens
   * renews only grants of the same name.
   */
  readonly way?: string
  /** Where it is, if it is a URL. Pending sign-ins are pinned to it. */
  readonly url?: string
  exchange(request: ExchangeRequest): Promise<TokenAnswer>
  /** Must send in the task in which it is called: the lease is looked at just before. */
  refresh(request: RefreshRequest): Promise<TokenAnswer>
  /** Whether the server can be reached at all, asked after answers that the page could not read. */
  isReachable?(): Promise<boolean>
}

/** Whether the server can be reached at all, where its endpoint can tell. */
export async function isThere(endpoint: TokenEndpoint): Promise<boolean> {
  try {
    return (await endpoint.isReachable?.()) ?? false
  } catch {
    return false
  }
}
