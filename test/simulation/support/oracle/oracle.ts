import type { GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Clock, Life } from '../browser/clock'
import type { AuthorizationServer, ServerOptions } from '../servers/authorization-server'
import type { Family, Way } from '../servers/issued-tokens'
import type { TokenQuestion } from '../servers/token-requests'
import type { History } from './history'
import { createLosses, type LossCause } from './losses'
import { createPresentations, type Presentations, type TokenRequest } from './presentations'
import { type AnswerResult, createRequestRules, type RequestRules } from './request-rules'
import { createSignOuts } from './sign-outs'
import { judgeTransaction } from './transaction-rules'
import { createVerdicts } from './verdicts'

/** Watches everything that crosses the edges of the code under test, and knows what must not happen. */
export interface Oracle
  extends History,
    Pick<Presentations, 'acted' | 'verdictLost' | 'died' | 'isBusy'>,
    Pick<RequestRules, 'callBegan'> {
  /** Notes the entry that is stored at first. */
  begin(entry: GrantEntry): void
  transaction(life: Life, before: GrantEntry, after: GrantEntry): void
  evicted(entry: GrantEntry): void
  sent(life: Life, question: TokenQuestion): TokenRequest
  answered(request: TokenRequest, result: AnswerResult): void
  served(accessToken: string, how: Serving): void
  revoked(family: Family): void
  causesOf(family: Family): ReadonlySet<LossCause>
  /** Notes that a sign-out begins. Returns what to call at its end. */
  signingOut(life: Life, entry: GrantEntry): (isDone: boolean) => void
  /** Notes that someone presses Connect in that frame. */
  signingIn(life: Life): void
  /** Tells whether this token must not be served or stored at rest. */
  isUnwanted(token: string, life?: Life): boolean
  /** Tells whether the refresh token was ever stored, or came to a frame that lives and is awake. */
  hasArrived(refreshToken: string): boolean
  wasStored(token: string): boolean
  /** The refresh token that was stored as this generation. */
  tokenOf(generation: string): string | undefined
  /** The consent that this generation comes from. */
  familyOf(generation: string): Family | undefined
}

/** How an access token was handed out. */
export interface Serving {
  /** The frame says that its grant is stored. */
  isPersistent: boolean
  /** Nothing held the frame up between choosing the token and handing it out. */
  isInTime: boolean
}

export interface OracleOptions {
  clock: Clock
  wallClock(): number
  server: AuthorizationServer
  history: History
  member: string
  /** How many storage partitions there are. */
  partitions: number
  accessTokenMs: number
  refreshBrings: ServerOptions['refreshBrings']
  /** Tells whether that frame has given up a write that is done, and has not heard of it since. */
  isUnsure(life: Life): boolean
  isVisible(life: Life): boolean
  /** The ways by which the client of that frame can renew a grant. */
  waysOf(life: Life): readonly Way[]
}

const DAY_MS = 86_400_000
/** A new token counts as good for two seconds at least, after a commit of three and with the delays of this simulation. */
const NEW_TOKEN_MS = 6_000

