import { createHash } from 'node:crypto'

/** One request that reached the token endpoint (preflights are not among them). */
export interface TokenRequest {
  at: number
  /** The form of its body. */
  encoding: 'json' | 'form'
  grantType: string
  clientId: string
  origin: string
  /** Short hash of the refresh token presented, so that two presentations of one token can be told. */
  refreshTokenId: string | undefined
  /** The refresh token itself: for tests in this process, never sent over HTTP. */
  refreshToken: string | undefined
  /** What the server did behind the fault: `success`, an OAuth error code, or `notActed`. */
  outcome: string
  /** The position of the `tokenEndpoint` switch, or `leeway` where an earlier answer was given again. */
  fault: string
  /** The status that was sent; 0 where the answer never left, or hasn't yet. */
  status: number
}

/** The question that a browser asks the token endpoint before it sends a page's JSON. */
export interface Preflight {
  at: number
  origin: string
  /** `cut`: it got no answer. */
  outcome: 'answered' | 'refused' | 'cut'
}

export interface ApiRequest {
  at: number
  method: string
  path: string
  status: number
  authorization: boolean
}

export interface Revocation {
  at: number
  tokenId: string
  status: number
}

/** Something that only its owner may know, and that this server once gave out; a verifier it was shown. */
export interface Secret {
  kind: 'access token' | 'refresh token' | 'code' | 'verifier'
  value: string
}

export interface LocalTrelloLog {
  readonly tokenRequests: readonly TokenRequest[]
  /** The preflights for the token endpoint. */
  readonly preflights: readonly Preflight[]
  readonly apiRequests: readonly ApiRequest[]
  readonly revocations: readonly Revocation[]
  /** The query of each authorization request. */
  readonly authorizationRequests: readonly Record<string, string>[]
  // For a secret scan; `clear()` keeps these. In this process only.
  /** All that was ever given out. */
  readonly secrets: readonly Secret[]
  /** Each URL that was asked for, on any of the sites. */
  readonly urls: ReadonlySet<string>
  /** Each `Referer` and each `Cookie` header that came with it. */
  readonly trails: ReadonlySet<string>
  clear(): void
  /** The same without a secret in it, as the control page shows it. */
  withoutSecrets(): object
}

/** The log with the means to write it. */
export interface WritableLog extends LocalTrelloLog {
  readonly tokenRequests: TokenRequest[]
  readonly preflights: Preflight[]
  readonly apiRequests: ApiRequest[]
  readonly revocations: Revocation[]
  readonly authorizationRequests: Record<string, string>[]
  readonly secrets: Secret[]
  readonly urls: Set<string>
  readonly trails: Set<string>
}

export function createLog(): WritableLog {
  const log: WritableLog = {
    tokenRequests: [],
    preflights: [],
    apiRequests: [],
    revocations: [],
    authorizationRequests: [],
    secrets: [],
    urls: new Set(),
    trails: new Set(),
    clear() {
      log.tokenRequests.length = 0
      log.preflights.length = 0
      log.apiRequests.length = 0
      log.revocations.length = 0
      log.authorizationRequests.length = 0
    },
    withoutSecrets: () => ({
      tokenRequests: log.tokenRequests.map(({ refreshToken: _, ...shown }) => shown),
      preflights: log.preflights,
      apiRequests: log.apiRequests,
      revocations: log.revocations,
    }),
  }
  return log
}

/** A name for a token that says nothing about it. */
export function tokenId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}
