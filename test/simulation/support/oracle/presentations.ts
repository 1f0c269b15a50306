import { MARK_FRESH_MS } from '../../../../src/base/durations'
import type { GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Clock, Life } from '../browser/clock'
import type { AuthorizationServer, Tokens } from '../servers/authorization-server'
import type { Family } from '../servers/issued-tokens'
import type { TokenQuestion } from '../servers/token-requests'
import type { History } from './history'
import type { Losses } from './losses'

/** One request to the token endpoint, from the moment of sending until no frame deals with it any more. */
export interface TokenRequest {
  readonly life: Life
  /** In the order of sending. */
  readonly number: number
  readonly sentAt: number
  readonly question: TokenQuestion
  /** The generation that it presents, where its frame wrote a mark. */
  readonly claim: Claim | undefined
  /** What the answer brings, if it is one that the page can read. */
  tokens?: Tokens
  isDead?: true
  isActed?: true
  isAnswered?: true
  isDone?: true
  /** Someone signed out in the frame: it doesn't store what the answer brought. */
  isDropped?: true
}

/** A mark that a frame wrote, and the request that it sent on it. */
export interface Claim {
  readonly life: Life
  readonly grant: LiveGrant
  readonly at: number
  /** There was a mark already: an earlier presentation of the generation. */
  readonly isSecond: boolean
  request?: TokenRequest
}

/** What the server did with a request, and whether the page can ever know. */
export interface Acted {
  tokens: Tokens | 'dead' | undefined
  isDoubled: boolean
  isLost: boolean
}

/** Follows every request to the token endpoint, and judges whether it may be sent. */
export interface Presentations {
  /** Notes a transaction: the frame stored what it had in hand, and it may have written a mark. */
  noteTransaction(life: Life, before: GrantEntry, after: GrantEntry): void
  /** @param isStored tells whether the refresh token has ever been in the store */
  sent(life: Life, question: TokenQuestion, isStored: (token: string) => boolean): TokenRequest
  acted(request: TokenRequest, outcome: Acted): void
  /** Notes that the page hears of a refusal, but not that it is a verdict. */
  verdictLost(request: TokenRequest): void
  answered(request: TokenRequest): void
  /** Notes that a sign-out begins in that frame, or has just ended. */
  signedOut(life: Life): void
  died(life: Life): void
  /** Tells whether the living frame behind this mark waits for its answer, or has one to store. */
  isPresenting(owner: string): boolean
  /** Lists all requests so far. */
  all(): readonly TokenRequest[]
  /**
   * Tells whether a presentation of this generation ended in neither success nor verdict, as far as the frame that writes
   * can know: a verdict that froze or died with its frame is none.
   */
  hasUnclearPresentation(generation: string, writer: Life): boolean
  /** Tells whether a frame that is awake waits for an answer that is due, or has one to store. */
  isBusy(): boolean
  /** Tells whether an answer brought this refresh token to a frame that lives and is awake. */
  isInHand(refreshToken: string): boolean
  /** The consents whose tokens came to that frame. */
  familiesOf(life: Life): readonly Family[]
}

/** Longer than an undisturbed refresh takes. */
const BUSY_MS = 5_000