export function createOracle(options: OracleOptions): Oracle {
  const { clock, server, history } = options
  const losses = createLosses(server, history)
  const presentations = createPresentations(clock, server, history, losses)
  const requestRules = createRequestRules(clock, history, options)
  const signOuts = createSignOuts(server, options.isUnsure)
  const stored = new Set<string>()
  const verdicts = createVerdicts(server, presentations, signOuts, (token) => stored.has(token))
  const generations = new Map<string, LiveGrant>()
  /** By access token: when an answer last brought it. */
  const arrivedAt = new Map<string, number>()

  function transaction(life: Life, before: GrantEntry, after: GrantEntry): void {
    const problems = judgeTransaction(before, after, {
      member: options.member,
      hasClockJumped: history.hasClockJumped(),
      hasStorageFailed: history.counts.storage !== undefined,
      familyOf: server.familyOf,
      tokenOf: (generation) => generations.get(generation)?.tokenSet.refreshToken,
      wasStored: (generation) => generations.has(generation),
      descends: server.descends,
      isOvertaken: (state) => signOuts.isOvertaken(state, life),
      isRemoved: (state) => signOuts.isRemoved(state, life),
      hasVerdict: (grant) => verdicts.isOn(life, grant),
      hasVerdictOnHeir: (grant) => verdicts.isOnHeir(life, grant),
      hasVerdictOnUnstored: verdicts.isOnUnstored(life),
      hasUnclearPresentation: presentations.hasUnclearPresentation,
      isSigningOut: signOuts.isSigningOut(life),
      hasClicked: signOuts.hasClicked(life),
      isOtherWay: ({ tokenSet }) => {
        const family = server.familyOf(tokenSet.accessToken)
        return family !== undefined && !options.waysOf(life).includes(family.way)
      },
      isTooOld,
      isPresenting: presentations.isPresenting,
    })
    for (const problem of problems) history.violation(`${life.name}: ${problem}`)
    if (after.record?.status === 'live') store(after.record)
    signOuts.noteTransaction(life, before, after)
    noteMoments(life, before, after)
    presentations.noteTransaction(life, before, after)
  }

  /** A day is left for what the frame and the server count from different moments. */
  function isTooOld({ tokenSet }: LiveGrant): boolean {
    const { consentedAt = 0 } = server.familyOf(tokenSet.accessToken) ?? {}
    const ageMs = clock.elapsed() - consentedAt
    return ageMs > 364 * DAY_MS || options.wallClock() - tokenSet.obtainedAt > 89 * DAY_MS
  }

  function noteMoments(life: Life, { record: was }: GrantEntry, { record: is }: GrantEntry): void {
    if (was && !is) history.happened('signedOut', life)
    if (was?.status === 'live' && is?.status === 'expired') history.happened('condemned', life)
    const isNew = is?.status === 'live' && was?.generation !== is.generation
    if (isNew) history.happened(is.parent ? 'committed' : 'consented', life)
  }

  function store(grant: LiveGrant): void {
    const { generation, tokenSet } = grant
    generations.set(generation, grant)
    stored.add(tokenSet.accessToken)
    if (tokenSet.refreshToken !== undefined) stored.add(tokenSet.refreshToken)
  }

  function served(accessToken: string, { isPersistent, isInTime }: Serving): void {
    if (!stored.has(accessToken) && isPersistent) {
      history.violation(`${accessToken} was given out before it was stored`)
    }
    // One that was over, or nearly, when it came is handed out all the same: asking again brings no better one.
    const isNew = clock.elapsed() - (arrivedAt.get(accessToken) ?? -Infinity) < NEW_TOKEN_MS
    if (server.isOver(accessToken) && isInTime && !isNew && !isMisjudged()) {
      history.violation(`${accessToken} was given out after its time`)
    }
  }

  /** Tells whether a frame can't know how long its token lives. */
  function isMisjudged(): boolean {
    const { counts } = history
    const isUntold = counts['token request: withoutLifetime'] || counts['token request: noLifetime']
    return history.hasClockJumped() || Boolean(isUntold) || options.refreshBrings === 'overstated'
  }

  return {
    ...history,
    acted: presentations.acted,
    verdictLost: presentations.verdictLost,
    died: presentations.died,
    isBusy: presentations.isBusy,
    callBegan: requestRules.callBegan,
    begin: ({ record }) => {
      if (record?.status === 'live') store(record)
    },
    transaction,
    evicted: (entry) => signOuts.noteTransaction(undefined, entry, { attempts: [] }),
    sent: (life, question) => {
      requestRules.sent(life, question)
      return presentations.sent(life, question, (token) => stored.has(token))
    },
    answered: (request, result) => {
      const isRefresh = 'refreshToken' in request.question.grant
      if (isRefresh || result === 'success') requestRules.answered(request.life, result)
      presentations.answered(request)
      if (request.tokens) arrivedAt.set(request.tokens.accessToken, clock.elapsed())
    },
    served,
    revoked: (family) => losses.noteFamily(family, 'the server revoked it'),
    causesOf: losses.causesOf,
    signingOut: (life, entry) => {
      const onEnd = signOuts.signingOut(life, entry, presentations.familiesOf(life))
      presentations.signedOut(life)
      return (isDone) => {
        presentations.signedOut(life)
        onEnd(isDone)
      }
    },
    signingIn: signOuts.signingIn,
    isUnwanted: (token, life) => {
      const family = server.familyOf(token)
      // What was signed out in one partition, the Trello page may still give to another.
      if (!family || (family.way === 'page' && options.partitions > 1)) return false
      const isGivenUp = life !== undefined && signOuts.isRemoved(family.state, life) && !stored.has(token)
      return isGivenUp || signOuts.isUnwanted(family)
    },
    hasArrived: (token) => stored.has(token) || presentations.isInHand(token),
    wasStored: (token) => stored.has(token),
    tokenOf: (generation) => generations.get(generation)?.tokenSet.refreshToken,
    familyOf: (generation) => {
      const grant = generations.get(generation)
      return grant && server.familyOf(grant.tokenSet.accessToken)
    },
  }
}
