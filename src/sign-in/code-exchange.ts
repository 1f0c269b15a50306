import { delay, within } from '../base/async'
import { CALLER_PATIENCE_MS, CLAIM_PAUSE_MS } from '../base/durations'
import { AuthorizationError, TokenEndpointError, type TokenEndpointErrorCode } from '../base/errors'
import { isAlive, type PendingAttempt } from '../grant/attempt'
import type { Frame } from '../grant/frame'
import { type GrantEntry, type GrantView, type LiveGrant, liveGrant, missingScopes } from '../grant/grant'
import { claimConsent, dropAttempt, isConsentClaimed, storeConsent } from '../grant/on-sign-in'
import { permissionsOf, tokenSetOf } from '../grant/token-response'
import { ACCOUNT_MISMATCH } from '../token-endpoint/keeper-error'
import { isThere, type TokenAnswer, type TokenEndpoint } from '../token-endpoint/token-endpoint'
import type { TokenWays } from '../token-endpoint/ways'
import type { AccountAnswer } from './account'

/** The client whose codes are exchanged. */
export interface ExchangingClient extends ObtainingClient {
  /** Reads the code out of a response. @throws AuthorizationError where the response is no success */
  readResponse(parameters: string, attempt: PendingAttempt): string
}

/** The client that a grant is obtained for. */
export interface ObtainingClient {
  /** The id of the workspace that the grant is for. `undefined`: it is for no particular one. */
  workspace: string | undefined
  /** The id of the member that the grant is for, where it is known. */
  member: string | undefined
  /** The ways to the token endpoint. */
  ways: TokenWays
  /** Asks the API whose token this is. Never rejects. */
  readAccount(accessToken: string): Promise<AccountAnswer>
  /** Gives up a grant that must not be kept; best effort. */
  revoke(grant: LiveGrant): void
  /**
   * Looks at a token, and at what the API said of its account, before its grant is stored. A rejection keeps it from being
   * stored. Left out: nobody does.
   */
  inspect?: ((accessToken: string, account: AccountAnswer | undefined) => Promise<void>) | undefined
}

/** One attempt, and the name of the exchange that claims it. */
export interface Claim {
  /** The attempt, with what its exchange needs. */
  attempt: PendingAttempt
  /** The name that stands in the stored attempt. */
  claimedBy: string
  /** Tells that the sign-in was called off since: what is stored all the same does not count. */
  isCalledOff?: (() => boolean) | undefined
}

/**
 * Makes a stored grant of an authorization response: reads it, claims its attempt, exchanges the code, checks whose
 * account it is, stores. It runs to its end also after its caller has lost patience: a late success still counts.
 * @param isCalledOff tells that the sign-in was called off since
 * @throws AuthorizationError; what was stored before is as it was
 */
