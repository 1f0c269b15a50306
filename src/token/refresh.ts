import { delay, noValue, within } from '../base/async'
import {
  EPISODE_MS,
  LEASE_MS,
  LEASE_POLL_FIRST_MS,
  LEASE_POLL_MS,
  PRESENTATIONS_PER_EPISODE,
  REACHABLE_MS,
  SECOND_PRESENTATION_PAUSE_MS,
  THIRD_PRESENTATION_PAUSE_MS,
} from '../base/durations'
import { TokenEndpointError, TokenExpiredError } from '../base/errors'
import type { Frame } from '../grant/frame'
import { type GrantView, isGood, type LiveGrant, liveGrant } from '../grant/grant'
import type { LeaseLocks } from '../grant/lock'
import { overruleClock } from '../grant/on-refresh'
import { isThere, type TokenAnswer, type TokenEndpoint } from '../token-endpoint/token-endpoint'
import { livingGrant, type TokenNeed } from './access-token'
import { createCoolDowns, type FailureReason, isOnlyHere, reasonOf, retryAfterMs } from './cool-down'
import { createOwnFailures, shareEpisode } from './episode'
import { type PresentationOutcome, presentRefreshToken, type RefreshClient } from './rotation'
import { createTurns } from './turn'

/** Gets new access tokens for all clients of a page with the same grant. */
export interface Refresh {
  /**
   * Resolves with an access token that is good now, or that the server has just given. All callers share one episode of
   * presenting the refresh token, and none of them can end it.
   * @throws NotAuthorizedError, TokenExpiredError, TokenEndpointError
   */
  accessToken(client: RefreshClient, need?: TokenNeed): Promise<string>
  /** Ends the listening to other frames. An episode that is running comes to its end. */
  close(): void
}

