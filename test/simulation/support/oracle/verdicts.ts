import type { LiveGrant } from '../../../../src/grant/grant'
import type { Life } from '../browser/clock'
import type { AuthorizationServer } from '../servers/authorization-server'
import { type Presentations, presentedBy, type TokenRequest } from './presentations'
import type { SignOuts } from './sign-outs'

/** What the token endpoint has said to a frame about refresh tokens that are dead. */
export interface Verdicts {
  /** Tells whether that frame was told that this generation, or its refresh token, is dead. */
  isOn(life: Life, grant: LiveGrant): boolean
  /** The same of a successor that was never stored, or of a later consent. */
  isOnHeir(life: Life, grant: LiveGrant): boolean
  /** The same of a consent that was never stored, and that nobody has given up. */
  isOnUnstored(life: Life): boolean
}

/** @param isStored tells whether the refresh token has ever been in the store */
export function createVerdicts(
  server: AuthorizationServer,
  presentations: Presentations,
  signOuts: SignOuts,
  isStored: (token: string) => boolean,
): Verdicts {
  function verdictsFor(life: Life): readonly TokenRequest[] {
    return presentations.all().filter((r) => r.life === life && r.isDead && r.isAnswered)
  }

  /** Refresh tokens that were never stored, of which that frame was told that they are dead. */
  function unstoredFor(life: Life): readonly string[] {
    const tokens = verdictsFor(life).flatMap((request) => presentedBy(request) ?? [])
    return tokens.filter((token) => !isStored(token))
  }

  /** The Trello page keeps refresh tokens to itself: nobody can tell which one it was. */
  function hasVerdictOfPage(life: Life): boolean {
    return verdictsFor(life).some(({ question }) => question.way === 'page')
  }

  return {
    isOn: (life, { generation }) => verdictsFor(life).some((r) => r.claim?.grant.generation === generation),
    isOnHeir: (life, { tokenSet: { accessToken, refreshToken = '' } }) => {
      if (hasVerdictOfPage(life)) return true
      const isHeir = (later: string) =>
        server.descends(later, refreshToken) || server.familyOf(later) !== server.familyOf(accessToken)
      return unstoredFor(life).some(isHeir)
    },
    isOnUnstored: (life) =>
      hasVerdictOfPage(life) ||
      unstoredFor(life).some((token) => {
        const family = server.familyOf(token)
        if (!family || signOuts.isUnwanted(family)) return false
        return !signOuts.isRemoved(family.state, life) && !signOuts.isOvertaken(family.state, life)
      }),
  }
}
