import { createHash } from 'node:crypto'
import { apiRequestWords, type LogArea, preflightWords, tokenRequestWords } from './log-words'

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
  /** The words of a refusal. */
  refusal?: string
}

export interface Revocation {
  at: number
  tokenId: string
  status: number
}

/** Something that only its owner may know, and that this server once gave out; a verifier it was shown. */
export interface Secret {
  kind: 'access token' | 'refresh token' | 'code' | 'verifier' | 'old token'
  value: string
}

/** A line of the log on the board. */
export interface LogLine {
  /** Counts from 1, and goes on when the log is cleared. */
  number: number
  at: number
  area: LogArea
  words: string
  /** Something went wrong, or isn't there. */
  isBad: boolean
}

export interface LocalTrelloLog {
  readonly tokenRequests: readonly TokenRequest[]
  /** The preflights for the token endpoint. */
  readonly preflights: readonly Preflight[]
  readonly apiRequests: readonly ApiRequest[]
  readonly revocations: readonly Revocation[]
  /** The query of each authorization request. */
  readonly authorizationRequests: readonly Record<string, string>[]
  /** What the board says, in words, newest last; the last thousand lines. */
  readonly lines: readonly LogLine[]
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
  readonly secrets: Secret[]
  readonly urls: Set<string>
  readonly trails: Set<string>
  /** Notes a token request as it comes in; a test may look while a slow answer is under way. */
  addTokenRequest(request: TokenRequest): void
  /** Says on the board how a token request ended. */
  endTokenRequest(request: TokenRequest): void
  addPreflight(preflight: Preflight): void
  addApiRequest(request: ApiRequest): void
  addRevocation(revocation: Revocation): void
  addAuthorizationRequest(query: Record<string, string>): void
  /** Says something on the board. */
  say(area: LogArea, words: string, isBad?: boolean): void
  /** Hears of each line from now on; returns its own undo. */
  onLine(listener: (line: LogLine) => void): () => void
}

export function createLog(): WritableLog {
  const tokenRequests: TokenRequest[] = []
  const preflights: Preflight[] = []
  const apiRequests: ApiRequest[] = []
  const revocations: Revocation[] = []
  const authorizationRequests: Record<string, string>[] = []
  const lines: LogLine[] = []
  const listeners = new Set<(line: LogLine) => void>()
  let count = 0

  const say: WritableLog['say'] = (area, words, isBad = false) => {
    const line = { number: ++count, at: Date.now(), area, words, isBad }
    lines.push(line)
    if (lines.length > mostLines) lines.shift()
    for (const listener of listeners) listener(line)
  }

  return {
    tokenRequests,
    preflights,
    apiRequests,
    revocations,
    authorizationRequests,
    lines,
    secrets: [],
    urls: new Set(),
    trails: new Set(),
    say,
    addTokenRequest: (request) => tokenRequests.push(request),
    endTokenRequest: (request) => say(...tokenRequestWords(request)),
    addPreflight(preflight) {
      preflights.push(preflight)
      if (preflight.outcome !== 'answered') say(...preflightWords(preflight))
    },
    addApiRequest(request) {
      apiRequests.push(request)
      say(...apiRequestWords(request))
    },
    addRevocation(revocation) {
      revocations.push(revocation)
      say('tokens', `Token ${revocation.tokenId} was revoked by the Power-Up: ${revocation.status}`)
    },
    addAuthorizationRequest(query) {
      authorizationRequests.push(query)
      say('sign-in', `The consent page was asked for ${query.scope ?? 'no scope'}`)
    },
    onLine(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear() {
      for (const entries of [
        tokenRequests,
        preflights,
        apiRequests,
        revocations,
        authorizationRequests,
        lines,
      ]) {
        entries.length = 0
      }
    },
    withoutSecrets: () => ({
      tokenRequests: tokenRequests.map(({ refreshToken: _, ...shown }) => shown),
      preflights,
      apiRequests,
      revocations,
      lines,
    }),
  }
}

/** A name for a token that says nothing about it. */
export function tokenId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}

const mostLines = 1000
