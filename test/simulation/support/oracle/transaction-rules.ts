import type { ExpiredGrant, GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Family } from '../servers/issued-tokens'
import { judgeReason } from './reason-rules'

/** What the rules need to know of the past. */
export interface RecordFacts {
  familyOf(token: string): Family | undefined
  /** The refresh token that was stored as this generation. */
  tokenOf(generation: string): string | undefined
  wasStored(generation: string): boolean
  descends(later: string, earlier: string): boolean
  /** The member that grants are kept for. */
  member: string
  /** The age at which the mark of an owner who lives may be taken over. */
  leaseMs: number
  /** Tells whether that attempt was stored when the grant of a younger one was. */
  isOvertaken(state: string): boolean
  /** Tells whether that attempt was stored once and is gone. */
  isRemoved(state: string): boolean
  /** Tells whether the server called the refresh token of that grant dead, to the frame that writes. */
  hasVerdict(grant: LiveGrant): boolean
  /** The same of a successor that was never stored, so that no other frame can have rotated it. It may be a new consent's. */
  hasVerdictOnHeir(grant: LiveGrant): boolean
  /** The same of a consent that was never stored, and that nobody has given up. */
  hasVerdictOnUnstored: boolean
  /** Another account's consent has come to the frame that writes, and was never stored. */
  hasUnstoredOfAnother: boolean
  /** A presentation of this generation ended in neither success nor verdict. */
  hasUnclearPresentation(generation: string): boolean
  /** The frame that writes was told to sign out. */
  isSigningOut: boolean
  /** Someone has pressed Connect in the frame that writes. */
  hasClicked: boolean
  /** The frame that writes is configured with another way to the token endpoint than the one by which the grant came. */
  isOtherWay(grant: LiveGrant): boolean
  /** Tells whether the frame behind this mark lives, and waits for its answer or has one to store. */
  isPresenting(owner: string): boolean
  /** The consent or the last rotation lies so far back that the server may have ended the grant by itself. */
  isTooOld(grant: LiveGrant): boolean
  /** The same, and the frame that writes can know it. */
  isSurelyTooOld(grant: LiveGrant): boolean
  hasClockJumped: boolean
  hasStorageFailed: boolean
}

type Grants = { was: GrantEntry['record']; is: GrantEntry['record'] }

/** Names what a transaction did that it must not do; nothing if all is well. */
export function judgeTransaction(before: GrantEntry, after: GrantEntry, facts: RecordFacts): string[] {
  const grants = { was: before.record, is: after.record }
  const isSame = JSON.stringify(grants.was) === JSON.stringify(grants.is)
  return [...judgeAttempts(before, after, facts), ...(isSame ? [] : judgeRecord(grants, facts))]
}

function judgeRecord(grants: Grants, facts: RecordFacts): string[] {
  return [
    ...judgeAppearance(grants, facts),
    ...judgeDisappearance(grants, facts),
    ...judgeSuccession(grants, facts),
    ...judgeVerdict(grants, facts),
    ...judgeClaim(grants, facts),
  ]
}

/** A sign-in is prepared in memory, and stored once a click has opened its window. */
function judgeAttempts(before: GrantEntry, after: GrantEntry, { hasClicked }: RecordFacts): string[] {
  const known = new Set(before.attempts.map(({ state }) => state))
  const added = after.attempts.filter(({ state }) => !known.has(state))
  const problems: string[] = []
  if (added.some(({ openedAt }) => openedAt === undefined))
    problems.push('a sign-in was stored before its window was opened')
  if (added.length > 0 && !hasClicked) problems.push('a sign-in was stored although nobody clicked')
  return problems
}

function judgeAppearance({ was, is }: Grants, facts: RecordFacts): string[] {
  const family = is?.status === 'live' ? familyOf(is, facts) : undefined
  if (!family || is?.status !== 'live') return []
  const problems: string[] = []
  const isNew = was?.status !== 'live' || familyOf(was, facts) !== family
  const isRestored = was?.status === 'expired' && isSuccessor(was, is, facts)
  // The Trello page gives the tokens of whatever consent came last.
  const isGivenByPage = is.parent !== undefined && family.way === 'page' && was?.status === 'live'
  if (isNew && !isRestored && !isGivenByPage) {
    // A consent that could not be stored, and its rotation, may be stored together.
    if (is.parent && facts.wasStored(is.parent.generation))
      problems.push('a refresh wrote over another consent, or over nothing')
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
  const family = was.status === 'live' ? familyOf(was, facts) : undefined
  const isForeign = was.status === 'live' && family?.member !== facts.member
  // Another account's tokens, which could not be stored, and their removal are one transaction. The Trello page may give
  // them in each answer.
  const mayBeForeign = family?.way === 'page' || facts.hasUnstoredOfAnother
  const mayHaveBecomeForeign = mayBeForeign && facts.hasStorageFailed
  return isForeign || mayHaveBecomeForeign ? [] : ['a grant was removed although nobody signed out']
}

function judgeSuccession({ was, is }: Grants, facts: RecordFacts): string[] {
  if (!was || is?.status !== 'live' || was.generation === is.generation || !is.parent) return []
  // A consent that could not be stored, and its rotation, may be stored together.
  if (isSuccessor(was, is, facts) || !facts.wasStored(is.parent.generation)) return []
  const isLaterSibling =
    was.status === 'live' &&
    !was.lease &&
    was.parent?.generation === is.parent.generation &&
    was.parent.presentation < is.parent.presentation
  if (isLaterSibling) return []
  const family = familyOf(is, facts)
  const isOtherConsent = was.status === 'live' && familyOf(was, facts) !== family
  // The Trello page gives the tokens of whatever consent came last.
  return isOtherConsent || family?.way === 'page' ? [] : ['a refresh wrote over a newer generation']
}

function judgeVerdict({ was, is }: Grants, facts: RecordFacts): string[] {
  if (is?.status !== 'expired' || was?.status === 'expired') return []
  // A consent that could not be stored at its time, and the verdict on it, in one transaction.
  if (was?.status !== 'live') return facts.hasVerdictOnUnstored ? [] : ['a grant expired out of nothing']
  if (was.generation !== is.generation) {
    // What could not be stored at its time, a rotation or a consent, and the verdict on it, in one transaction.
    return facts.hasVerdictOnHeir(was) ? [] : ['the verdict on one generation was written over another']
  }
  if (facts.hasVerdict(was)) return judgeReason(was, is, facts)
  return facts.isOtherWay(was) ? [] : ['a grant expired without a verdict on its refresh token']
}

function judgeClaim({ was, is }: Grants, facts: RecordFacts): string[] {
  if (is?.status !== 'live' || was?.status !== 'live' || was.generation !== is.generation) return []
  const [old, now] = [was.lease, is.lease]
  if (!old || !now || old.owner === now.owner || facts.hasClockJumped) return []
  const isOver = now.presentedAt - old.presentedAt >= facts.leaseMs
  return isOver || !facts.isPresenting(old.owner)
    ? []
    : ['a lease was taken over although its owner lives and presents']
}

function familyOf(grant: LiveGrant, facts: RecordFacts): Family | undefined {
  return facts.familyOf(grant.tokenSet.accessToken)
}

/** Tells whether one record came from the other, through several rotations too, after a time in which nothing could be stored. */
function isSuccessor(was: LiveGrant | ExpiredGrant, is: LiveGrant, facts: RecordFacts): boolean {
  if (was.generation === is.parent?.generation) return true
  const [earlier, later] = [facts.tokenOf(was.generation), is.tokenSet.refreshToken]
  return earlier !== undefined && later !== undefined && facts.descends(later, earlier)
}
