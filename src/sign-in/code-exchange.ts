import { within } from '../base/async'
import { CALLER_PATIENCE_MS } from '../base/durations'
import { AuthorizationError, TokenEndpointError, type TokenEndpointErrorCode } from '../base/errors'
import type { Platform } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import { type LiveGrant, liveGrant, missingScopes } from '../grant/grant'
import { claimConsent, dropAttempt, isConsentClaimed, storeConsent } from '../grant/on-sign-in'
import type { GrantStore } from '../grant/store'
import { permissionsOf, tokenSetOf } from '../grant/token-response'
import { isThere, type TokenAnswer, type TokenEndpoint } from '../token-endpoint/token-endpoint'
import type { TokenWays } from '../token-endpoint/ways'

export interface CodeExchangeContext {
  platform: Platform
  store: GrantStore
  workspace?: string | undefined
  /** The member that the grant is for, where known. */
  member?: string | undefined
  ways: TokenWays
  /** @throws AuthorizationError where the response is no success */
  readResponse(parameters: string, attempt: PendingAttempt): string
  /** The member whose token this is; `undefined` where the API doesn't tell. */
  readAccount(accessToken: string): Promise<string | undefined>
  /** Gives up a grant that must not be kept; best effort. */
  revoke(grant: LiveGrant): void
}

/**
 * Makes a stored grant of an authorization response: reads it, claims its attempt, exchanges the code, checks whose
 * account it is, stores. It runs to its end also after its caller has lost patience: a late success still counts.
 * @throws AuthorizationError; what was stored before is as it was
 */
export function exchangeCode(
  context: CodeExchangeContext,
  attempt: PendingAttempt,
  parameters: string,
): Promise<void> {
  const { platform, store } = context
  const claimedBy = platform.randomId()
  const finished = exchangeAndStore(context, attempt, parameters, claimedBy).catch(async (error) => {
    await store.commit((entry) => dropAttempt(entry, attempt.state, claimedBy))
    throw error instanceof AuthorizationError
      ? error
      : new AuthorizationError('exchangeFailed', { cause: error })
  })
  return within(platform, CALLER_PATIENCE_MS, finished, () => {
    throw new AuthorizationError('exchangeFailed', {
      cause: new TokenEndpointError('tokenEndpointUnavailable'),
    })
  })
}

async function exchangeAndStore(
  context: CodeExchangeContext,
  attempt: PendingAttempt,
  parameters: string,
  claimedBy: string,
): Promise<void> {
  const { platform, store, member, ways } = context
  const code = context.readResponse(parameters, attempt)
  const claimed = await store.commit((entry) => claimConsent(entry, attempt.state, claimedBy))
  if (!isConsentClaimed(claimed.view, attempt.state, claimedBy)) return adoptGrant(context, attempt.scopes)

  const requestedAt = platform.now()
  const { clientId, codeVerifier, redirectUri } = attempt
  const request = { clientId, code, codeVerifier, redirectUri }
  const { answer, endpoint } = await ways.exchange(request)
  if (answer.kind !== 'tokens') throw await failureOf(answer, endpoint)

  const account = member === undefined ? undefined : await context.readAccount(answer.accessToken)
  const grant = grantOf(context, attempt, endpoint, answer, requestedAt, account !== undefined)
  if (account !== undefined && account !== member) {
    context.revoke(grant)
    throw new AuthorizationError('accountMismatch')
  }
  const { view } = await store.commit((entry) => storeConsent(entry, attempt.state, claimedBy, grant))
  if (view.record?.generation === grant.generation) return
  // A sign-out or a newer grant came in between: these tokens are nobody's.
  if (!view.record) context.revoke(grant)
  adoptGrant(context, attempt.scopes)
}

function grantOf(
  { platform, workspace }: CodeExchangeContext,
  attempt: PendingAttempt,
  endpoint: TokenEndpoint,
  answer: Extract<TokenAnswer, { kind: 'tokens' }>,
  requestedAt: number,
  memberChecked: boolean,
): LiveGrant {
  return {
    status: 'live',
    grantedAt: platform.now(),
    generation: platform.randomId(),
    scopes: permissionsOf(answer.scopes ?? attempt.scopes),
    ...(workspace !== undefined && { workspace }),
    tokenSet: tokenSetOf(answer, requestedAt),
    renewable: answer.refreshToken !== undefined || endpoint.holdsRefreshToken,
    memberChecked,
    ...(endpoint.way !== undefined && { way: endpoint.way }),
  }
}

/** The attempt is gone: another frame's newer grant serves as well if it holds what was asked for. */
function adoptGrant({ platform, store }: CodeExchangeContext, scopes: readonly string[]): void {
  const grant = liveGrant(store.view(), platform.now())
  if (!grant) throw new AuthorizationError('aborted')
  if (missingScopes(grant.scopes, scopes).length > 0) throw new AuthorizationError('superseded')
}

async function failureOf(
  answer: Exclude<TokenAnswer, { kind: 'tokens' }>,
  endpoint: TokenEndpoint,
): Promise<AuthorizationError> {
  if (answer.kind === 'dead') {
    return new AuthorizationError('exchangeFailed', { serverError: answer.serverError ?? 'invalid_grant' })
  }
  const code = answer.kind === 'unreadable' ? await codeOf(answer, endpoint) : 'tokenEndpointUnavailable'
  const cause = new TokenEndpointError(answer.kind === 'clientRejected' ? answer.kind : code, answer)
  return new AuthorizationError('exchangeFailed', { cause })
}

/** Names the reason why no answer reached the page. */
async function codeOf(
  { blockedByPolicy }: Extract<TokenAnswer, { kind: 'unreadable' }>,
  endpoint: TokenEndpoint,
): Promise<TokenEndpointErrorCode> {
  if (blockedByPolicy) return 'blockedByPolicy'
  return (await isThere(endpoint)) ? 'tokenEndpointUnreadable' : 'tokenEndpointUnavailable'
}
