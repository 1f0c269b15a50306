import { MARK_FRESH_MS } from '../../src/durations'
import type { GrantEntry, LiveGrant } from '../../src/grant/grant'
import type { AuthorizationServer, Family, Tokens } from './authorization-server'
import type { Clock, Life } from './clock'
import { judgeTransaction, type RecordFacts } from './record-rules'

/** One request to the token endpoint, from being sent until nobody deals with it any more. */
export interface TokenRequest {
  readonly life: Life
  readonly sentAt: number
  readonly refreshToken: string | undefined
  /** The owner that the mark names. */
  readonly owner: string | undefined
  /** What the answer brings, if it is one that the page can read. */
  tokens?: Tokens
  isDead?: true
  isAnswered?: true
  isDone?: true
}

/** Moments that a schedule can wait for, each named for what has just happened. */
export type Moment =
  | 'claimed'
  | 'sent'
  | 'acted'
  | 'answered'
  | 'committed'
  | 'condemned'
  | 'opened'
  | 'exchanged'
  | 'consented'
  | 'signedOut'

/** Watches everything that crosses the edges of the code under test, and knows what must not happen. */
export interface Oracle {
  readonly violations: readonly string[]
  readonly faults: number
  readonly hasClockJumped: boolean
  readonly requests: readonly TokenRequest[]
  /** The entry that is stored at first. */
  begin(entry: GrantEntry): void
  fault(what: string): void
  clockJumped(): void
  transaction(life: Life, before: GrantEntry, after: GrantEntry): void
  evicted(entry: GrantEntry): void
  sent(life: Life, body: URLSearchParams): TokenRequest
  acted(
    request: TokenRequest,
    outcome: { tokens: Tokens | 'dead' | undefined; isDoubled: boolean; isLost: boolean },
  ): void
  answered(request: TokenRequest): void
  revoked(family: Family): void
  served(accessToken: string, isPersistent: boolean): void
  /** A sign-out begins. Returns what to call at its end: a failed one goes on trying to remove what it knew. */
  signingOut(life: Life, entry: GrantEntry): (isDone: boolean) => void
  died(life: Life): void
  violation(what: string): void
  /** Whether a frame that is awake waits for an answer that is due, or has one to store. */
  isBusy(): boolean
  /** Whether this token must not be served or stored at rest. */
  isUnwanted(token: string): boolean
  /** Whether the token was ever stored, or came to a frame that lives and is awake. */
  hasArrived(refreshToken: string): boolean
  wasStored(accessToken: string): boolean
  causesOf(family: Family): ReadonlySet<string>
  /** The refresh token that was stored as this generation. */
  tokenOf(generation: string): string | undefined
  /** How often each moment and each fault came. */
  counts(): Record<string, number>
}

export interface OracleOptions {
  clock: Clock
  server: AuthorizationServer
  member: string
  /** Whether that frame has given up a write that is done. */
  isUnsure(life: Life): boolean
  onMoment(moment: Moment, life: Life): void
  trace(line: string): void
}

/** Longer than an undisturbed refresh takes. */
const BUSY_MS = 5_000