export function createPresentations(
  clock: Clock,
  server: AuthorizationServer,
  history: History,
  losses: Losses,
): Presentations {
  const requests: TokenRequest[] = []
  const claims: Claim[] = []
  const timesPresented = new Map<string, number>()

  function noteTransaction(life: Life, { record: was }: GrantEntry, { record: is }: GrantEntry): void {
    for (const request of requests) if (request.life === life && request.isAnswered) request.isDone = true
    if (is?.status !== 'live' || !is.lease) return
    const old = was?.status === 'live' ? was.lease : undefined
    if (old?.owner === is.lease.owner && old.presentedAt === is.lease.presentedAt) return
    claims.push({ life, grant: is, at: clock.elapsed(), isSecond: old !== undefined })
    history.happened('claimed', life)
  }

  function sent(life: Life, question: TokenQuestion, isStored: (token: string) => boolean): TokenRequest {
    const { grant } = question
    const refreshToken = 'refreshToken' in grant ? grant.refreshToken : undefined
    const latest = claims.filter((claim) => claim.life === life).at(-1)
    const isMine = 'refreshToken' in grant && latest?.grant.tokenSet.refreshToken === refreshToken
    const claim = isMine ? latest : undefined
    const request: TokenRequest = { life, number: requests.length, sentAt: clock.elapsed(), question, claim }
    requests.push(request)
    if (!('refreshToken' in grant)) return request
    const wasStored = refreshToken === undefined ? !history.counts.storage : isStored(refreshToken)
    if (wasStored) judgeMark(life, claim)
    if (claim) claim.request = request
    countPresentation(claim?.grant.generation ?? refreshToken ?? 'a grant of the Trello page')
    history.happened('sent', life)
    return request
  }

  function judgeMark(life: Life, claim: Claim | undefined): void {
    if (!claim || claim.request) history.violation(`${life.name}: a refresh token was sent without the mark`)
    else if (clock.elapsed() - claim.at > MARK_FRESH_MS && !history.hasClockJumped()) {
      history.violation(`${life.name}: a refresh token was sent on an old mark`)
    }
  }

  function countPresentation(presented: string): void {
    const times = (timesPresented.get(presented) ?? 0) + 1
    timesPresented.set(presented, times)
    const faults = history.faults()
    // Whoever has not heard of the sign-out yet finds a mark whose owner has gone.
    const dropped = requests.filter(
      ({ isDropped, claim }) => isDropped && claim?.grant.generation === presented,
    )
    if (times > 1 + faults + dropped.length)
      history.violation(`${presented} was presented ${times} times with ${faults} faults`)
  }

  function acted(request: TokenRequest, { tokens, isDoubled, isLost }: Acted): void {
    const { life } = request
    noteOrder(request, tokens === 'dead')
    const token = presentedBy(request) ?? (tokens === 'dead' ? undefined : tokens?.accessToken)
    if (isDoubled) losses.note(token, 'the browser doubled the request')
    if (isLost) losses.note(token, 'the answer got lost')
    else if (tokens === 'dead') request.isDead = true
    else if (tokens) request.tokens = tokens
    if (request.tokens && life.isDead) losses.note(token, 'the frame died before the answer')
    history.happened('refreshToken' in request.question.grant ? 'acted' : 'exchanged', life)
  }

  function noteOrder(request: TokenRequest, isDead: boolean): void {
    const refreshToken = presentedBy(request)
    const others = requests.filter((other) => other !== request && presentedBy(other) === refreshToken)
    // That each presentation had its mark is judged when it is sent.
    if (isDead && others.length > 0) losses.note(refreshToken, 'presented again by the take-over rule')
    if (others.some(({ isActed, number }) => isActed && number > request.number)) {
      losses.note(refreshToken, 'a later presentation reached the server first')
    }
    request.isActed = true
  }

  function answered(request: TokenRequest): void {
    request.isAnswered = true
    if (!request.tokens && !request.isDead) request.isDone = true
    history.happened('answered', request.life)
  }

  function died(life: Life): void {
    for (const request of requests) {
      if (request.life !== life || request.isDone || !request.tokens) continue
      const token = presentedBy(request) ?? request.tokens.accessToken
      losses.note(token, 'the frame died before it could commit')
    }
  }

  return {
    noteTransaction,
    sent,
    acted,
    verdictLost: (request) => {
      delete request.isDead
      history.fault('a refusal that nobody can read')
    },
    answered,
    signedOut: (life) => {
      for (const request of requests)
        if (request.life === life && request.isAnswered) request.isDropped = true
    },
    died,
    isPresenting: (owner) =>
      requests.some((request) => {
        const isOwner = request.claim?.grant.lease?.owner === owner
        return isOwner && !request.isDone && !request.isDropped && !request.life.isDead
      }),
    all: () => requests,
    hasUnclearPresentation: (generation, writer) =>
      claims.some(({ life, grant, request }) => {
        const isDecided = request?.isDead && request.isAnswered && (request.isDone || life === writer)
        return grant.generation === generation && !isDecided
      }),
    isBusy: () => requests.some((r) => !r.isDone && isAwake(r.life) && clock.elapsed() - r.sentAt < BUSY_MS),
    isInHand: (token) =>
      requests.some((r) => r.isAnswered && isAwake(r.life) && r.tokens?.refreshToken === token),
    familiesOf: (life) =>
      requests
        .filter((request) => request.life === life && request.isAnswered)
        .flatMap(({ tokens }) => (tokens && server.familyOf(tokens.accessToken)) ?? []),
  }
}

/** The refresh token that the frame sent. */
export function presentedBy({ question: { grant } }: TokenRequest): string | undefined {
  return 'refreshToken' in grant ? grant.refreshToken : undefined
}

function isAwake({ isDead, isFrozen }: Life): boolean {
  return !isDead && !isFrozen
}
