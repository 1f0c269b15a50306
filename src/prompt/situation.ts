import { fieldsOf } from '../base/fields'
import type { AuthState, SignInProgress } from '../grant/auth-state'
import type { PromptSituation } from './texts'

/** Facts, besides the state, that the prompt's situation depends on. */
export interface PromptContext {
  /** The error of the last `authorize()`, or one that the page handed over since. */
  error: unknown
  /** An error that the page handed over and that a sign-in can answer, also while `error` is about that sign-in. */
  callError: unknown
  /** A sign-in that this prompt began goes on. */
  isInProgress: boolean
  /** The browser says that there is no network. */
  isOffline: boolean
}

/** Finds the situation that the prompt has to speak about. `undefined`: there is nothing to say. */
export function situationOf(state: AuthState, context: PromptContext): PromptSituation | undefined {
  const due = situationOfState(state, context.callError)
  // Only these two keep authorize() from opening a window.
  if (!due || due === 'noWorkspace' || due === 'notLoggedIn') return due
  if (context.isInProgress) return 'inProgress'
  // Another prompt, page or tab waits for it, and has the button to call it off.
  if (signInOf(state) === 'here' || signInOf(state) === 'elsewhere') return 'elsewhere'
  if (context.isOffline) return 'offline'
  const said = situationOfError(context.error)
  if (said) return said
  const { code } = fieldsOf(context.error)
  // Who has just called it off is not asked to finish it, while the attempt is still being removed.
  if (
    signInOf(state) === 'unfinished'
      ? code !== 'aborted'
      : state.status === 'authorized' && code === 'popupClosed'
  )
    return 'unfinished'
  return due
}

function signInOf(state: AuthState): SignInProgress | undefined {
  return state.status === 'restoring' ? undefined : state.signIn
}

/** Lists the scopes that a call turned out to lack and that are not granted yet, for the next consent to ask for. */
export function scopesToAskFor(state: AuthState, callError: unknown): readonly string[] {
  const { requiredScopes } = fieldsOf(callError)
  const granted = state.status === 'authorized' ? state.scopes : []
  if (!Array.isArray(requiredScopes)) return []
  return requiredScopes.filter((scope) => typeof scope === 'string' && !granted.includes(scope))
}

/** Names an error so that the makers of the Power-Up know it again: the code that is to blame, and the server's. */
export function nameOf(error: unknown, depth = 0): string {
  const { code, name = 'unknown', cause, serverError } = fieldsOf(error)
  // An error may be its own cause.
  if (typeof code === 'string' && typeof fieldsOf(cause).code === 'string' && depth < 9)
    return nameOf(cause, depth + 1)
  const own = String(typeof code === 'string' ? code : name)
  return typeof serverError === 'string' ? `${own}, ${serverError}` : own
}

/** Finds what there is to do as long as no sign-in goes on or went wrong. */
function situationOfState(state: AuthState, callError: unknown): PromptSituation | undefined {
  if (state.status === 'authorized') {
    // The grant stays, and yet this page gets no token for it.
    if (isRefused(callError)) return 'rotationLost'
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

/** Tells the error of a call that a new consent answers. */
export function isForConsent(error: unknown): boolean {
  return fieldsOf(error).code === 'missingScope' || isRefused(error)
}

/** Decides whether a new consent is the way out: the token endpoint refuses, can't be read, or has failed several times. */
export function isRefused(error: unknown): boolean {
  const { code, status, offerConsent } = fieldsOf(error)
  const isInWords =
    typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 429
  return (
    offerConsent === true ||
    code === 'tokenEndpointUnreadable' ||
    code === 'blockedByPolicy' ||
    code === 'clientRejected' ||
    (code === 'tokenEndpointUnavailable' && isInWords)
  )
}

/** Tells the error of a call that its own signal has ended: the page wanted that, and nothing went wrong. */
function isCalledOff(error: unknown): boolean {
  return fieldsOf(error).name === 'AbortError'
}

/** Finds what the error by itself says. `null`: the state, or what a call lacked, says all. */
function situationOfError(error: unknown): PromptSituation | null {
  if (!error || isCalledOff(error)) return null
  // An exchange that failed says why in its cause, and so does a grant that was dropped.
  const situation = situationByCode(fieldsOf(error).cause) ?? situationByCode(error)
  return situation === undefined ? 'failed' : situation
}

/** Finds the words for a code. `null`: the state says all. `undefined`: there are no words for it. */
function situationByCode(error: unknown): PromptSituation | null | undefined {
  const { code, status } = fieldsOf(error)
  switch (code) {
    case 'popupBlocked':
    case 'accessDenied':
    case 'accountMismatch':
    case 'noWorkspace':
    case 'notLoggedIn':
    case 'storageUnavailable':
      return code
    case 'tokenEndpointUnavailable':
      // With a status there was an answer, so the network is well.
      if (typeof status === 'number') return isRefused(error) ? undefined : 'unavailable'
      return 'offline'
    case 'network':
      return 'offline'
    case 'notLoaded':
      return 'failed'
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
