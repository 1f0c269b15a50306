import { delay, within } from '../base/async'
import {
  EPISODE_MS,
  LEASE_MS,
  LEASE_POLL_MS,
  PRESENTATIONS_PER_EPISODE,
  SECOND_PRESENTATION_PAUSE_MS,
  THIRD_PRESENTATION_PAUSE_MS,
} from '../base/durations'
import { TokenEndpointError, TokenExpiredError } from '../base/errors'
import type { Frame } from '../grant/frame'
import { type GrantView, isGood, type LiveGrant, liveGrant } from '../grant/grant'
import type { Locks } from '../grant/lock'
import { isPastLease, mayPutOff, overruleClock } from '../grant/on-refresh'
import type { TokenAnswer, TokenEndpoint } from '../token-endpoint/token-endpoint'
import { livingGrant, type TokenNeed } from './access-token'
import { coolDownForAll, coolDownNow, endEpisode, isForbidden, retryAfterMs } from './cool-down'
import { type PresentationOutcome, presentRefreshToken, type RefreshClient } from './rotation'
import { openAnswers } from './siblings'

/** Gets new access tokens for all clients of a page with the same grant. */
export interface Refresh {
  /**
   * Resolves with an access token that is good now. All callers share one episode of presenting the refresh token, and
   * none of them can end it.
   * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError
   */
  accessToken(client: RefreshClient, need?: TokenNeed): Promise<string>
}