export function exchangeCode(
  frame: Frame,
  client: ExchangingClient,
  attempt: PendingAttempt,
  parameters: string,
  isCalledOff?: () => boolean,
): Promise<void> {
  const { platform, store } = frame
  const claim: Claim = { attempt, claimedBy: platform.randomId(), isCalledOff }
  const finished = exchangeAndStore(frame, client, claim, parameters).catch(async (error) => {
    await store.commit((entry) => dropAttempt(entry, attempt.state, claim.claimedBy))
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
  frame: Frame,
  client: ExchangingClient,
  { attempt, claimedBy, isCalledOff }: Claim,
  parameters: string,
): Promise<void> {
  const code = client.readResponse(parameters, attempt)
  const claimed = await claim(frame, attempt.state, claimedBy)
  if (!isConsentClaimed(claimed, attempt.state, claimedBy)) return adoptGrant(frame, attempt)
  await exchangeClaimed(frame, client, { attempt, claimedBy, isCalledOff }, code)
}

/**
 * Makes a stored grant of the code of an attempt that is claimed. Rejects where it can't, and leaves the
 * attempt.
 */
export async function exchangeClaimed(
  frame: Frame,
  client: ObtainingClient,
  { attempt, claimedBy, isCalledOff }: Claim,
  code: string,
): Promise<void> {
  const { store } = frame
  const grant = await obtainGrant(frame, client, attempt, code)
  // Called off while other work of the storage was waited for: as if its attempt had been removed.
  const { view, stored } = await store.commit((entry) =>
    isCalledOff?.() ? entry : storeConsent(entry, attempt.state, claimedBy, grant),
  )
  // A sign-out came while the code was on its way, or before the grant could be stored: these tokens are nobody's.
  void stored.then((entry) => {
    const isOurs = entry?.record?.generation === grant.generation
    if (entry && !isOurs && !liveGrant(entry, frame.platform.now())) client.revoke(grant)
  })
  if (view.record?.generation === grant.generation) return
  // A newer grant, or a sign-out, came in between.
  adoptGrant(frame, attempt)
}

/** Claims the attempt. A frame whose storage takes no writes does without the mark, but not at the first failure. */
async function claim({ platform, store }: Frame, state: string, claimedBy: string): Promise<GrantView> {
  const change = (entry: GrantEntry) => claimConsent(entry, state, claimedBy)
  if (store.view().persistent) {
    try {
      return await store.transact(change)
    } catch {
      // Another frame may have the same response, and sees the mark only where it is stored.
      await delay(platform, CLAIM_PAUSE_MS)
    }
  }
  return (await store.commit(change)).view
}

/** Sends the code, and makes a grant of the answer if the account is the right one. */
async function obtainGrant(
  { platform }: Frame,
  client: ObtainingClient,
  { clientId, codeVerifier, redirectUri, scopes }: PendingAttempt,
  code: string,
): Promise<LiveGrant> {
  const { workspace, member, ways } = client
  const requestedAt = platform.now()
  const { answer, endpoint } = await ways.exchange({ clientId, code, codeVerifier, redirectUri })
  const receivedAt = platform.now()
  if (answer.kind !== 'tokens') throw await failureOf(answer, endpoint)

  const account = member === undefined ? undefined : await client.readAccount(answer.accessToken)
  const isKnown = account?.kind === 'account'
  const grant: LiveGrant = {
    status: 'live',
    grantedAt: receivedAt,
    generation: platform.randomId(),
    scopes: permissionsOf(answer.scopes ?? scopes),
    ...(workspace !== undefined && { workspace }),
    tokenSet: tokenSetOf(answer, requestedAt, receivedAt),
    renewable: answer.refreshToken !== undefined || endpoint.holdsRefreshToken,
    memberChecked: isKnown,
    ...(endpoint.way !== undefined && { way: endpoint.way }),
  }
  try {
    if (isKnown && account.id !== member) throw new AuthorizationError('accountMismatch')
    await client.inspect?.(answer.accessToken, account)
    return grant
  } catch (error) {
    client.revoke(grant)
    throw error
  }
}

/** Takes another frame's newer grant for the result, if that holds what was asked for: the attempt is gone. */
function adoptGrant({ platform, store }: Frame, attempt: PendingAttempt): void {
  const now = platform.now()
  const grant = liveGrant(store.view(), now)
  // The clock was set, or the machine has slept: then nobody has called it off.
  if (!grant) throw new AuthorizationError(isAlive(attempt, now) ? 'aborted' : 'timedOut')
  if (missingScopes(grant.scopes, attempt.scopes).length > 0) throw new AuthorizationError('superseded')
}

async function failureOf(
  answer: Exclude<TokenAnswer, { kind: 'tokens' }>,
  endpoint: TokenEndpoint,
): Promise<AuthorizationError> {
  if (answer.kind === 'retryable' && answer.serverError === ACCOUNT_MISMATCH)
    return new AuthorizationError('accountMismatch')
  if (answer.kind === 'dead') {
    const { serverError = 'invalid_grant' } = answer
    return new AuthorizationError('exchangeFailed', { ...answer, serverError })
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
