import type { ExpiredGrant, LiveGrant } from '../../../../src/grant/grant'
import type { RecordFacts } from './transaction-rules'

/** Names what is wrong with the reason that an ended grant gives. */
export function judgeReason(was: LiveGrant, is: ExpiredGrant, facts: RecordFacts): string[] {
  if (facts.hasClockJumped) return []
  const end = facts.familyOf(was.tokenSet.accessToken)?.end
  const isUnclear = facts.hasUnclearPresentation(was.generation) || facts.hasStorageFailed
  if (is.reason === 'rotationLost' && !isUnclear)
    return ['a grant ended as rotationLost although each presentation ended in a success or a verdict']
  const isTooOld = facts.isTooOld(was)
  if (end === 'age' && facts.isSurelyTooOld(was) && is.reason === 'revoked')
    return ['a grant that was too old ended as revoked']
  return is.reason === 'expired' && !isTooOld
    ? ['a grant ended as expired although its time was not over']
    : []
}
