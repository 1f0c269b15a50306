/** A code, and all that the token endpoint needs to exchange it. @see RFC 6749, section 4.1.3, and RFC 7636, section 4.5 */
export interface ExchangeRequest {
  /** The client id of the app settings. */
  clientId: string
  /** The authorization code. */
  code: string
  /** The PKCE verifier. */
  codeVerifier: string
  /** The callback URL that the code was asked for with. */
  redirectUri: string
}

/** A request for a new access token. @see RFC 6749, section 6 */
export interface RefreshRequest {
  /** The client id of the app settings. */
  clientId: string
  /** The refresh token. Left out where the endpoint holds it itself. */
  refreshToken?: string
  /** The access token that a new one is asked for. It is there only where the endpoint holds the refresh token. */
  accessToken?: string
}

/**
 * An answer of the token endpoint, judged. Everything but `dead` and `clientRejected` may be better next time. What an
 * endpoint of your own answers is checked: an unknown kind counts as `retryable`, and so do tokens that no header carries.
 */
export type TokenAnswer =
  /** A success. The server has rotated the refresh token, if it gave a new one. */
  | {
      kind: 'tokens'
      /** The access token: ASCII letters, digits and punctuation. */
      accessToken: string
      /** The new refresh token. Left out: the old one stays. */
      refreshToken?: string
      /**
       * Lifetime in milliseconds, counted from before the request. Anything but a positive number is taken for an hour, and
       * more than 365 days for 365 days.
       */
      expiresInMs: number
      /** The granted scopes. Left out: those that were asked for. */
      scopes?: readonly string[]
    }
  /** The verdict: this very refresh token, or this code, is useless from now on. */
  | {
      kind: 'dead'
      /** The HTTP status. */
      status?: number
      /** The error code of the server. */
      serverError?: string
      /** The words of the server. */
      serverDescription?: string
    }
  /** The server doesn't know or doesn't like this client. */
  | {
      kind: 'clientRejected'
      /** The HTTP status. */
      status?: number
      /** The error code of the server. */
      serverError?: string
      /** The words of the server. */
      serverDescription?: string
    }
  /** The server refused, or failed, or talked nonsense. The token may be spent all the same. */
  | {
      kind: 'retryable'
      /** The HTTP status. */
      status?: number
      /** The server asks to be left alone this long, in milliseconds. Between 1 s and 60 s of it are obeyed. */
      retryAfterMs?: number
      /** The error code of the server. */
      serverError?: string
      /** The words of the server. */
      serverDescription?: string
      /** `true`: it is this frame that can't ask any more. Others need not wait. */
      onlyHere?: true
    }
  /** No answer reached the page: offline, cut off, or hidden by the browser because CORS headers are missing. */
  | {
      kind: 'unreadable'
      /** The error of the platform. */
      cause?: unknown
      /** The page's own Content-Security-Policy forbids the request. Nothing was sent. */
      blockedByPolicy?: boolean
    }

/**
 * The way to the token endpoint. Neither method rejects for what the server says, and no error of theirs holds what was
 * sent: it is passed on as a `cause`. A request that was sent runs to its end: there is no signal.
 */
export interface TokenEndpoint {
  /** `true`: the endpoint keeps the refresh token, and the frame never sees it. */
  readonly holdsRefreshToken: boolean
  /**
   * Name of the way that leads to this endpoint. It is stored with each grant. A client whose endpoint holds refresh tokens
   * renews only grants of the same name.
   */
  readonly way?: string
  /** The URL of the endpoint, if it has one. Pending sign-ins are pinned to it. */
  readonly url?: string
  /**
   * Gets ready what an exchange will need, as an endpoint may that has to ask the Trello page for it: while the person
   * consents in a window before it, that page may be at rest. It is called when a sign-in is prepared and when it begins,
   * often, and nobody waits for it.
   */
  prepare?(): void
  /** Exchanges an authorization code for tokens. */
  exchange(request: ExchangeRequest): Promise<TokenAnswer>
  /** Asks for a new access token. Must send in the task in which it is called: the lease is looked at just before. */
  refresh(request: RefreshRequest): Promise<TokenAnswer>
  /** Tells whether the server can be reached at all. It is asked after answers that the page could not read. */
  isReachable?(): Promise<boolean>
}

/** Tells whether the server can be reached at all. `false` if its endpoint can't tell. */
export async function isThere(endpoint: TokenEndpoint): Promise<boolean> {
  try {
    return (await endpoint.isReachable?.()) ?? false
  } catch {
    return false
  }
}