/** Makes the refresh of one grant. One page makes it once. */
export function createRefresh(frame: Frame, locks: LeaseLocks, grantKey: string): Refresh {
  const { platform, store } = frame
  const turns = createTurns(frame, locks, grantKey)
  const coolDowns = createCoolDowns(frame)
  const ownFailures = createOwnFailures()
  const shared = shareEpisode(platform, ownFailures, (client, need) =>
    runInTurn(client, need).catch((error) => {
      if (error instanceof TokenEndpointError) {
        const { code, status } = error
        client.emit({ type: 'refreshFailed', code, ...(status !== undefined && { status }) })
      }
      throw error
    }),
  )

  async function accessToken(client: RefreshClient, need: TokenNeed = {}): Promise<string> {
    const view = await store.current()
    const grant = liveGrant(view, platform.now())
    const refused = grant?.tokenSet.accessToken === need.instead ? grant : undefined
    // Where the code for it does not load, this client may be able to renew it.
    if (refused && !(await endpointFor(client, refused).catch(() => true))) {
      await store.commit((entry) => overruleClock(entry, refused.generation, platform.now()))
    }
    return servableToken(store.view(), need) ?? shared.join(client, need)
  }

  /** Runs an episode when it is this frame's turn. Until then, what another frame gets will do. */
  async function runInTurn(client: RefreshClient, need: TokenNeed): Promise<string> {
    let token: string | undefined
    let stop = noValue
    const served = new Promise<string>((resolve) => {
      stop = store.subscribe(() => {
        token ??= tokenIn(store.view(), need)
        if (token !== undefined) resolve(token)
      })
    })
    const inTurn = locks.inQueue(`refresh:${grantKey}`, async () => {
      stop()
      return token ?? runEpisode(client, need)
    })
    return Promise.race([served, inTurn]).finally(stop)
  }

  /** Presents the refresh token until there is something to tell the callers, a few times at most. */
  async function runEpisode(client: RefreshClient, need: TokenNeed): Promise<string> {
    const episode: Episode = {
      client,
      need,
      startedAt: platform.monotonicNow(),
      presentations: 0,
      waits: 0,
      failures: [],
      isOver: false,
    }
    for (;;) {
      const view = await store.read()
      const token = servableToken(view, need)
      if (token !== undefined) return token
      const grant = livingGrant(view, platform.now())
      switch (await turns.next(grant, need)) {
        case 'serve':
          return grant.tokenSet.accessToken
        case 'putOff':
          throw await failure(episode, grant, { code: 'storageUnavailable' })
        case 'wait':
          await pauseForOthers(episode)
          continue
        case 'present':
      }
      // Loaded before the refresh token is marked as presented.
      const endpoint = await endpointFor(client, grant).catch(async ({ code, cause }: TokenEndpointError) => {
        throw await failure(episode, grant, { code, cause })
      })
      if (!endpoint) return unrenewable(grant, need)
      const outcome = await present(episode, grant, endpoint)
      switch (outcome.kind) {
        case 'notClaimed':
          await pauseForOthers(episode)
          continue
        case 'notMarked':
          throw await failure(episode, grant, { code: 'storageUnavailable', cause: outcome.cause })
        case 'tokens':
          // Whatever it is worth: who asks once more at once gets no better one. A sign-out may have overtaken it.
          return livingGrant(store.view(), platform.now()).tokenSet.accessToken
        case 'clientRejected':
          throw await failure(episode, grant, { code: outcome.kind, answer: outcome })
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

  /** Serves the token of a grant that this client can't renew while it is good. Another client may be able to. */
  function unrenewable({ tokenSet }: LiveGrant, { renews }: TokenNeed): string {
    if (renews === undefined || !isGood(tokenSet, platform.now()))
      throw ownFailures.add(new TokenExpiredError('expired'))
    return tokenSet.accessToken
  }

  /** Presents the refresh token and waits for the answer, but no longer than the episode lasts. */
  function present(
    episode: Episode,
    grant: LiveGrant,
    endpoint: TokenEndpoint,
  ): Promise<PresentationOutcome> {
    const { client, need, startedAt } = episode
    episode.presentations++
    const isForced = need.instead !== undefined
    const presentation = presentRefreshToken(frame, grant, { client, endpoint, locks, isForced })
    turns.follow(presentation)
    // The request goes on, and its late success will count.
    return within(platform, restMs(startedAt, EPISODE_MS), presentation, () => {
      episode.isOver = true
      void presentation.then((outcome) => pauseAfterLate(episode, grant, outcome))
      return { kind: 'retryable' }
    })
  }

  /** Notes a refusal of this client that came after its episode: nobody asks again by itself. */
  async function pauseAfterLate(
    episode: Episode,
    grant: LiveGrant,
    outcome: PresentationOutcome,
  ): Promise<void> {
    if (outcome.kind === 'clientRejected')
      await failure(episode, grant, { code: outcome.kind, answer: outcome })
  }

  /** Waits a moment for the frame that is presenting, and gives up where that takes longer than a lease. */
  async function pauseForOthers(episode: Episode): Promise<void> {
    if (restMs(episode.startedAt, LEASE_MS) < 0) throw new TokenEndpointError('tokenEndpointUnavailable')
    await delay(platform, Math.min(LEASE_POLL_FIRST_MS * 2 ** episode.waits, LEASE_POLL_MS))
    episode.waits++
  }

  /** Waits for the next presentation of the episode, or ends it for all frames. */
  async function pauseAfterFailure(
    episode: Episode,
    grant: LiveGrant,
    endpoint: TokenEndpoint,
    answer: TokenAnswer,
  ): Promise<void> {
    const { failures, startedAt } = episode
    failures.push(answer)
    const isReached = () => {
      episode.reached ??= within(platform, REACHABLE_MS, isThere(endpoint), () => false)
      return episode.reached
    }
    for (;;) {
      const leastMs = episode.presentations === 1 ? SECOND_PRESENTATION_PAUSE_MS : THIRD_PRESENTATION_PAUSE_MS
      const pauseMs = leastMs * (1 + platform.random() / 2)
      // A machine that slept fires the timer although the monotonic clock says that there is time left.
      const isTimeOver = episode.isOver || restMs(startedAt, EPISODE_MS) <= pauseMs
      const isLast = episode.presentations >= PRESENTATIONS_PER_EPISODE || isTimeOver
      if (isLast || retryAfterMs(answer) !== undefined || isOnlyHere(answer)) {
        const code = await reasonOf(failures, isReached)
        throw await failure(episode, grant, { code, answer })
      }
      await delay(platform, pauseMs)
      const isFirst = failures.length === 1 && !episode.reached
      if (answer.kind !== 'unreadable' || !endpoint.isReachable || !isFirst) return
      // Is the server there at all? The question is a request too, and takes the place of the second presentation.
      episode.presentations++
      if (await isReached()) return
    }
  }

  /** Notes that the episode failed. Resolves with the error for the callers. */
  async function failure(
    { need, failures }: Episode,
    grant: LiveGrant,
    reason: FailureReason,
  ): Promise<Error> {
    // What ends the episode may be something else; but a server that failed in it needs a pause.
    const { answer = failures.at(-1) } = reason
    const isTokenRefused = need.instead === grant.tokenSet.accessToken
    const error = await coolDowns.begin(grant, { ...reason, answer }, isTokenRefused)
    return isOnlyHere(answer) ? ownFailures.add(error) : error
  }

  function isUndecided({ generation }: LiveGrant): boolean {
    const { record } = store.view()
    return record?.status === 'live' && record.generation === generation
  }

  function restMs(startedAt: number, limitMs: number): number {
    return startedAt + limitMs - platform.monotonicNow()
  }

  /** Returns the token that may be given out, or `undefined` if one must be asked for. Throws if asking can't help. */
  function servableToken(view: GrantView, need: TokenNeed): string | undefined {
    const grant = livingGrant(view, platform.now())
    const token = tokenIn(view, need)
    if (token !== undefined) return token
    if (!grant.renewable) throw new TokenExpiredError('expired')
    const error = coolDowns.errorNow(grant)
    if (error) throw error
    return undefined
  }

  /** Returns a good token that meets the need. */
  function tokenIn(view: GrantView, { instead, renews }: TokenNeed): string | undefined {
    const now = platform.now()
    const grant = liveGrant(view, now)
    const isWanted = grant && grant.tokenSet.accessToken !== instead && grant.generation !== renews
    return isWanted && isGood(grant.tokenSet, now) ? grant.tokenSet.accessToken : undefined
  }

  return { accessToken, close: turns.close }
}

/** One attempt, with all its presentations, to get a token for whoever waits in this page. */
interface Episode {
  /** The client that began it. */
  client: RefreshClient
  /** The reason why that client asks. */
  need: TokenNeed
  /** The time of its beginning, by the monotonic clock in milliseconds. */
  startedAt: number
  /** The number of times that the refresh token was presented, or that it was asked whether the server is there instead. */
  presentations: number
  /** The answer to that question. `undefined`: nobody has asked. */
  reached?: Promise<boolean>
  /** The number of times that it waited for another frame. */
  waits: number
  /** `true`: no answer came within the time of the episode. */
  isOver: boolean
  /** The answers so far that were neither a success nor final. */
  failures: TokenAnswer[]
}
