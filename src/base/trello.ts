/** Trello's authorization endpoint. @see https://developer.atlassian.com/cloud/trello/guides/rest-api/oauth-2-getting-started/ */
export const AUTHORIZATION_ENDPOINT = 'https://auth.atlassian.com/authorize'
/** Trello's token endpoint. */
export const TOKEN_ENDPOINT = 'https://auth.atlassian.com/oauth/token'
/** The origin of Trello's REST API. */
export const API_ORIGIN = 'https://api.trello.com'

/** The token endpoint of the server whose authorization endpoint this is, where Trello has it too. */
export function tokenEndpointBeside(authorizationEndpoint: string): string {
  return new URL('/oauth/token', authorizationEndpoint).href
}

/** The scope that brings a refresh token. The library adds it. It allows nothing, so no list of scopes has it. */
export const OFFLINE_ACCESS = 'offline_access'

/** The member that Trello names for a visitor who is not logged in. */
export const NOT_LOGGED_IN = 'notLoggedIn'

/** The part of Trello's `t` that this library reads, once, when a client is made. */
export interface TrelloFrame {
  /** Gives the place that the frame belongs to. */
  getContext(): TrelloContext
}

/** The place that a frame of Trello belongs to, as far as this library reads it. */
export interface TrelloContext {
  /** The id of the workspace. Missing for a board that belongs to no workspace. */
  organization?: string | null | undefined
  /** The id of the member, or `'notLoggedIn'`. */
  member?: string | undefined
}

/** Writes the resource indicator of a workspace. @see RFC 8707, section 2 */
export function workspaceResource(workspace: string): string {
  return `ari:cloud:trello::workspace/${workspace}`
}

/** A `t` with the two commands, which Atlassian doesn't document, for tokens through the Trello page around the frame. */
export interface FrameWithTokenCommands extends TrelloFrame {
  /** Exchanges a code. The Trello page keeps the refresh token. */
  authorizationCodeExchange(request: {
    redirectUri: string
    code: string
    codeVerifier: string
  }): PromiseLike<unknown>
  /** Refreshes the tokens that the Trello page keeps. `null`: it has no tokens that could be refreshed any more. */
  refreshTokens(): PromiseLike<unknown>
}

/** Checks whether a `t` has both commands. */
export function hasTokenCommands(t: TrelloFrame | undefined): t is FrameWithTokenCommands {
  try {
    const { authorizationCodeExchange, refreshTokens }: Partial<FrameWithTokenCommands> = t ?? {}
    return typeof authorizationCodeExchange === 'function' && typeof refreshTokens === 'function'
  } catch {
    return false // a strict stand-in for a `t` throws at what it doesn't know
  }
}
