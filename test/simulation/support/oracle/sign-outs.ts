import type { GrantEntry, LiveGrant } from '../../../../src/grant/grant'
import type { Life } from '../browser/clock'
import type { AuthorizationServer } from '../servers/authorization-server'
import type { Family } from '../servers/issued-tokens'

/** Knows which grants and sign-ins were given up, and by whom, so that they must not come back. */
export interface SignOuts {
  /** @param life `undefined`: the browser itself removed what was stored */
  noteTransaction(life: Life | undefined, before: GrantEntry, after: GrantEntry): void
  /**
   * Notes that a sign-out begins, in a frame that knows these families. Returns what to call at its end: a sign-out that
   * failed goes on trying to remove what it knew.
   */
  signingOut(life: Life, entry: GrantEntry, known: readonly Family[]): (isDone: boolean) => void
  /** Notes that someone presses Connect in that frame. */
  signingIn(life: Life): void
  isSigningOut(life: Life): boolean
  /** Tells whether someone has pressed Connect in that frame since the last sign-out there was done. */
  hasClicked(life: Life): boolean
  isUnwanted(family: Family): boolean
  /** Tells whether that attempt was opened, stored and removed, as far as the frame could know. */
  isRemoved(state: string, life: Life): boolean
  /** Tells whether a younger attempt's grant was stored over that attempt, as far as the frame could know. */
  isOvertaken(state: string, life: Life): boolean
}

/** @param isUnsure tells whether that frame has given up a write that is done, and has not heard of it since */
export function createSignOuts(server: AuthorizationServer, isUnsure: (life: Life) => boolean): SignOuts {
  const unwanted = new Set<Family>()
  /** By family: the frames whose sign-out failed. They go on trying, as long as they live and are awake. */
  const trying = new Map<Family, Set<Life>>()
  const signers = new Set<Life>()
  /** The number of the last click in a frame since the last sign-out there. */
  const clicks = new Map<Life, number>()
  let clickCount = 0
  /** By state: who removed the attempt. */
  const removed = new Map<string, Life | undefined>()
  const overtaken = new Set<string>()

  function noteTransaction(life: Life | undefined, before: GrantEntry, after: GrantEntry): void {
    const left = statesOf(after)
    if (life) noteStoredAgain(life, statesOf(before), left)
    for (const state of openedIn(before)) if (!left.has(state)) removed.set(state, life)
    const [was, is] = [before.record, after.record]
    if (was?.status === 'live' && !is) {
      const family = server.familyOf(was.tokenSet.accessToken)
      if (family) unwanted.add(family)
    }
    const isConsent = is?.status === 'live' && !is.parent && is.generation !== was?.generation
    if (isConsent) noteConsent(life, before, is)
  }

  /** A frame that could not know stored the attempt again: from now on it counts as a new one. */
  function noteStoredAgain(life: Life, before: ReadonlySet<string>, after: ReadonlySet<string>): void {
    for (const state of after) {
      if (removed.has(state) && isExcused(state, life)) removed.delete(state)
      if (isUnsure(life) && !before.has(state)) overtaken.delete(state)
    }
  }

  function noteConsent(life: Life | undefined, { attempts }: GrantEntry, { tokenSet }: LiveGrant): void {
    const family = server.familyOf(tokenSet.accessToken)
    const beganAt = attempts.find(({ state }) => state === family?.state)?.openedAt ?? 0
    // That it is here again is judged by `isRemoved`; from now on it is wanted.
    if (family && life && isUnsure(life)) {
      unwanted.delete(family)
      trying.delete(family)
    }
    for (const { state, openedAt } of attempts) {
      if (openedAt !== undefined && openedAt < beganAt) overtaken.add(state)
    }
  }

  /**
   * A frame that could not know that its own attempt is stored stores it again: after another frame's sign-out too, and
   * after its own if the person has connected again since.
   */
  function isExcused(state: string, life: Life): boolean {
    return removed.get(state) === life ? clicks.has(life) : isUnsure(life)
  }

  return {
    noteTransaction,
    signingOut: (life, entry, known) => {
      signers.add(life)
      const clicksBefore = clicks.get(life) ?? 0
      const states = openedIn(entry)
      return (isDone) => {
        if (clicks.get(life) === clicksBefore) clicks.delete(life)
        for (const family of known) {
          if (isDone) unwanted.add(family)
          else trying.set(family, new Set(trying.get(family)).add(life))
        }
        if (isDone) for (const state of states) removed.set(state, life)
      }
    },
    signingIn: (life) => {
      clicks.set(life, ++clickCount)
    },
    isSigningOut: (life) => signers.has(life),
    hasClicked: (life) => clicks.has(life),
    isUnwanted: (family) => unwanted.has(family) || [...(trying.get(family) ?? [])].some(isAwake),
    isRemoved: (state, life) => removed.has(state) && !isExcused(state, life),
    isOvertaken: (state, life) => overtaken.has(state) && !isUnsure(life),
  }
}

function isAwake({ isDead, isFrozen }: Life): boolean {
  return !isDead && !isFrozen
}

function statesOf({ attempts }: GrantEntry): ReadonlySet<string> {
  return new Set(attempts.map(({ state }) => state))
}

function openedIn({ attempts }: GrantEntry): readonly string[] {
  return attempts.flatMap(({ state, openedAt }) => (openedAt === undefined ? [] : state))
}
