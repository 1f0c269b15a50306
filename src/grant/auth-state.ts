import type { ExpiryReason } from '../base/errors'
import { endsAt, isUnfinished, type PendingAttempt } from './attempt'
import { endOf, type GrantView, isGood, isGranted, lastGoodAt, liveGrant, missingScopes } from './grant'

/** The state of a client's grant. Switch on `status`. */
export type AuthState = RestoringState | NotAuthorizedState | AuthorizedState | TokenExpiredState

/** The state before the storage was read for the first time. `readState()` never gives it. */
export interface RestoringState {
  /** The name of this state. */
  readonly status: 'restoring'
}

/** The state without a grant: nobody connected yet, or somebody signed out. */
export interface NotAuthorizedState {
  /** The name of this state. */
  readonly status: 'notAuthorized'
  /** The obstacle that no button can remove: the board has no workspace, or the visitor is not logged in to Trello. */
  readonly blockedBy?: BlockedBy
  /** A sign-in that has begun and has not ended yet. */
  readonly signIn?: SignInProgress
  /** `false`: the storage can't be used, and a grant would live in this frame's memory until it closes. */
  readonly persistent: boolean
  /** An old token of Trello's `client.authorize()` still works (`powerup-oauth/compat` only). */
  readonly legacy?: true
}

/** The state with a living grant. The access token may have run out: the next call refreshes it. */
export interface AuthorizedState {
  /** The name of this state. */
  readonly status: 'authorized'
  /** The granted scopes. */
  readonly scopes: readonly string[]
  /** The configured scopes that were not granted. */
  readonly missingScopes: readonly string[]
  /** The id of the workspace that the grant is for. */
  readonly workspace?: string
  /** `false`: the storage can't be used, and the grant lives in this frame's memory until it closes. */
  readonly persistent: boolean
  /** A sign-in that asks for more scopes, has begun, and has not ended yet. */
  readonly signIn?: SignInProgress
}

/** The state after a grant's end: the person was connected once and has to connect again. It survives a reload. */
export interface TokenExpiredState {
  /** The name of this state. */
  readonly status: 'tokenExpired'
  /** The reason why the grant ended. */
  readonly reason: ExpiryReason
  /** The time of its end, in milliseconds since 1970. */
  readonly since: number
  /** The scopes that were granted. */
  readonly scopes: readonly string[]
  /** A sign-in that has begun and has not ended yet. */
  readonly signIn?: SignInProgress
}

/**
 * A sign-in on its way. `here`: this page waits for it; show Cancel. `elsewhere`: another frame or tab waits for it;
 * tell the person to go on in the other window. `unfinished`: it was begun in the last ten minutes, no page waits for it
 * any more, and this client's next `authorize()` finishes it.
 */
export type SignInProgress = 'here' | 'elsewhere' | 'unfinished'

/** An obstacle that no button can remove. */
export type BlockedBy = 'noWorkspace' | 'notLoggedIn'

/** Facts, besides the view, that the state depends on. */
export interface StateContext {
  /** The configured scopes. */
  scopes: readonly string[]
  /** Tells an attempt that was begun with the settings of this client. Only such a one it finishes. */
  isOurs(attempt: PendingAttempt): boolean
  /** The obstacle that no button can remove, if there is one. */
  blockedBy: BlockedBy | undefined
  /** `true` while this page waits for a sign-in of this grant. */
  isSigningIn: boolean
  /** The states of the attempts whose windows this page waits for. */
  inProgress: ReadonlySet<string>
  /** Tells who waits for an attempt that this page doesn't wait for. `undefined`: that is being found out. */
  isElsewhere(attempt: PendingAttempt): boolean | undefined
}

/** Makes the state of a client out of the view of its grant. */
export function stateOf(view: GrantView, context: StateContext, now: number): AuthState {
  const persistent = view.persistent && view.storage !== 'unreadable'
  const signIn = signInOf(view, context, now)
  const progress = signIn ? { signIn } : {}
  const grant = liveGrant(view, now)
  if (grant) {
    return {
      status: 'authorized',
      scopes: frozen(grant.scopes),
      missingScopes: frozen(missingScopes(grant.scopes, context.scopes)),
      ...(grant.workspace !== undefined && { workspace: grant.workspace }),
      persistent,
      ...progress,
    }
  }
  const end = endOf(view, now)
  if (end) {
    const { reason, since, scopes } = end
    return { status: 'tokenExpired', reason, since, scopes: frozen(scopes), ...progress }
  }
  if (view.storage === 'unread') return { status: 'restoring' }
  const { blockedBy } = context
  return { status: 'notAuthorized', persistent, ...(blockedBy && { blockedBy }), ...progress }
}

/** Gives the time at which the state may change although nothing happens. `Infinity`: never. */
export function changesAt({ record, attempts }: GrantView, now: number): number {
  const ends = attempts.filter((attempt) => isUnfinished(attempt, now)).map(endsAt)
  // Also where the grant can be renewed: not each client can, and to one that can't it ends with its access token.
  const isEnding = record?.status === 'live' && isGood(record.tokenSet, now)
  return Math.min(...ends, isEnding ? lastGoodAt(record.tokenSet) + 1 : Infinity)
}

function signInOf(view: GrantView, context: StateContext, now: number): SignInProgress | undefined {
  if (context.isSigningIn) return 'here'
  const left = view.attempts.filter(
    (attempt) => isUnfinished(attempt, now) && !context.inProgress.has(attempt.state),
  )
  if (left.some((attempt) => context.isElsewhere(attempt))) return 'elsewhere'
  // authorize() opens no window when all is granted, so it finishes nothing either.
  if (isGranted(view, context.scopes, now)) return undefined
  // Only an attempt with our settings and all of our scopes can be finished by the next sign-in.
  const isLeft = left.some(
    (attempt) =>
      context.isElsewhere(attempt) === false &&
      context.isOurs(attempt) &&
      missingScopes(attempt.scopes, context.scopes).length === 0,
  )
  return isLeft ? 'unfinished' : undefined
}

/** Copies the scopes: what is stored can't be changed through a state. */
function frozen(scopes: readonly string[]): readonly string[] {
  return Object.freeze([...scopes])
}
