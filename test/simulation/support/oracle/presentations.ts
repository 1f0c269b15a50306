import { MARK_FRESH_MS } from '../../../../src/base/durations'
import type { GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Clock, Life } from '../browser/clock'
import type { AuthorizationServer, Family, Tokens } from '../servers/authorization-server'
import type { History } from './history'

/** One request to the token endpoint, from being sent until nobody deals with it any more. */
export interface TokenRequest {
  readonly life: Life
  /** In the order of sending. */
  readonly number: number
  readonly sentAt: number
  readonly refreshToken: string | undefined
  /** The owner that the mark names. */
  readonly owner: string | undefined
  /** What the answer brings, if it is one that the page can read. */
  tokens?: Tokens
  isDead?: true
  isActed?: true
  isAnswered?: true
  isDone?: true
  /** Somebody signed out in the frame: what the answer brought is stored no more. */
  isDropped?: true
}

/** What the server did with a request, and whether the page can ever know. */
export interface Acted {
  tokens: Tokens | 'dead' | undefined
  isDoubled: boolean
  isLost: boolean
}

/** Follows every request to the token endpoint, and judges whether it may be sent. */
export interface Presentations {
  /** A transaction of that frame ran: it stored what the frame had in hand, and it may have written a mark. */
  noteTransaction(life: Life, before: GrantEntry, after: GrantEntry): void
  /** @param isStored whether the refresh token has ever been in the store */
  sent(life: Life, body: URLSearchParams, isStored: (token: string) => boolean): TokenRequest
  acted(request: TokenRequest, outcome: Acted): void
  answered(request: TokenRequest): void
  revoked(family: Family): void
  /** Somebody signs out in that frame, or has just done so. */
  signedOut(life: Life): void
  died(life: Life): void
  /** Whether the living frame behind this mark waits for its answer, or has one to store. */
  isPresenting(owner: string): boolean
  /** The refresh tokens that the server called dead, to that frame. */
  condemnedOf(life: Life): readonly string[]
  /** Whether a frame that is awake waits for an answer that is due, or has one to store. */
  isBusy(): boolean
  /** Whether an answer brought this refresh token to a frame that lives and is awake. */
  isInHand(refreshToken: string): boolean
  familiesOf(life: Life): readonly Family[]
  /** The causes of a loss that no code can prevent, as far as they befell this family. */
  causesOf(family: Family): ReadonlySet<string>
}

/** The cause of a loss where the server goes by the order of arrival: no page can know that order. */
export const OVERTAKEN = 'a later presentation reached the server first'
/** Longer than an undisturbed refresh takes. */
const BUSY_MS = 5_000

