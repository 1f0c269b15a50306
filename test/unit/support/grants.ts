import type { PendingAttempt } from '../../../src/grant/attempt'
import type { CoolDown, ExpiredGrant, GrantEntry, LiveGrant, TokenSet } from '../../../src/grant/grant'
import { START } from './clock'

export const HOUR_MS = 3_600_000

export function tokenSet(differences: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: 'access-0',
    refreshToken: 'refresh-0',
    obtainedAt: START,
    expiresAt: START + HOUR_MS,
    ...differences,
  }
}

export function liveGrant(differences: Partial<LiveGrant> = {}): LiveGrant {
  return {
    status: 'live',
    grantedAt: START,
    generation: 'generation-0',
    scopes: ['read:board:trello'],
    workspace: 'workspace-1',
    tokenSet: tokenSet(),
    renewable: true,
    memberChecked: true,
    ...differences,
  }
}

export function expiredGrant(differences: Partial<ExpiredGrant> = {}): ExpiredGrant {
  return {
    status: 'expired',
    grantedAt: START,
    generation: 'generation-0',
    scopes: ['read:board:trello'],
    workspace: 'workspace-1',
    reason: 'revoked',
    since: START,
    ...differences,
  }
}

export function coolDown(differences: Partial<CoolDown> = {}): CoolDown {
  return {
    until: START + 10_000,
    code: 'tokenEndpointUnavailable',
    failures: 1,
    offerConsent: false,
    isTokenRefused: false,
    ...differences,
  }
}

export function attempt(differences: Partial<PendingAttempt> = {}): PendingAttempt {
  return {
    state: 'state-1',
    codeVerifier: 'verifier-1',
    url: 'https://auth.example/authorize?state=state-1',
    clientId: 'client-1',
    redirectUri: 'https://power-up.example/callback.html',
    authorizationEndpoint: 'https://auth.example/authorize',
    tokenEndpoint: 'https://auth.example/token',
    scopes: ['read:board:trello'],
    preparedAt: START,
    ...differences,
  }
}

/** What stands in the storage for an entry. */
export function storedEntry({ record, attempts = [] }: Partial<GrantEntry>): unknown {
  return { version: 1, attempts, ...(record && { record }) }
}
