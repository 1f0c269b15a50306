import { createHash } from 'node:crypto'
import type { Clock } from '../browser/clock'
import {
  type AccessToken,
  createIssuedTokens,
  type Family,
  type FamilyEnd,
  type RefreshToken,
  type Way,
} from './issued-tokens'

/**
 * Tells what a server does with a refresh token that was used before. `strict` revokes the whole family, `plain` says no.
 * The others allow it within a leeway: with the `same` successor again, with a `sibling` of it, or with one that
 * `supersede`s it. After the leeway they are strict.
 */
export type ServerKind = 'strict' | 'plain' | 'same' | 'sibling' | 'supersede'

export interface ServerOptions {
  kind: ServerKind
  leewayMs: number
  accessTokenMs: number
  /** Access tokens die with their family. */
  revokesAccessTokens: boolean
  /**
   * What a refresh brings while the last access token lives: a `new` one, the `same` with what is left of its life, the
   * same with its life `prolonged`, or the same with a full life that it doesn't have (`overstated`).
   */
  refreshBrings: 'new' | 'same' | 'prolonged' | 'overstated'
  /** When the access token dies that a refresh has replaced, apart from its own end: never, at once, within ten minutes. */
  replacedDies: 'never' | 'atOnce' | 'soon'
  /** The account has one consent for this client: a second one ends the first. */
  hasOneConsent: boolean
}

/** What one token response brings. */
export interface Tokens {
  accessToken: string
  refreshToken: string | undefined
  scope: string
  /** The `expires_in` of the answer, in milliseconds. */
  lifetimeMs: number
}

export interface ConsentRequest {
  member: string
  /** The name of the attempt, or how it is made of the code. */
  state: string | ((code: string) => string)
  scope: string
  challenge: string
}

export interface AuthorizationServer {
  /** Returns the code of a consent. */
  consent(request: ConsentRequest): string
  /** Exchanges a code. `undefined`: the code is dead. */
  exchange(code: string, verifier: string, way: Way, isRotating: boolean): Tokens | undefined
  /** Issues the tokens of a consent that lies so far back. */
  begin(grant: { member: string; way: Way; ageMs: number; accessTokenMs: number }): Tokens
  /** Exchanges a refresh token. `undefined`: it is dead. */
  refresh(refreshToken: string, isRotating: boolean): Tokens | undefined
  revoke(family: Family): void
  /** Tells whether a refresh with this token would succeed now. */
  isAccepted(refreshToken: string): boolean
  /** The refresh tokens that would be accepted now. */
  acceptedOf(family: Family): readonly string[]
  /** Tells whether the API takes this access token now. */
  isGood(accessToken: string): boolean
  /** Tells whether the lifetime of this access token is over. */
  isOver(accessToken: string): boolean
  memberOf(accessToken: string): string | undefined
  familyOf(token: string): Family | undefined
  /** Why no refresh token of this consent is accepted any more, as far as that is the server's own doing. */
  endOf(family: Family): FamilyEnd | undefined
  descends(later: string, earlier: string): boolean
}

/** Atlassian's refresh tokens end this long after the consent, however often they were rotated … */
const CONSENT_LIFETIME_MS = 365 * 86_400_000
/** … and this long after the last rotation. */
const IDLE_LIFETIME_MS = 90 * 86_400_000
/** Atlassian's replaced access tokens die within ten minutes. */
const SOON_MS = 600_000