export function createPresentations(
  clock: Clock,
  server: AuthorizationServer,
  history: History,
): Presentations {
  const requests: TokenRequest[] = []
  const claims = new Map<Life, { grant: LiveGrant; at: number; isUsed: boolean }>()
  const presentations = new Map<string, number>()
  const causes = new Map<Family, Set<string>>()

  function cause(token: string | undefined, what: string): void {
    const family = token === undefined ? undefined : server.familyOf(token)
    if (family) addCause(family, what)
  }

  function addCause(family: Family, what: string): void {
    history.trace(`a named cause for ${family.id}: ${what}`)
    causes.set(family, (causes.get(family) ?? new Set()).add(what))
  }

  function noteTransaction(life: Life, { record: was }: GrantEntry, { record: is }: GrantEntry): void {
    for (const request of requests) if (request.life === life && request.isAnswered) request.isDone = true
    if (is?.status !== 'live' || !is.lease) return
    const old = was?.status === 'live' ? was.lease : undefined
    if (old?.owner === is.lease.owner && old.presentedAt === is.lease.presentedAt) return
    claims.set(life, { grant: is, at: clock.elapsed(), isUsed: false })
    history.happened('claimed', life)
  }

  function sent(life: Life, body: URLSearchParams, isStored: (token: string) => boolean): TokenRequest {
    const refreshToken = body.get('refresh_token') ?? undefined
    const claim = claims.get(life)
    const mine = claim?.grant.tokenSet.refreshToken === refreshToken ? claim : undefined
    const owner = mine?.grant.lease?.owner
    const request: TokenRequest = {
      life,
      number: requests.length,
      sentAt: clock.elapsed(),
      refreshToken,
      owner,
    }
    requests.push(request)
    if (refreshToken === undefined) return request
    if (isStored(refreshToken)) judgeMark(life, mine)
    if (mine) mine.isUsed = true
    count(mine?.grant.generation ?? refreshToken)
    history.happened('sent', life)
    return request
  }

  function judgeMark(life: Life, claim: { at: number; isUsed: boolean } | undefined): void {
    if (!claim || claim.isUsed) history.violation(`${life.name}: a refresh token was sent without the mark`)
    else if (clock.elapsed() - claim.at > MARK_FRESH_MS && !history.hasClockJumped()) {
      history.violation(`${life.name}: a refresh token was sent on an old mark`)
    }
  }

  function count(presented: string): void {
    const times = (presentations.get(presented) ?? 0) + 1
    presentations.set(presented, times)
    const faults = history.faults()
    if (times > 1 + faults)
      history.violation(`${presented} was presented ${times} times with ${faults} faults`)
  }

  function acted(request: TokenRequest, { tokens, isDoubled, isLost }: Acted): void {
    const { life, refreshToken } = request
    noteOrder(request, tokens === 'dead')
    const token = refreshToken ?? (tokens === 'dead' ? undefined : tokens?.accessToken)
    if (isDoubled) cause(token, 'the browser doubled the request')
    if (isLost) cause(token, 'the answer got lost')
    else if (tokens === 'dead') request.isDead = true
    else if (tokens) request.tokens = tokens
    if (request.tokens && life.isDead) cause(token, 'the frame died before the answer')
    history.happened(refreshToken === undefined ? 'exchanged' : 'acted', life)
  }

  function noteOrder(request: TokenRequest, isDead: boolean): void {
    const { refreshToken } = request
    const others = requests.filter((other) => other !== request && other.refreshToken === refreshToken)
    // That each presentation had its mark is judged when it is sent.
    if (isDead && others.length > 0) cause(refreshToken, 'presented again by the take-over rule')
    if (others.some(({ isActed, number }) => isActed && number > request.number)) {
      cause(refreshToken, OVERTAKEN)
    }
    request.isActed = true
  }

  function answered(request: TokenRequest): void {
    request.isAnswered = true
    if (!request.tokens && !request.isDead) request.isDone = true
    history.happened('answered', request.life)
  }

  function died(life: Life): void {
    for (const { isDone, tokens, refreshToken } of requests.filter((request) => request.life === life)) {
      if (!isDone && tokens)
        cause(refreshToken ?? tokens.accessToken, 'the frame died before it could commit')
    }
  }

  return {
    noteTransaction,
    sent,
    acted,
    answered,
    revoked: (family) => addCause(family, 'the server revoked it'),
    signedOut: (life) => {
      for (const request of requests)
        if (request.life === life && request.isAnswered) request.isDropped = true
    },
    died,
    isPresenting: (owner) =>
      requests.some((r) => r.owner === owner && !r.isDone && !r.isDropped && !r.life.isDead),
    condemnedOf: (life) =>
      requests.flatMap((r) => (r.isDead && r.isAnswered && r.life === life ? (r.refreshToken ?? []) : [])),
    isBusy: () => requests.some((r) => !r.isDone && isAwake(r.life) && clock.elapsed() - r.sentAt < BUSY_MS),
    isInHand: (token) =>
      requests.some((r) => r.isAnswered && isAwake(r.life) && r.tokens?.refreshToken === token),
    familiesOf: (life) =>
      requests
        .filter((request) => request.life === life && request.isAnswered)
        .flatMap(({ tokens }) => (tokens && server.familyOf(tokens.accessToken)) ?? []),
    causesOf: (family) => causes.get(family) ?? new Set(),
  }
}

function isAwake({ isDead, isFrozen }: Life): boolean {
  return !isDead && !isFrozen
}
