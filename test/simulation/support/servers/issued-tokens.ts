import type { Clock } from '../browser/clock'

/** All tokens that come from one consent. */
export interface Family {
  readonly id: string
  readonly member: string
  /** The `state` of the sign-in in which the person consented. */
  readonly state: string
  readonly scope: string
  /** Milliseconds on the clock of the simulation; negative for a grant that is older than the run. */
  readonly consentedAt: number
  /** Who got the tokens: the frame itself, or the Trello page around it. */
  way: Way
  /** Why the server accepts no refresh token of it any more. */
  end?: FamilyEnd
}

export type Way = 'frame' | 'page'

/** `age`: too long since the consent or since the last rotation. `replaced`: by a later consent. */
export type FamilyEnd = 'revoked' | 'age' | 'replaced'

export interface RefreshToken {
  value: string
  family: Family
  parent: RefreshToken | undefined
  status: 'active' | 'used' | 'dead'
  issuedAt: number
  usedAt: number
}

export interface AccessToken {
  value: string
  family: Family
  issuedAt: number
  goodUntil: number
  /** The API refuses it from this moment on, whatever its lifetime. */
  diesAt: number
}

/** All tokens that the authorization server has issued. */
export interface IssuedTokens {
  addRefreshToken(family: Family, parent: RefreshToken | undefined): RefreshToken
  addAccessToken(family: Family, lifetimeMs: number): AccessToken
  refreshToken(value: string): RefreshToken | undefined
  accessToken(value: string): AccessToken | undefined
  /** The one that was issued last. */
  latestAccessToken(family: Family): AccessToken | undefined
  refreshTokensOf(family: Family): readonly RefreshToken[]
  accessTokensOf(family: Family): readonly AccessToken[]
  successorsOf(token: RefreshToken): readonly RefreshToken[]
  familyOf(token: string): Family | undefined
  /** Whether one refresh token came from the other, through any number of rotations. */
  descends(later: string, earlier: string): boolean
}

export function createIssuedTokens(clock: Clock): IssuedTokens {
  const refreshTokens = new Map<string, RefreshToken>()
  const accessTokens = new Map<string, AccessToken>()
  let count = 0

  function refreshTokensOf(family: Family): readonly RefreshToken[] {
    return [...refreshTokens.values()].filter((token) => token.family === family)
  }

  function accessTokensOf(family: Family): readonly AccessToken[] {
    return [...accessTokens.values()].filter((token) => token.family === family)
  }

  return {
    addRefreshToken: (family, parent) => {
      const value = `refresh-${family.id}-${++count}`
      const issuedAt = clock.elapsed()
      const token: RefreshToken = { value, family, parent, status: 'active', issuedAt, usedAt: 0 }
      refreshTokens.set(value, token)
      return token
    },
    addAccessToken: (family, lifetimeMs) => {
      const value = `access-${family.id}-${++count}`
      const issuedAt = clock.elapsed()
      const goodUntil = issuedAt + lifetimeMs
      const token: AccessToken = { value, family, issuedAt, goodUntil, diesAt: Infinity }
      accessTokens.set(value, token)
      return token
    },
    refreshToken: (value) => refreshTokens.get(value),
    accessToken: (value) => accessTokens.get(value),
    latestAccessToken: (family) => accessTokensOf(family).at(-1),
    refreshTokensOf,
    accessTokensOf,
    successorsOf: (token) => [...refreshTokens.values()].filter(({ parent }) => parent === token),
    familyOf: (value) => (refreshTokens.get(value) ?? accessTokens.get(value))?.family,
    descends: (later, earlier) => {
      let token = refreshTokens.get(later)
      while (token && token.value !== earlier) token = token.parent
      return token !== undefined
    },
  }
}
