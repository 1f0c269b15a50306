import type { SwitchBoard } from '../switch-board'
import type { TokenMemory } from './token-memory'

/** Atlassian's rules for grants that the certified server has no settings for; each is a switch. */
export interface GrantRules {
  /** Ends a grant whose days are over, so that the server then finds the refresh token dead. */
  endOldGrant(refreshToken: string): void
  /** The answer that a used refresh token gets once more; undefined where the server has to judge it. */
  answerWithinLeeway(refreshToken: string): { body: unknown } | 'newTokens' | undefined
  /** Notes what a refresh token was answered with, and lets the access tokens before it run out. */
  afterRefresh(refreshToken: string, body: unknown): void
  /** Ends what a second consent ends. Call it before the new grant is there. */
  beforeConsent(consent: { memberId: string; clientId: string; workspaceId: string }): void
}

export function createGrantRules(switches: SwitchBoard, memory: TokenMemory): GrantRules {
  const firstAnswers = new Map<string, { at: number; body: unknown }>()

  return {
    endOldGrant(refreshToken) {
      const grant = memory.grantOf(refreshToken)
      const { grantLifetimeS } = switches.get()
      if (grant !== undefined && Date.now() / 1000 - grant.consentedAtS >= grantLifetimeS) {
        memory.revokeGrant(grant.id)
      }
    },
    answerWithinLeeway(refreshToken) {
      const first = firstAnswers.get(refreshToken)
      const { rotationLeewayMs, leewayAnswer } = switches.get()
      if (first === undefined || memory.grantOf(refreshToken) === undefined) return undefined
      if (Date.now() - first.at >= rotationLeewayMs) return undefined
      if (leewayAnswer === 'sameTokens') return { body: structuredClone(first.body) }
      memory.unconsume(refreshToken)
      return 'newTokens'
    },
    afterRefresh(refreshToken, body) {
      if (firstAnswers.has(refreshToken)) return
      firstAnswers.set(refreshToken, { at: Date.now(), body: structuredClone(body) })
      const grant = memory.grantOf(refreshToken)
      if (grant === undefined) return
      const newest = memory.newestAccessTokenOf(grant.id)
      memory.shortenAccessTokens(grant.id, switches.get().replacedAccessTokenLifetimeS, newest)
    },
    beforeConsent({ memberId, clientId, workspaceId }) {
      const { secondConsent } = switches.get()
      if (secondConsent === 'endsAll') memory.revokeGrants({ memberId, clientId })
      if (secondConsent === 'endsSameWorkspace') memory.revokeGrants({ memberId, clientId, workspaceId })
    },
  }
}
