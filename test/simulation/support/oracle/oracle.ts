import type { GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Clock, Life } from '../browser/clock'
import type { AuthorizationServer, ServerOptions } from '../servers/authorization-server'
import type { Family, Way } from '../servers/issued-tokens'
import type { TokenQuestion } from '../servers/token-requests'
import type { History } from './history'
import { createLosses, type LossCause } from './losses'
import { createNeedRules, type NeedRules } from './need-rules'
import { createPresentations, type Presentations, type TokenRequest } from './presentations'
import { type AnswerResult, createRequestRules, type RequestRules } from './request-rules'
import { createServingRules, type ServingRules } from './serving-rules'
import { createSignOuts } from './sign-outs'
import { judgeTransaction } from './transaction-rules'
import { createVerdicts } from './verdicts'

/** Watches everything that crosses the edges of the code under test, and knows what must not happen. */
export interface Oracle
  extends History,
    Pick<Presentations, 'acted' | 'verdictLost' | 'died' | 'isBusy'>,
    Pick<RequestRules, 'callBegan'>,
    Pick<NeedRules, 'refused'>,
    Pick<ServingRules, 'served'> {
  /** Notes the entry that is stored at first. */
  begin(entry: GrantEntry): void
  transaction(life: Life, before: GrantEntry, after: GrantEntry): void
  evicted(entry: GrantEntry): void
  sent(life: Life, question: TokenQuestion): TokenRequest
  answered(request: TokenRequest, result: AnswerResult): void
  /** How many answers with tokens came to that frame, stored or kept in its memory. */
  tokensHeard(life: Life): number
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

export interface OracleOptions {
  clock: Clock
  wallClock(): number
  server: AuthorizationServer
  history: History
  member: string
  /** How many storage partitions there are. */
  partitions: number
  accessTokenMs: number
  /** The age at which the mark of an owner who lives may be taken over. */
  leaseMs: number
  refreshBrings: ServerOptions['refreshBrings']
  /** Tells whether that frame has given up a write that is done, and has not heard of it since. */
  isUnsure(life: Life): boolean
  isVisible(life: Life): boolean
  /** The ways by which the client of that frame can renew a grant. */
  waysOf(life: Life): readonly Way[]
}

const DAY_MS = 86_400_000

export function createOracle(options: OracleOptions): Oracle {
  const { clock, server, history } = options
  const losses = createLosses(server, history)
  const presentations = createPresentations(clock, server, history, losses)
  const requestRules = createRequestRules(clock, history, options)
  const signOuts = createSignOuts(server, options.isUnsure)
  const stored = new Set<string>()
  const verdicts = createVerdicts(server, presentations, signOuts, (token) => stored.has(token))
  const generations = new Map<string, LiveGrant>()
  const tokensHeard = new Map<Life, number>()
  const servingRules = createServingRules(options, (token) => stored.has(token))
  const needRules = createNeedRules(history, options.wallClock)

  function transaction(life: Life, before: GrantEntry, after: GrantEntry): void {
    const problems = judgeTransaction(before, after, {
      member: options.member,
      leaseMs: options.leaseMs,
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
      hasUnstoredOfAnother: hasUnstoredOfAnother(life),
      hasUnclearPresentation: (generation) => presentations.hasUnclearPresentation(generation, life),
      isSigningOut: signOuts.isSigningOut(life),
      hasClicked: signOuts.hasClicked(life),
      isOtherWay: ({ tokenSet }) => {
        const family = server.familyOf(tokenSet.accessToken)
        return family !== undefined && !options.waysOf(life).includes(family.way)
      },
      isTooOld: (grant) => isOlder(grant, -DAY_MS),
      isSurelyTooOld: (grant) => isOlder(grant, DAY_MS),
      isPresenting: presentations.isPresenting,
    })
    for (const problem of problems) history.violation(`${life.name}: ${problem}`)
    if (after.record?.status === 'live') store(after.record)
    signOuts.noteTransaction(life, before, after)
    if (countClaims(after) > countClaims(before)) requestRules.marked(life)
    noteMoments(life, before, after)
    presentations.noteTransaction(life, before, after)
  }

  function hasUnstoredOfAnother(life: Life): boolean {
    return presentations.all().some(({ life: asker, isAnswered, tokens }) => {
      if (asker !== life || !isAnswered || !tokens || stored.has(tokens.accessToken)) return false
      return server.familyOf(tokens.accessToken)?.member !== options.member
    })
  }

  /** A day is left for what the frame and the server count from different moments. */
  function isOlder({ tokenSet }: LiveGrant, byMs: number): boolean {
    const { consentedAt = 0 } = server.familyOf(tokenSet.accessToken) ?? {}
    const ageMs = clock.elapsed() - consentedAt
    const idleMs = options.wallClock() - tokenSet.obtainedAt
    return ageMs > 365 * DAY_MS + byMs || idleMs > 90 * DAY_MS + byMs
  }

  function noteMoments(life: Life, { record: was }: GrantEntry, { record: is }: GrantEntry): void {
    if (was && !is) history.happened('signedOut', life)
    if (was?.status === 'live' && is?.status === 'expired') history.happened('condemned', life)
    const isNew = is?.status === 'live' && was?.generation !== is.generation
    if (isNew) needRules.stored(life, is.generation)
    if (isNew) history.happened(is.parent ? 'committed' : 'consented', life)
  }

  function store(grant: LiveGrant): void {
    const { generation, tokenSet } = grant
    generations.set(generation, grant)
    stored.add(tokenSet.accessToken)
    if (tokenSet.refreshToken !== undefined) stored.add(tokenSet.refreshToken)
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
      const idleMs = requestRules.sent(life, question)
      const request = presentations.sent(life, question, (token) => stored.has(token))
      if (request.claim) needRules.sent(life, request.claim, idleMs)
      return request
    },
    answered: (request, result) => {
      const isRefresh = 'refreshToken' in request.question.grant
      if (isRefresh || result === 'success') requestRules.answered(request, result)
      presentations.answered(request)
      if (!request.tokens) return
      servingRules.arrived(request.tokens.accessToken)
      tokensHeard.set(request.life, (tokensHeard.get(request.life) ?? 0) + 1)
    },
    tokensHeard: (life) => tokensHeard.get(life) ?? 0,
    served: servingRules.served,
    refused: needRules.refused,
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

function countClaims({ attempts }: GrantEntry): number {
  return attempts.filter(({ claimedBy }) => claimedBy !== undefined).length
}
