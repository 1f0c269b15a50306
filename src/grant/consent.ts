import { attemptsAfter, claimAttempt } from '../authorization/pending-attempts'
import type { GrantEntry, LiveGrant } from './grant'

/**
 * Claims the attempt of `state`, once, before its code is sent. A sign-out takes the attempt away, and with it the
 * right to store what the code brings.
 */
export function claimConsent(entry: GrantEntry, state: string, claimedBy: string): GrantEntry {
  return { ...entry, attempts: claimAttempt(entry.attempts, state, claimedBy) }
}

export function isConsentClaimed({ attempts }: GrantEntry, state: string, claimedBy: string): boolean {
  return attempts.some((attempt) => attempt.state === state && attempt.claimedBy === claimedBy)
}

/** Stores the grant of a claimed attempt, in the transaction that removes that attempt and all older ones. */
export function storeConsent(
  entry: GrantEntry,
  state: string,
  claimedBy: string,
  grant: LiveGrant,
): GrantEntry {
  if (!isConsentClaimed(entry, state, claimedBy)) return entry
  return { ...entry, record: grant, attempts: attemptsAfter(entry.attempts, state) }
}
