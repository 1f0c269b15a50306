import { fieldsOf } from '../base/fields'
import type { AuthState } from '../grant/auth-state'
import type { PromptSituation } from './texts'

/** What the prompt knows besides the state. */
export interface PromptContext {
  /** What the last `authorize()` rejected with, or what the page handed over since. */
  error: unknown
  /** What the page handed over for a sign-in to answer, also while `error` is about that. */
  callError: unknown
  /** Whether a sign-in that the prompt began goes on. */
  isInProgress: boolean
  isOffline: boolean
}

/** What there is to say; `undefined` where there is nothing. */
export function situationOf(state: AuthState, context: PromptContext): PromptSituation | undefined {
  const due = situationOfState(state, context.callError)
  // Nothing but these two keeps authorize() from opening a window.
  if (!due || due === 'noWorkspace' || due === 'notLoggedIn') return due
  if (context.isInProgress) return 'inProgress'
  if (context.isOffline) return 'offline'
  const said = situationOfError(context.error)
  if (said) return said
  const { code } = fieldsOf(context.error)
  // Who has just called it off is not asked to finish it, while the attempt is still being removed.
  const isUnfinished = state.status !== 'restoring' && state.signIn === 'unfinished'
  if (isUnfinished ? code !== 'aborted' : state.status === 'authorized' && code === 'popupClosed')
    return 'unfinished'
  return due
}

/** The scopes that a call turned out to lack and that are not granted yet, for the next consent to ask for. */
export function scopesToAskFor(state: AuthState, callError: unknown): readonly string[] {
  const { requiredScopes } = fieldsOf(callError)
  const granted = state.status === 'authorized' ? state.scopes : []
  if (!Array.isArray(requiredScopes)) return []
  return requiredScopes.filter((scope) => typeof scope === 'string' && !granted.includes(scope))
}

/** What to call an error by, so that its makers know it again. */
export function nameOf(error: unknown): string {
  const { code, name = 'unknown' } = fieldsOf(error)
  return String(typeof code === 'string' ? code : name)
}

/** What there is to do as long as no sign-in goes on or went wrong. */
function situationOfState(state: AuthState, callError: unknown): PromptSituation | undefined {
  if (state.status === 'authorized') {
    // The grant stays, and yet this page gets no token for it.
    if (fieldsOf(callError).code === 'tokenEndpointUnreadable') return 'rotationLost'
    return [...state.missingScopes, ...scopesToAskFor(state, callError)].length > 0
      ? 'missingScopes'
      : undefined
  }
  if (state.status === 'tokenExpired') return state.reason
  if (state.status === 'restoring') return undefined
  if (state.blockedBy) return state.blockedBy
  if (state.legacy) return 'legacy'
  return state.persistent ? 'connect' : 'storageUnavailable'
}

/** What the error alone says; `null` where the state, or what a call lacked, says all. */
export function situationOfError(error: unknown): PromptSituation | null {
  if (!error) return null
  // An exchange that failed says why in its cause, and so does a grant that was dropped.
  const situation = situationByCode(fieldsOf(error).cause) ?? situationByCode(error)
  return situation === undefined ? 'failed' : situation
}

/** `null` is no news, for the state says all; `undefined` is a code that there are no words for. */
function situationByCode(error: unknown): PromptSituation | null | undefined {
  const { code } = fieldsOf(error)
  switch (code) {
    case 'popupBlocked':
    case 'accessDenied':
    case 'accountMismatch':
    case 'noWorkspace':
    case 'notLoggedIn':
    case 'storageUnavailable':
      return code
    case 'tokenEndpointUnavailable':
    case 'network':
      return 'offline'
    case 'popupClosed':
    case 'missingScope':
    case 'tokenEndpointUnreadable':
    case 'superseded':
    case 'aborted':
    case 'notAuthorized':
    case 'tokenExpired':
      return null
    default:
      return undefined
  }
}
