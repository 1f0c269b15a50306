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
import { type GrantView, isGood, type LiveGrant, liveGrant } from '../grant/grant'
import { isPastLease, mayPutOff, overruleClock } from '../grant/on-refresh'
import type { TokenAnswer, TokenEndpoint } from '../token-endpoint/token-endpoint'
import { livingGrant, type TokenNeed } from './access-token'
import { coolDownForAll, coolDownNow, endEpisode, retryAfterMs } from './cool-down'
import { type PresentationContext, type PresentingClient, presentRefreshToken } from './rotation'
import { openAnswers } from './siblings'

/** The client that asks for a token. */
export interface RefreshClient extends PresentingClient {
  tokenEndpoint: TokenEndpoint
}

export interface Refresh {
  /**
   * An access token that is good now. All callers share one episode of presenting the refresh token, and none of them
   * can end it.
   * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError
   */
  accessToken(client: RefreshClient, need?: TokenNeed): Promise<string>
}

/** Made once for all clients of a page with the same grant. */
export function createRefresh(context: PresentationContext, grantKey: string): Refresh {
  const { platform, store, locks } = context
  const heldAnswers = openAnswers(platform, store, grantKey)
  let episode: Promise<string> | undefined

  async function accessToken(client: RefreshClient, need: TokenNeed = {}): Promise<string> {
    const view = await store.current()
    const grant = liveGrant(view, platform.now())
    if (grant && !grant.renewable && grant.tokenSet.accessToken === need.instead) {
      await store.commit((entry) => overruleClock(entry, grant.generation, platform.now()))
    }
    const token = servableToken(store.view(), need)
    if (token !== undefined) return token
    const given = await joinEpisode(client, need)
    // The episode that was joined may have begun before anybody knew that this token won't do.
    return given === need.instead && !need.isRenewal ? joinEpisode(client, need) : given
  }

  function joinEpisode(client: RefreshClient, need: TokenNeed): Promise<string> {
    episode ??= locks
      .inQueue(`refresh:${grantKey}`, () => runEpisode(client, client.tokenEndpoint, need))
      .catch((error) => {
        if (error instanceof TokenEndpointError) {
          const { code, status } = error
          client.emit({ type: 'refreshFailed', code, ...(status !== undefined && { status }) })
        }
        throw error
      })
      .finally(() => {
        episode = undefined
      })
    return episode
  }

  /** Presents the refresh token until there is something to tell the callers, a few times at most. */
  async function runEpisode(
    client: RefreshClient,
    endpoint: TokenEndpoint,
    need: TokenNeed,
  ): Promise<string> {
    const run: Episode = { client, endpoint, need, startedAt: platform.monotonicNow(), answers: [] }
    for (;;) {
      const token = await takeTurn(run)
      if (token !== undefined) return token
    }
  }

  /** One look at the record, and at most one request. `undefined`: look again. */
  async function takeTurn(run: Episode): Promise<string | undefined> {
    const view = await store.read()
    const token = servableToken(view, run.need)
    if (token !== undefined) return token
    const grant = livingGrant(view, platform.now())
    const turn = await turnOf(grant, run.need)
    if (turn === 'serve') return grant.tokenSet.accessToken
    if (turn === 'putOff') throw new TokenEndpointError('storageUnavailable')
    if (turn === 'wait') {
      if (restMs(run, LEASE_MS) < 0) throw new TokenEndpointError('tokenEndpointUnavailable')
      await delay(platform, LEASE_POLL_MS)
      return undefined
    }
    const isForced = run.need.instead !== undefined && !run.need.isRenewal
    const presentation = presentRefreshToken(context, run.client, run.endpoint, grant, isForced).catch(
      (cause) => {
        throw new TokenEndpointError('storageUnavailable', { cause })
      },
    )
    const answer = await within(platform, restMs(run, EPISODE_MS), presentation, hanging)
    if (answer === 'notClaimed' || answer.kind === 'tokens') return undefined
    if (answer.kind === 'clientRejected') throw await coolDownForAll(context, grant, answer.kind, answer)
    if (answer.kind === 'dead') return afterVerdict(grant)
    return afterFailure(run, grant, answer)
  }

  /** The verdict counts once it is stored; it isn't while another frame presents the same token. */
  function afterVerdict(grant: LiveGrant): undefined {
    const { record } = store.view()
    const isUndecided = record?.status === 'live' && record.generation === grant.generation
    if (isUndecided) throw new TokenEndpointError('tokenEndpointUnavailable')
  }

  /** Waits for the next presentation of the episode, or ends it for all frames. */
  async function afterFailure(run: Episode, grant: LiveGrant, answer: TokenAnswer): Promise<undefined> {
    run.answers.push(answer)
    const leastMs = run.answers.length === 1 ? SECOND_PRESENTATION_PAUSE_MS : THIRD_PRESENTATION_PAUSE_MS
    const pauseMs = leastMs * (1 + platform.random() / 2)
    const isLast = run.answers.length >= PRESENTATIONS_PER_EPISODE || restMs(run, EPISODE_MS) <= pauseMs
    if (isLast || retryAfterMs(answer) !== undefined)
      throw await endEpisode(context, run.endpoint, grant, run.answers)
    await delay(platform, pauseMs)
  }

  function restMs({ startedAt }: Episode, limitMs: number): number {
    return startedAt + limitMs - platform.monotonicNow()
  }

  /** The token that may be given out, `undefined` if one must be asked for, or the reason why there will be none. */
  function servableToken(view: GrantView, { instead }: TokenNeed): string | undefined {
    const now = platform.now()
    const { tokenSet, coolDown, renewable } = livingGrant(view, now)
    if (tokenSet.accessToken !== instead && isGood(tokenSet, now)) return tokenSet.accessToken
    if (!renewable) throw new TokenExpiredError('expired')
    const coolDownError = coolDownNow(coolDown, now)
    if (coolDownError) throw coolDownError
    return undefined
  }

  /** Whether this frame may present the refresh token now, given the mark that stands in the record. */
  async function turnOf(grant: LiveGrant, need: TokenNeed): Promise<'present' | 'serve' | 'wait' | 'putOff'> {
    const { lease } = grant
    if (!lease || store.isOnlyHere(grant.generation)) return 'present'
    // Its owner died, or its answer got lost: at once, while a leeway of the server may still run.
    if (await locks.isFree(lease.owner)) return 'present'
    if (need.isRenewal && isGood(grant.tokenSet, platform.now())) return 'serve'
    if (!isPastLease(lease, platform.now())) return 'wait'
    const isAnswered = await heldAnswers.isHeldElsewhere(grant.generation)
    return isAnswered && mayPutOff(lease, platform.now()) ? 'putOff' : 'present'
  }

  return { accessToken }
}

/** One attempt, with all its presentations, to get a token for whoever waits in this page. */
interface Episode {
  client: RefreshClient
  endpoint: TokenEndpoint
  need: TokenNeed
  startedAt: number
  /** The failures so far. */
  answers: TokenAnswer[]
}

/** Stands for an answer that has not come yet: the request goes on, and its late success will count. */
function hanging(): TokenAnswer {
  return { kind: 'retryable' }
}