/** Makes the refresh of one grant. One page makes it once. */
export function createRefresh(frame: Frame, locks: Locks, grantKey: string): Refresh {
  const { platform, store } = frame
  const siblings = openAnswers(frame, grantKey)
  let running: Promise<string> | undefined

  async function accessToken(client: RefreshClient, need: TokenNeed = {}): Promise<string> {
    const view = await store.current()
    const grant = liveGrant(view, platform.now())
    const isRefused = grant?.tokenSet.accessToken === need.instead && !need.isRenewal
    if (grant && isRefused && !(await endpointFor(client, grant))) {
      await store.commit((entry) => overruleClock(entry, grant.generation, platform.now()))
    }
    const token = servableToken(store.view(), need)
    if (token !== undefined) return token
    const given = await joinEpisode(client, need)
    // The episode that was joined may have begun before anybody knew that this token won't do.
    return given === need.instead && !need.isRenewal ? joinEpisode(client, need) : given
  }

  function joinEpisode(client: RefreshClient, need: TokenNeed): Promise<string> {
    running ??= locks
      .inQueue(`refresh:${grantKey}`, () => runEpisode(client, need))
      .catch((error) => {
        if (error instanceof TokenEndpointError) {
          const { code, status } = error
          client.emit({ type: 'refreshFailed', code, ...(status !== undefined && { status }) })
        }
        throw error
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  /** Presents the refresh token until there is something to tell the callers, a few times at most. */
  async function runEpisode(client: RefreshClient, need: TokenNeed): Promise<string> {
    const episode: Episode = { client, need, startedAt: platform.monotonicNow(), failures: [] }
    for (;;) {
      const view = await store.read()
      const token = servableToken(view, need)
      if (token !== undefined) return token
      const grant = livingGrant(view, platform.now())
      switch (await turnOf(grant, need)) {
        case 'serve':
          return grant.tokenSet.accessToken
        case 'putOff':
          throw new TokenEndpointError('storageUnavailable')
        case 'wait':
          await pauseForOwner(episode)
          continue
        case 'present':
      }
      // Loaded before the refresh token is marked as presented.
      const endpoint = await endpointFor(client, grant)
      if (!endpoint) return unrenewable(grant, need)
      const outcome = await present(episode, grant, endpoint)
      switch (outcome.kind) {
        case 'notClaimed':
        case 'tokens':
          continue
        case 'clientRejected':
          throw await coolDownForAll(frame, grant, outcome.kind, outcome)
        case 'dead':
          // The verdict counts once it is stored; it isn't while another frame presents the same token.
          if (isUndecided(grant)) throw new TokenEndpointError('tokenEndpointUnavailable')
          continue
        default:
          await pauseAfterFailure(episode, grant, endpoint, outcome)
      }
    }
  }

  /** Picks the endpoint that renews `grant` the way it was obtained. `undefined`: this client can't renew it. */
  async function endpointFor({ ways }: RefreshClient, grant: LiveGrant): Promise<TokenEndpoint | undefined> {
    if (!grant.renewable) return undefined
    return ways.toRenew(grant).catch((cause) => {
      throw new TokenEndpointError('notLoaded', { cause })
    })
  }

  /** Serves the token of a grant that this client can't renew while it is good. */
  function unrenewable({ tokenSet }: LiveGrant, { isRenewal }: TokenNeed): string {
    if (!isRenewal || !isGood(tokenSet, platform.now())) throw new TokenExpiredError('expired')
    return tokenSet.accessToken
  }

  /** Presents the refresh token and waits for the answer, but no longer than the episode lasts. */
  function present(
    { client, need, startedAt }: Episode,
    grant: LiveGrant,
    endpoint: TokenEndpoint,
  ): Promise<PresentationOutcome> {
    const isForced = need.instead !== undefined && !need.isRenewal
    const presentation = presentRefreshToken(frame, grant, { client, endpoint, locks, isForced }).catch(
      (cause) => {
        throw new TokenEndpointError('storageUnavailable', { cause })
      },
    )
    // The request goes on, and its late success will count.
    return within(platform, restMs(startedAt, EPISODE_MS), presentation, () => ({ kind: 'retryable' }))
  }

  /** Waits a moment for the frame that is presenting, and gives up where that takes longer than a lease. */
  async function pauseForOwner({ startedAt }: Episode): Promise<void> {
    if (restMs(startedAt, LEASE_MS) < 0) throw new TokenEndpointError('tokenEndpointUnavailable')
    await delay(platform, LEASE_POLL_MS)
  }

  /** Waits for the next presentation of the episode, or ends it for all frames. */
  async function pauseAfterFailure(
    { startedAt, failures }: Episode,
    grant: LiveGrant,
    endpoint: TokenEndpoint,
    answer: TokenAnswer,
  ): Promise<void> {
    failures.push(answer)
    const leastMs = failures.length === 1 ? SECOND_PRESENTATION_PAUSE_MS : THIRD_PRESENTATION_PAUSE_MS
    const pauseMs = leastMs * (1 + platform.random() / 2)
    const isLast = failures.length >= PRESENTATIONS_PER_EPISODE || restMs(startedAt, EPISODE_MS) <= pauseMs
    if (isLast || isForbidden(answer) || retryAfterMs(answer) !== undefined)
      throw await endEpisode(frame, endpoint, grant, failures)
    await delay(platform, pauseMs)
  }

  function isUndecided({ generation }: LiveGrant): boolean {
    const { record } = store.view()
    return record?.status === 'live' && record.generation === generation
  }

  function restMs(startedAt: number, limitMs: number): number {
    return startedAt + limitMs - platform.monotonicNow()
  }

  /** Returns the token that may be given out, or `undefined` if one must be asked for. Throws where there will be none. */
  function servableToken(view: GrantView, { instead }: TokenNeed): string | undefined {
    const now = platform.now()
    const { tokenSet, coolDown, renewable } = livingGrant(view, now)
    if (tokenSet.accessToken !== instead && isGood(tokenSet, now)) return tokenSet.accessToken
    if (!renewable) throw new TokenExpiredError('expired')
    const coolDownError = coolDownNow(coolDown, now)
    if (coolDownError) throw coolDownError
    return undefined
  }

  /** Tells what this frame may do now, given the mark that stands in the record. */
  async function turnOf(grant: LiveGrant, need: TokenNeed): Promise<'present' | 'serve' | 'wait' | 'putOff'> {
    const { lease } = grant
    if (!lease || store.isOnlyHere(grant.generation)) return 'present'
    // Its owner died, or its answer got lost: at once, while a leeway of the server may still run.
    if (await locks.isFree(lease.owner)) return 'present'
    if (need.isRenewal && isGood(grant.tokenSet, platform.now())) return 'serve'
    if (!isPastLease(lease, platform.now())) return 'wait'
    const isAnswered = await siblings.isHeldElsewhere(grant.generation)
    return isAnswered && mayPutOff(lease, platform.now()) ? 'putOff' : 'present'
  }

  return { accessToken }
}

/** One attempt, with all its presentations, to get a token for whoever waits in this page. */
interface Episode {
  client: RefreshClient
  need: TokenNeed
  startedAt: number
  /** The answers so far that were neither a success nor final. */
  failures: TokenAnswer[]
}