export function createOracle({ clock, server, member, isUnsure, onMoment, trace }: OracleOptions): Oracle {
  const violations: string[] = []
  const requests: TokenRequest[] = []
  const stored = new Set<string>()
  const unwanted = new Set<Family>()
  /** By state: who removed it. */
  const removedAttempts = new Map<string, Life | undefined>()
  /** The states of attempts that were there, and older, when another one's grant was stored. */
  const overtaken = new Set<string>()
  const presentations = new Map<string, number>()
  const causes = new Map<Family, Set<string>>()
  const signers = new Set<Life>()
  const claims = new Map<Life, { grant: LiveGrant; at: number; isUsed: boolean }>()
  const generations = new Map<string, string | undefined>()
  const counts: Record<string, number> = {}
  let faults = 0
  let hasClockJumped = false

  const violation = (what: string) => {
    trace(`VIOLATION ${what}`)
    violations.push(what)
  }
  const cause = (token: string | undefined, what: string) => {
    const family = token === undefined ? undefined : server.familyOf(token)
    if (!family) return
    trace(`a named cause for ${family.id}: ${what}`)
    causes.set(family, (causes.get(family) ?? new Set()).add(what))
  }
  const happened = (moment: Moment, life: Life) => {
    counts[moment] = (counts[moment] ?? 0) + 1
    onMoment(moment, life)
  }
  const isOut = (request: TokenRequest) => !request.isDone && !request.life.isDead

  function factsFor(life: Life): RecordFacts {
    return {
      member,
      hasClockJumped,
      familyOf: server.familyOf,
      tokenOf: (generation) => generations.get(generation),
      descends: server.descends,
      isOvertaken: (state) => overtaken.has(state) && !isUnsure(life),
      // A frame that could not know of its own attempt being stored stores it again, after another's sign-out too.
      isRemoved: (state) =>
        removedAttempts.has(state) && (removedAttempts.get(state) === life || !isUnsure(life)),
      hasVerdict: (token) =>
        requests.some((r) => r.isDead && r.isAnswered && r.life === life && r.refreshToken === token),
      isSigningOut: signers.has(life),
      isPresenting: (owner) => requests.some((r) => isOut(r) && r.owner === owner),
    }
  }

  function transaction(life: Life, before: GrantEntry, after: GrantEntry): void {
    for (const problem of judgeTransaction(before, after, factsFor(life)))
      violation(`${life.name}: ${problem}`)
    for (const request of requests) if (request.life === life && request.isAnswered) request.isDone = true
    forgetAttempts(before.attempts, after.attempts, life)
    noteRecord(life, before, after)
    noteLease(life, before, after)
  }

  /** An attempt that was opened, stored and then removed must not become a grant any more. */
  function forgetAttempts(before: GrantEntry['attempts'], after: GrantEntry['attempts'], by?: Life): void {
    const left = new Set(after.map(({ state }) => state))
    for (const { state, openedAt } of before) {
      if (openedAt !== undefined && !left.has(state)) removedAttempts.set(state, by)
    }
  }

  function noteRecord(life: Life, before: GrantEntry, { record: is }: GrantEntry): void {
    const was = before.record
    if (is?.status === 'live') store(is)
    if (was && !is) {
      forget(before)
      happened('signedOut', life)
    }
    if (is?.status === 'expired' && was?.status === 'live') happened('condemned', life)
    if (is?.status !== 'live' || was?.generation === is.generation) return
    happened(is.parent ? 'committed' : 'consented', life)
    const own = before.attempts.find(({ state }) => state === server.familyOf(is.tokenSet.accessToken)?.state)
    for (const { state, openedAt } of before.attempts) {
      if (!is.parent && openedAt !== undefined && openedAt < (own?.openedAt ?? 0)) overtaken.add(state)
    }
  }

  function noteLease(life: Life, { record: was }: GrantEntry, { record: is }: GrantEntry): void {
    if (is?.status !== 'live' || !is.lease) return
    const old = was?.status === 'live' ? was.lease : undefined
    if (old?.owner === is.lease.owner && old.presentedAt === is.lease.presentedAt) return
    claims.set(life, { grant: is, at: clock.elapsed(), isUsed: false })
    happened('claimed', life)
  }

  function store({ generation, tokenSet }: LiveGrant): void {
    generations.set(generation, tokenSet.refreshToken)
    stored.add(tokenSet.accessToken)
    if (tokenSet.refreshToken !== undefined) stored.add(tokenSet.refreshToken)
  }

  function forget({ record }: GrantEntry): void {
    const family = record?.status === 'live' ? server.familyOf(record.tokenSet.accessToken) : undefined
    if (family) unwanted.add(family)
  }

  function sent(life: Life, body: URLSearchParams): TokenRequest {
    const refreshToken = body.get('refresh_token') ?? undefined
    const claim = claims.get(life)
    const mine = claim?.grant.tokenSet.refreshToken === refreshToken ? claim : undefined
    const request: TokenRequest = {
      life,
      sentAt: clock.elapsed(),
      refreshToken,
      owner: mine?.grant.lease?.owner,
    }
    requests.push(request)
    if (refreshToken === undefined) return request
    if (stored.has(refreshToken)) judgeMark(life, mine)
    if (mine) mine.isUsed = true
    count(mine?.grant.generation ?? refreshToken)
    happened('sent', life)
    return request
  }

  function judgeMark(life: Life, claim: { at: number; isUsed: boolean } | undefined): void {
    if (!claim || claim.isUsed) violation(`${life.name}: a refresh token was sent without the mark`)
    else if (clock.elapsed() - claim.at > MARK_FRESH_MS && !hasClockJumped) {
      violation(`${life.name}: a refresh token was sent on an old mark`)
    }
  }

  function count(presented: string): void {
    const times = (presentations.get(presented) ?? 0) + 1
    presentations.set(presented, times)
    if (times > 1 + faults) violation(`${presented} was presented ${times} times with ${faults} faults`)
  }

  return {
    violations,
    requests,
    get faults() {
      return faults
    },
    get hasClockJumped() {
      return hasClockJumped
    },
    begin: ({ record }) => {
      if (record?.status === 'live') store(record)
    },
    fault: (what) => {
      faults++
      counts[what] = (counts[what] ?? 0) + 1
      trace(`FAULT ${what}`)
    },
    clockJumped: () => {
      hasClockJumped = true
    },
    transaction,
    evicted: (entry) => {
      forget(entry)
      forgetAttempts(entry.attempts, [])
    },
    sent,
    acted: (request, { tokens, isDoubled, isLost }) => {
      const { life, refreshToken } = request
      // That each presentation had its mark is judged when it is sent.
      const isOneOfMany = requests.some((r) => r !== request && r.refreshToken === refreshToken)
      if (tokens === 'dead' && isOneOfMany) cause(refreshToken, 'presented again by the take-over rule')
      const token = refreshToken ?? (tokens === 'dead' ? undefined : tokens?.accessToken)
      if (isDoubled) cause(token, 'the browser doubled the request')
      if (isLost) cause(token, 'the answer got lost')
      else if (tokens === 'dead') request.isDead = true
      else if (tokens) request.tokens = tokens
      if (request.tokens && life.isDead) cause(token, 'the frame died before the answer')
      happened(refreshToken === undefined ? 'exchanged' : 'acted', life)
    },
    answered: (request) => {
      request.isAnswered = true
      if (!request.tokens && !request.isDead) request.isDone = true
      happened('answered', request.life)
    },
    revoked: (family) => {
      causes.set(family, (causes.get(family) ?? new Set()).add('the server revoked it'))
    },
    served: (accessToken, isPersistent) => {
      if (!stored.has(accessToken) && isPersistent)
        violation(`${accessToken} was given out before it was stored`)
      const isMisjudged = hasClockJumped || counts['token request: withoutLifetime']
      if (server.isOver(accessToken) && !isMisjudged) violation(`${accessToken} was given out after its time`)
    },
    signingOut: (life, entry) => {
      signers.add(life)
      const known = requests.flatMap((r) =>
        r.life === life && r.isAnswered && r.tokens ? [r.tokens.accessToken] : [],
      )
      const families = known.flatMap((token) => server.familyOf(token) ?? [])
      const attempts = entry.attempts.flatMap(({ state, openedAt }) => (openedAt === undefined ? [] : state))
      return (isDone) => {
        for (const family of families) unwanted.add(family)
        if (isDone) for (const state of attempts) removedAttempts.set(state, life)
      }
    },
    died: (life) => {
      for (const request of requests) {
        if (request.life !== life || request.isDone || !request.tokens) continue
        cause(request.refreshToken ?? request.tokens.accessToken, 'the frame died before it could commit')
      }
    },
    violation,
    isBusy: () =>
      requests.some(
        ({ isDone, life, sentAt }) => !isDone && isAwake(life) && clock.elapsed() - sentAt < BUSY_MS,
      ),
    isUnwanted: (token) => {
      const family = server.familyOf(token)
      return (
        family !== undefined &&
        (unwanted.has(family) || (removedAttempts.has(family.state) && !stored.has(token)))
      )
    },
    hasArrived: (token) =>
      stored.has(token) ||
      requests.some((r) => r.isAnswered && isAwake(r.life) && r.tokens?.refreshToken === token),
    tokenOf: (generation) => generations.get(generation),
    counts: () => counts,
    wasStored: (token) => stored.has(token),
    causesOf: (family) => causes.get(family) ?? new Set(),
  }
}

function isAwake({ isDead, isFrozen }: Life): boolean {
  return !isDead && !isFrozen
}
