import type { AuthorizationServer } from '../servers/authorization-server'
import type { Family } from '../servers/issued-tokens'
import type { History } from './history'

/** Why a refresh token was lost although no code could prevent it. */
export type LossCause =
  | 'the browser doubled the request'
  | 'the answer got lost'
  | 'the frame died before the answer'
  | 'the frame died before it could commit'
  | 'presented again by the take-over rule'
  | 'a later presentation reached the server first'
  | 'the server revoked it'

/** The causes that leave no doubt that the answer to a rotation was lost. */
export const LOST_ROTATIONS: readonly LossCause[] = [
  'the answer got lost',
  'the frame died before the answer',
  'the frame died before it could commit',
]

export interface Losses {
  /** Notes a cause for the family that this token belongs to. */
  note(token: string | undefined, cause: LossCause): void
  noteFamily(family: Family, cause: LossCause): void
  causesOf(family: Family): ReadonlySet<LossCause>
}

export function createLosses(server: AuthorizationServer, history: History): Losses {
  const causes = new Map<Family, Set<LossCause>>()

  function noteFamily(family: Family, cause: LossCause): void {
    history.trace(`a named cause for ${family.id}: ${cause}`)
    causes.set(family, (causes.get(family) ?? new Set()).add(cause))
  }

  return {
    note: (token, cause) => {
      const family = token === undefined ? undefined : server.familyOf(token)
      if (family) noteFamily(family, cause)
    },
    noteFamily,
    causesOf: (family) => causes.get(family) ?? new Set(),
  }
}
