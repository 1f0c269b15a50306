import { LEASE_MS } from '../../../../src/base/durations'
import type { ExpiredGrant, GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Family } from '../servers/authorization-server'

/** What the rules need to know of the past. */
export interface RecordFacts {
  familyOf(token: string): Family | undefined
  /** The refresh token that was stored as this generation. */
  tokenOf(generation: string): string | undefined
  descends(later: string, earlier: string): boolean
  /** The member that grants are kept for. */
  member: string
  /** Whether that attempt was stored when the grant of a younger one was. */
  isOvertaken(state: string): boolean
  /** Whether that attempt was stored once and is gone. */
  isRemoved(state: string): boolean
  /** Whether the server called the refresh token dead, to the frame that writes. */
  hasVerdict(refreshToken: string): boolean
  /** The same of a successor of it that was never stored, so that none but this frame can have rotated it. */
  hasVerdictOnHeir(refreshToken: string): boolean
  /** Whether the frame that writes was told to sign out. */
  isSigningOut: boolean
  /** Whether the frame behind this mark lives, and waits for its answer or has one to store. */
  isPresenting(owner: string): boolean
  hasClockJumped: boolean
}

type Grants = { was: GrantEntry['record']; is: GrantEntry['record'] }

/** What a transaction did that it must not do; nothing if all is well. */
export function judgeTransaction(before: GrantEntry, after: GrantEntry, facts: RecordFacts): string[] {
  const was = before.record
  const is = after.record
  if (was === is || JSON.stringify(was) === JSON.stringify(is)) return []
  return [
    ...judgeAppearance({ was, is }, facts),
    ...judgeDisappearance({ was, is }, facts),
    ...judgeSuccession({ was, is }, facts),
    ...judgeVerdict({ was, is }, facts),
    ...judgeClaim({ was, is }, facts),
  ]
}

function judgeAppearance({ was, is }: Grants, facts: RecordFacts): string[] {
  const family = is?.status === 'live' ? familyOf(is, facts) : undefined
  if (!family || is?.status !== 'live') return []
  const problems: string[] = []
  const isNew = was?.status !== 'live' || familyOf(was, facts) !== family
  const isRestored = was?.status === 'expired' && isSuccessor(was, is, facts)
  if (isNew && !isRestored) {
    if (is.parent) problems.push('a refresh wrote over another consent, or over nothing')
    if (facts.isRemoved(family.state))
      problems.push('a sign-in was stored although its attempt had been removed')
    if (facts.isOvertaken(family.state)) problems.push('a sign-in was stored over one that began later')
  }
  if (is.memberChecked && family.member !== facts.member)
    problems.push('the grant of another account was stored')
  return problems
}

function judgeDisappearance({ was, is }: Grants, facts: RecordFacts): string[] {
  if (!was || is || facts.isSigningOut) return []
  const isForeign = was.status === 'live' && familyOf(was, facts)?.member !== facts.member
  return isForeign ? [] : ['a grant was removed although nobody signed out']
}

function judgeSuccession({ was, is }: Grants, facts: RecordFacts): string[] {
  if (!was || is?.status !== 'live' || was.generation === is.generation || !is.parent) return []
  if (isSuccessor(was, is, facts)) return []
  const isLaterSibling =
    was.status === 'live' &&
    !was.lease &&
    was.parent?.generation === is.parent.generation &&
    was.parent.presentation < is.parent.presentation
  if (isLaterSibling) return []
  const isOtherConsent = was.status === 'live' && familyOf(was, facts) !== familyOf(is, facts)
  return isOtherConsent ? [] : ['a refresh wrote over a newer generation']
}

function judgeVerdict({ was, is }: Grants, facts: RecordFacts): string[] {
  if (is?.status !== 'expired' || was?.status === 'expired') return []
  if (was?.status !== 'live') return ['a grant expired out of nothing']
  const { refreshToken } = was.tokenSet
  if (was.generation !== is.generation) {
    // The rotation that could not be stored at its time, and the verdict on what came of it, in one transaction.
    const isHeir = refreshToken !== undefined && facts.hasVerdictOnHeir(refreshToken)
    return isHeir ? [] : ['the verdict on one generation was written over another']
  }
  return refreshToken !== undefined && facts.hasVerdict(refreshToken)
    ? []
    : ['a grant expired without a verdict on its refresh token']
}

function judgeClaim({ was, is }: Grants, facts: RecordFacts): string[] {
  if (is?.status !== 'live' || was?.status !== 'live' || was.generation !== is.generation) return []
  const [old, now] = [was.lease, is.lease]
  if (!old || !now || old.owner === now.owner || facts.hasClockJumped) return []
  const isOver = now.presentedAt - old.presentedAt > LEASE_MS
  return isOver || !facts.isPresenting(old.owner)
    ? []
    : ['a lease was taken over although its owner lives and presents']
}

function familyOf(grant: LiveGrant, facts: RecordFacts): Family | undefined {
  return facts.familyOf(grant.tokenSet.accessToken)
}

/** Whether one record came of the other, in several rotations too, after a time in which nothing could be stored. */
function isSuccessor(was: LiveGrant | ExpiredGrant, is: LiveGrant, facts: RecordFacts): boolean {
  if (was.generation === is.parent?.generation) return true
  const [earlier, later] = [facts.tokenOf(was.generation), is.tokenSet.refreshToken]
  return earlier !== undefined && later !== undefined && facts.descends(later, earlier)
}