export function createAuthorizationServer(options: ServerOptions, clock: Clock): AuthorizationServer {
  const { kind, leewayMs, accessTokenMs } = options
  const issued = createIssuedTokens(clock)
  const codes = new Map<string, { family: Family; challenge: string }>()
  const families: Family[] = []

  function addFamily(family: Family): Family {
    const isReplaced = (older: Family) => options.hasOneConsent && older.member === family.member
    for (const older of families.filter(isReplaced)) endFamily(older, 'replaced')
    families.push(family)
    return family
  }

  function endFamily(family: Family, end: FamilyEnd): void {
    family.end ??= end
    for (const token of issued.refreshTokensOf(family)) token.status = 'dead'
    if (!options.revokesAccessTokens) return
    for (const token of issued.accessTokensOf(family)) token.diesAt = clock.elapsed()
  }

  function answer(access: AccessToken, refresh: RefreshToken | undefined, lifetimeMs: number): Tokens {
    const { value, family } = access
    return { accessToken: value, refreshToken: refresh?.value, scope: family.scope, lifetimeMs }
  }

  function refreshed(family: Family, refresh: RefreshToken | undefined): Tokens {
    const latest = issued.latestAccessToken(family)
    if (!latest || !isAlive(latest) || options.refreshBrings === 'new') {
      const tokens = answer(issued.addAccessToken(family, accessTokenMs), refresh, accessTokenMs)
      if (latest) replace(latest)
      return tokens
    }
    if (options.refreshBrings === 'prolonged') latest.goodUntil = clock.elapsed() + accessTokenMs
    const isOverstated = options.refreshBrings === 'overstated'
    return answer(latest, refresh, isOverstated ? accessTokenMs : latest.goodUntil - clock.elapsed())
  }

  function replace(token: AccessToken): void {
    if (options.replacedDies === 'never') return
    const inMs = options.replacedDies === 'soon' ? Math.floor(SOON_MS * clock.random()) : 0
    token.diesAt = Math.min(token.diesAt, clock.elapsed() + inMs)
  }

  function refresh(value: string, isRotating: boolean): Tokens | undefined {
    const token = issued.refreshToken(value)
    if (!token) return undefined
    const { family } = token
    if (isTooOld(token)) endFamily(family, 'age')
    if (token.status === 'active') return isRotating ? rotate(token) : refreshed(family, undefined)
    if (token.status === 'used' && clock.elapsed() - token.usedAt <= leewayMs) return again(token)
    if (kind !== 'plain') endFamily(family, 'revoked')
    return undefined
  }

  function rotate(token: RefreshToken): Tokens {
    const { family, parent } = token
    if (parent?.status === 'used') parent.status = 'dead'
    token.status = kind === 'strict' || kind === 'plain' ? 'dead' : 'used'
    token.usedAt = clock.elapsed()
    return refreshed(family, issued.addRefreshToken(family, token))
  }

  function again(token: RefreshToken): Tokens {
    const successors = issued.successorsOf(token).filter(({ status }) => status === 'active')
    const [first] = successors
    if (kind === 'same' && first) return refreshed(token.family, first)
    if (kind === 'supersede') for (const successor of successors) successor.status = 'dead'
    return refreshed(token.family, issued.addRefreshToken(token.family, token))
  }

  function isTooOld({ family, issuedAt }: RefreshToken): boolean {
    const now = clock.elapsed()
    return now - family.consentedAt >= CONSENT_LIFETIME_MS || now - issuedAt >= IDLE_LIFETIME_MS
  }

  function isAlive({ goodUntil, diesAt }: AccessToken): boolean {
    return clock.elapsed() < Math.min(goodUntil, diesAt)
  }

  function isAccepted(token: RefreshToken): boolean {
    return token.status === 'active' && !isTooOld(token)
  }

  return {
    consent: ({ challenge, state, ...request }) => {
      const id = `f${families.length + 1}`
      const code = `code-${id}`
      const name = typeof state === 'string' ? state : state(code)
      const family = addFamily({ id, ...request, state: name, consentedAt: clock.elapsed(), way: 'frame' })
      codes.set(code, { family, challenge })
      return code
    },
    exchange: (code, verifier, way, isRotating) => {
      const consent = codes.get(code)
      if (!consent || createHash('sha256').update(verifier).digest('base64url') !== consent.challenge) {
        return undefined
      }
      codes.delete(code)
      const { family } = consent
      family.way = way
      if (family.end) return undefined
      const refreshToken = isRotating ? issued.addRefreshToken(family, undefined) : undefined
      return answer(issued.addAccessToken(family, accessTokenMs), refreshToken, accessTokenMs)
    },
    begin: ({ member, way, ageMs, accessTokenMs: lifetimeMs }) => {
      const consentedAt = clock.elapsed() - ageMs
      const family = addFamily({
        id: 'f0',
        member,
        state: '',
        scope: 'read offline_access',
        consentedAt,
        way,
      })
      return answer(issued.addAccessToken(family, lifetimeMs), issued.addRefreshToken(family, undefined), 0)
    },
    refresh,
    revoke: (family) => endFamily(family, 'revoked'),
    isAccepted: (value) => {
      const token = issued.refreshToken(value)
      return token !== undefined && isAccepted(token)
    },
    acceptedOf: (family) =>
      issued
        .refreshTokensOf(family)
        .filter(isAccepted)
        .map(({ value }) => value),
    isGood: (value) => {
      const token = issued.accessToken(value)
      return token !== undefined && isAlive(token)
    },
    isOver: (value) => {
      const token = issued.accessToken(value)
      return token !== undefined && token.goodUntil <= clock.elapsed()
    },
    memberOf: (value) => issued.accessToken(value)?.family.member,
    familyOf: issued.familyOf,
    endOf: (family) => {
      const active = issued.refreshTokensOf(family).filter(({ status }) => status === 'active')
      return family.end ?? (active.length > 0 && active.every(isTooOld) ? 'age' : undefined)
    },
    descends: issued.descends,
  }
}
