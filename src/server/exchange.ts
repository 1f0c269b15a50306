import { delay, within } from '../base/async'
import { CALLER_PATIENCE_MS, LEASE_POLL_MS, STORAGE_WRITE_MS } from '../base/durations'
import { AuthorizationError, ConfigurationError, TokenEndpointError } from '../base/errors'
import { isText, readScopes } from '../base/option-check'
import type { Platform } from '../base/platform'
import { readRedirectUri } from '../base/server-option'
import { AUTHORIZATION_ENDPOINT } from '../base/trello'
import type { PendingAttempt } from '../grant/attempt'
import { readStoredEntry } from '../grant/entry-format'
import type { GrantEntry } from '../grant/grant'
import { dropAttempt, isConsentClaimed, putAttempt } from '../grant/on-sign-in'
import type { EntryStore } from '../grant/store'
import { type Claim, exchangeClaimed, type ObtainingClient } from '../sign-in/code-exchange'
import { type KeeperState, keeperState } from './client'
import { digestOf } from './digest'
import type { Keeping } from './keeping'
import type { KeptGrant } from './kept-grant'
import { placeOf, readKey } from './key'

/** A code that your own route received, and what belongs to it. */
export interface CodeExchange {
  /** The authorization code. */
  code: string
  /** The PKCE verifier whose challenge went into the authorization request. */
  codeVerifier: string
  /** The callback URL that the code was asked for with. @default the `redirectUri` of the keeper */
  redirectUri?: string | URL
  /** The scopes that were asked for. They stand in the state where the server names none. @default no scopes */
  scopes?: readonly string[]
}

/**
 * Makes a stored grant of a code: marks in the store that it is being sent, sends it once, checks whose account it is where the
 * key names a member, and replaces what stood under the key. A code whose grant stands there, or that another call is
 * sending, is not sent again: a server takes that for theft (RFC 6749, section 4.1.2).
 * @param inspect looks at the access token before anything is stored. A rejection keeps it from being stored.
 * @throws AuthorizationError; ConfigurationError for a wrong argument
 */
export async function exchangeCode(
  keeping: Keeping,
  key: string,
  exchange: CodeExchange,
  inspect?: ObtainingClient['inspect'],
): Promise<KeeperState> {
  const grant = keeping.open(readKey(key))
  const { code, attempt } = await readExchange(keeping, exchange)
  return grant.during(exchangeMarked(keeping, grant, { attempt, code, inspect }))
}

/** An exchange that is under way. */
interface Exchange {
  keeping: Keeping
  grant: KeptGrant
  claim: Claim
  client: ObtainingClient
  code: string
}

async function exchangeMarked(
  keeping: Keeping,
  grant: KeptGrant,
  { attempt, code, inspect }: { attempt: PendingAttempt; code: string; inspect: ObtainingClient['inspect'] },
): Promise<KeeperState> {
  const { platform, ways, readAccount, revoke } = keeping
  const { key, store } = grant
  const { workspace, member } = placeOf(key)
  const client: ObtainingClient = {
    workspace,
    member,
    ways,
    readAccount,
    revoke: (tokens) => void revoke(grant, tokens),
    inspect,
  }
  // The grant keeps this name: a code that comes twice is known by it.
  const claim: Claim = { attempt, claimedBy: `${attempt.state}:${platform.randomId()}` }
  // It runs to its end also after the caller has lost patience: a late success still counts.
  const finished = grant.during(exchangeOnce({ keeping, grant, claim, client, code }))
  await within(platform, CALLER_PATIENCE_MS, finished, () => {
    throw new TokenEndpointError('tokenEndpointUnavailable')
  }).catch((cause) => {
    throw cause instanceof AuthorizationError ? cause : new AuthorizationError('exchangeFailed', { cause })
  })
  return keeperState(store.view(), platform.now())
}

