import type { GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Clock, Life } from '../browser/clock'
import type { AuthorizationServer } from '../servers/authorization-server'
import type { History } from './history'
import { createPresentations, type Presentations, type TokenRequest } from './presentations'
import { createSignOuts } from './sign-outs'
import { judgeTransaction } from './transaction-rules'

/** Watches everything that crosses the edges of the code under test, and knows what must not happen. */
export interface Oracle
  extends History,
    Pick<Presentations, 'acted' | 'answered' | 'revoked' | 'died' | 'isBusy' | 'causesOf'> {
  /** The entry that is stored at first. */
  begin(entry: GrantEntry): void
  transaction(life: Life, before: GrantEntry, after: GrantEntry): void
  evicted(entry: GrantEntry): void
  sent(life: Life, body: URLSearchParams): TokenRequest
  served(accessToken: string, isPersistent: boolean): void
  /** A sign-out begins. Returns what to call at its end. */
  signingOut(life: Life, entry: GrantEntry): (isDone: boolean) => void
  /** Somebody presses Connect in that frame. */
  signingIn(life: Life): void
  /** Whether this token must not be served or stored at rest. */
  isUnwanted(token: string, life?: Life): boolean
  /** Whether the refresh token was ever stored, or came to a frame that lives and is awake. */
  hasArrived(refreshToken: string): boolean
  wasStored(token: string): boolean
  /** The refresh token that was stored as this generation. */
  tokenOf(generation: string): string | undefined
}

export interface OracleOptions {
  clock: Clock
  server: AuthorizationServer
  history: History
  member: string
  /** Whether that frame has given up a write that is done, and has not heard of it since. */
  isUnsure(life: Life): boolean
}

export function createOracle({ clock, server, history, member, isUnsure }: OracleOptions): Oracle {
  const presentations = createPresentations(clock, server, history)
  const signOuts = createSignOuts(server, isUnsure)
  const stored = new Set<string>()
  const generations = new Map<string, string | undefined>()

  function transaction(life: Life, before: GrantEntry, after: GrantEntry): void {
    const problems = judgeTransaction(before, after, {
      member,
      hasClockJumped: history.hasClockJumped(),
      familyOf: server.familyOf,
      tokenOf: (generation) => generations.get(generation),
      descends: server.descends,
      isOvertaken: (state) => signOuts.isOvertaken(state, life),
      isRemoved: (state) => signOuts.isRemoved(state, life),
      hasVerdict: (token) => presentations.condemnedOf(life).includes(token),
      hasVerdictOnHeir: (token) =>
        presentations.condemnedOf(life).some((later) => !stored.has(later) && server.descends(later, token)),
      isSigningOut: signOuts.isSigningOut(life),
      isPresenting: presentations.isPresenting,
    })
    for (const problem of problems) history.violation(`${life.name}: ${problem}`)
    if (after.record?.status === 'live') store(after.record)
    signOuts.noteTransaction(life, before, after)
    noteMoments(life, before, after)
    presentations.noteTransaction(life, before, after)
  }

  function noteMoments(life: Life, { record: was }: GrantEntry, { record: is }: GrantEntry): void {
    if (was && !is) history.happened('signedOut', life)
    if (was?.status === 'live' && is?.status === 'expired') history.happened('condemned', life)
    const isNew = is?.status === 'live' && was?.generation !== is.generation
    if (isNew) history.happened(is.parent ? 'committed' : 'consented', life)
  }

  function store({ generation, tokenSet }: LiveGrant): void {
    generations.set(generation, tokenSet.refreshToken)
    stored.add(tokenSet.accessToken)
    if (tokenSet.refreshToken !== undefined) stored.add(tokenSet.refreshToken)
  }

  function served(accessToken: string, isPersistent: boolean): void {
    if (!stored.has(accessToken) && isPersistent) {
      history.violation(`${accessToken} was given out before it was stored`)
    }
    const isMisjudged = history.hasClockJumped() || history.counts['token request: withoutLifetime']
    if (server.isOver(accessToken) && !isMisjudged) {
      history.violation(`${accessToken} was given out after its time`)
    }
  }

  return {
    ...history,
    ...presentations,
    begin: ({ record }) => {
      if (record?.status === 'live') store(record)
    },
    transaction,
    evicted: (entry) => signOuts.noteTransaction(undefined, entry, { attempts: [] }),
    sent: (life, body) => presentations.sent(life, body, (token) => stored.has(token)),
    served,
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
      if (!family) return false
      const isGivenUp = life !== undefined && signOuts.isRemoved(family.state, life) && !stored.has(token)
      return isGivenUp || signOuts.isUnwanted(family)
    },
    hasArrived: (token) => stored.has(token) || presentations.isInHand(token),
    wasStored: (token) => stored.has(token),
    tokenOf: (generation) => generations.get(generation),
  }
}
