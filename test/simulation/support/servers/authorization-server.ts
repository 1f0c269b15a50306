import { createHash } from 'node:crypto'
import type { Clock } from '../browser/clock'

/**
 * What a server does with a refresh token that was used before. `strict` revokes the whole family, `plain` says no. The
 * others allow it within a leeway: with the `same` successor again, with a `sibling` of it, or with one that
 * `supersede`s it; after the leeway they are strict.
 */
export type ServerKind = 'strict' | 'plain' | 'same' | 'sibling' | 'supersede'

export interface ServerOptions {
  kind: ServerKind
  leewayMs: number
  accessTokenMs: number
  /** Whether access tokens die with their family. */
  revokesAccessTokens: boolean
}

/** All tokens that come of one consent. */
export interface Family {
  readonly id: string
  readonly member: string
  /** The state of the attempt that it was consented to in. */
  readonly state: string
  readonly scope: string
}

export interface Tokens {
  accessToken: string
  refreshToken?: string
  scope: string
}

interface RefreshToken {
  value: string
  family: Family
  parent?: RefreshToken
  status: 'active' | 'used' | 'dead'
  usedAt: number
}

interface AccessToken {
  family: Family
  goodUntil: number
  isRevoked: boolean
}

export interface AuthorizationServer {
  consent(request: { member: string; state: string; scope: string; challenge: string }): string
  /** `undefined`: the code is dead. */
  exchange(code: string, verifier: string, withRefreshToken: boolean): Tokens | undefined
  /** A family without a consent, for the beginning. */
  begin(member: string, accessTokenMs: number): Tokens
  /** `undefined`: the refresh token is dead. */
  refresh(refreshToken: string, isRotating: boolean): Tokens | undefined
  revoke(family: Family): void
  isAccepted(refreshToken: string): boolean
  acceptedOf(family: Family): readonly string[]
  /** Whether the API takes it. */
  isGood(accessToken: string): boolean
  /** Whether its time is over. */
  isOver(accessToken: string): boolean
  memberOf(accessToken: string): string | undefined
  familyOf(token: string): Family | undefined
  /** Whether one refresh token came of the other, in however many rotations. */
  descends(later: string, earlier: string): boolean
}

export function createAuthorizationServer(options: ServerOptions, clock: Clock): AuthorizationServer {
  const { kind, leewayMs, accessTokenMs, revokesAccessTokens } = options
  const codes = new Map<string, { family: Family; challenge: string }>()
  const refreshTokens = new Map<string, RefreshToken>()
  const accessTokens = new Map<string, AccessToken>()
  let count = 0

  function issue(family: Family, parent?: RefreshToken, lifetimeMs = accessTokenMs): Tokens {
    const value = `refresh-${family.id}-${++count}`
    refreshTokens.set(value, { value, family, ...(parent && { parent }), status: 'active', usedAt: 0 })
    return { accessToken: issueAccessToken(family, lifetimeMs), refreshToken: value, scope: family.scope }
  }

  function issueAccessToken(family: Family, lifetimeMs = accessTokenMs): string {
    const value = `access-${family.id}-${++count}`
    accessTokens.set(value, { family, goodUntil: clock.elapsed() + lifetimeMs, isRevoked: false })
    return value
  }

  function refresh(value: string, isRotating: boolean): Tokens | undefined {
    const token = refreshTokens.get(value)
    if (!token) return undefined
    const { family, parent } = token
    if (token.status === 'active') {
      if (!isRotating) return { accessToken: issueAccessToken(family), scope: family.scope }
      if (parent?.status === 'used') parent.status = 'dead'
      token.status = kind === 'strict' || kind === 'plain' ? 'dead' : 'used'
      token.usedAt = clock.elapsed()
      return issue(family, token)
    }
    if (token.status === 'used' && clock.elapsed() - token.usedAt <= leewayMs) return again(token)
    if (kind !== 'plain') revoke(family)
    return undefined
  }

  function again(token: RefreshToken): Tokens {
    const successors = [...refreshTokens.values()].filter(
      ({ parent, status }) => parent === token && status === 'active',
    )
    const [first] = successors
    if (kind === 'same' && first) {
      const { family } = token
      return { accessToken: issueAccessToken(family), refreshToken: first.value, scope: family.scope }
    }
    if (kind === 'supersede') for (const successor of successors) successor.status = 'dead'
    return issue(token.family, token)
  }

  function revoke(family: Family): void {
    for (const token of refreshTokens.values()) if (token.family === family) token.status = 'dead'
    if (!revokesAccessTokens) return
    for (const token of accessTokens.values()) if (token.family === family) token.isRevoked = true
  }

  const isOver = ({ goodUntil }: AccessToken) => goodUntil <= clock.elapsed()

  return {
    consent: ({ challenge, ...request }) => {
      const family = { id: `f${++count}`, ...request }
      const code = `code-${family.id}`
      codes.set(code, { family, challenge })
      return code
    },
    exchange: (code, verifier, withRefreshToken) => {
      const consent = codes.get(code)
      if (!consent || createHash('sha256').update(verifier).digest('base64url') !== consent.challenge) {
        return undefined
      }
      codes.delete(code)
      const { family } = consent
      return withRefreshToken ? issue(family) : { accessToken: issueAccessToken(family), scope: family.scope }
    },
    begin: (member, lifetimeMs) =>
      issue({ id: 'f0', member, state: '', scope: 'read offline_access' }, undefined, lifetimeMs),
    refresh,
    revoke,
    isAccepted: (value) => refreshTokens.get(value)?.status === 'active',
    acceptedOf: (family) =>
      [...refreshTokens.values()].flatMap((token) =>
        token.family === family && token.status === 'active' ? token.value : [],
      ),
    isGood: (value) => {
      const token = accessTokens.get(value)
      return token !== undefined && !token.isRevoked && !isOver(token)
    },
    isOver: (value) => {
      const token = accessTokens.get(value)
      return token !== undefined && isOver(token)
    },
    memberOf: (value) => accessTokens.get(value)?.family.member,
    descends: (later, earlier) => {
      let token = refreshTokens.get(later)
      while (token && token.value !== earlier) token = token.parent
      return token !== undefined
    },
    familyOf: (value) => (refreshTokens.get(value) ?? accessTokens.get(value))?.family,
  }
}