async function exchangeOnce(exchange: Exchange): Promise<void> {
  const { keeping, grant, claim, client, code } = exchange
  const { platform, emit } = keeping
  const { key, store } = grant
  const { attempt, claimedBy } = claim
  const view = await mark(exchange)
  // The same code came a second time, as where a browser loads the callback page again: later, or while it is sent.
  if (view && isOf(attempt, view)) {
    // A frame sends its code once: this is a replay.
    if (client.inspect) throw new AuthorizationError('exchangeFailed', { serverError: 'invalid_grant' })
    return
  }
  if (view && !isConsentClaimed(view, attempt.state, claimedBy)) {
    if (client.inspect) throw new AuthorizationError('superseded')
    return waitForGrant(platform, store, attempt)
  }
  // Where nothing but a grant may be written, the mark comes with it, unless there is another grant by then.
  const commit: EntryStore['commit'] = (change) =>
    store.commit((entry) => change(view || entry.record ? entry : marked(entry, exchange)))
  try {
    await exchangeClaimed({ platform, store: { ...store, commit } }, client, claim, code)
  } catch (error) {
    if (view) await store.commit((entry) => dropAttempt(entry, attempt.state, claimedBy))
    throw error
  }
  emit({ key, type: 'grantStored' })
}

/**
 * Marks in the store that a code is being sent: a store that takes no writes costs no code. `undefined`: what stands there may
 * be replaced by a new grant only.
 */
async function mark(exchange: Exchange): Promise<GrantEntry | undefined> {
  const { keeping, grant, claim } = exchange
  try {
    return await grant.store.transact((entry) => marked(entry, exchange))
  } catch (cause) {
    // A store that loses its answer, or gives it late, may have written it all the same.
    const view = await grant.store.read()
    if (isConsentClaimed(view, claim.attempt.state, claim.claimedBy)) return view
    const heldBack = within(keeping.platform, STORAGE_WRITE_MS, isHeldBack(keeping, grant.key), () => false)
    if (await heldBack.catch(() => false)) return undefined
    throw new TokenEndpointError('storageUnavailable', { cause })
  }
}

function marked(entry: GrantEntry, { keeping, claim: { attempt, claimedBy } }: Exchange): GrantEntry {
  // The verifier is not stored: nobody sends the code a second time.
  const sent = { ...attempt, codeVerifier: UNUSED, claimedBy }
  return isOf(attempt, entry) ? entry : putAttempt(entry, sent, keeping.platform.now())
}

/** Waits for the grant of another call, in this process or another, that is sending the code. */
async function waitForGrant(platform: Platform, store: EntryStore, attempt: PendingAttempt): Promise<void> {
  const end = platform.monotonicNow() + CALLER_PATIENCE_MS
  while (platform.monotonicNow() < end) {
    await delay(platform, LEASE_POLL_MS)
    const entry = await store.read()
    if (isOf(attempt, entry)) return
    if (entry.attempts.every(({ state }) => state !== attempt.state))
      throw new AuthorizationError('exchangeFailed')
  }
  throw new TokenEndpointError('tokenEndpointUnavailable')
}

/**
 * Tells whether a text stands under the key that only a new grant may replace: one that can't be opened, as after the key of
 * the seal was lost, or one of a newer library. Rejects where nothing could be stored now.
 */
async function isHeldBack({ storage, configuration }: Keeping, key: string): Promise<boolean> {
  const { store, seal } = configuration
  if (!(await store.get(key))) return false
  await seal?.seal(key)
  return storage.get(key).then(
    (value) => readStoredEntry(value).isNewer,
    () => true,
  )
}

/** Tells whether the grant that stands came of the code of this attempt. */
function isOf({ state }: PendingAttempt, { record }: GrantEntry): boolean {
  return record?.status === 'live' && record.consent?.startsWith(`${state}:`) === true
}

/** Stands for what an attempt of a keeper has no use for. */
const UNUSED = '-'

/** @throws ConfigurationError */
async function readExchange(
  { platform, configuration }: Keeping,
  exchange: CodeExchange,
): Promise<{ code: string; attempt: PendingAttempt }> {
  const { code, codeVerifier, redirectUri = configuration.redirectUri, scopes = [] } = exchange ?? {}
  if (!isText(code) || !isText(codeVerifier)) {
    throw new ConfigurationError('invalidRequest', 'exchange() takes `code` and `codeVerifier`, each a text.')
  }
  const now = platform.now()
  return {
    code,
    attempt: {
      // Names the attempt without telling the code: a code that comes twice meets itself.
      state: await digestOf(code),
      codeVerifier,
      url: UNUSED,
      scopes: readScopes(scopes),
      clientId: configuration.clientId,
      redirectUri: readRedirectUri(redirectUri),
      authorizationEndpoint: AUTHORIZATION_ENDPOINT,
      preparedAt: now,
      openedAt: now,
    },
  }
}
