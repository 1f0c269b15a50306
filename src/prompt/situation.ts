import type { AuthState } from '../grant/grant'
import type { PromptSituation } from './texts'

/** What the prompt knows besides the state. */
export interface PromptContext {
  /** What the last `authorize()` rejected with, or what the page handed over. */
  error: unknown
  /** Whether a sign-in that the prompt began goes on. */
  isInProgress: boolean
  isOffline: boolean
}

/** What there is to say; `undefined` where there is nothing. */
export function situationOf(state: AuthState, context: PromptContext): PromptSituation | undefined {
  const { isInProgress, isOffline } = context
  if (state.status === 'restoring') return undefined
  const said = situationOfError(context.error)
  if (state.status === 'authorized' && state.missingScopes.length === 0 && said !== 'missingScopes')
    return undefined
  if (isInProgress) return 'inProgress'
  const blockedBy = state.status === 'notAuthorized' ? state.blockedBy : undefined
  // Nothing but these two keeps authorize() from opening a window.
  if (blockedBy === 'noWorkspace' || blockedBy === 'notLoggedIn') return blockedBy
  if (isOffline) return 'offline'
  if (said) return said
  if (state.status === 'authorized') return 'missingScopes'
  // Who has just called it off is not asked to finish it, while the attempt is still being removed.
  if (state.unfinished && codeOf(context.error) !== 'aborted') return 'unfinished'
  if (state.status === 'tokenExpired') return state.cause
  return blockedBy ?? (state.legacy ? 'legacy' : 'connect')
}

/** The scopes that a call turned out to lack, for the next consent to ask for. */
export function scopesToAskFor(error: unknown): readonly string[] {
  const { requiredScopes } = fieldsOf(error)
  return Array.isArray(requiredScopes) ? requiredScopes.filter((scope) => typeof scope === 'string') : []
}

export function codeOf(error: unknown): string {
  const { code } = fieldsOf(error)
  return typeof code === 'string' ? code : ''
}

function situationOfError(error: unknown): PromptSituation | undefined {
  if (error === undefined || error === null) return undefined
  // An exchange that failed says why in its cause, and so does a grant that was dropped.
  for (const code of [codeOf(fieldsOf(error).cause), codeOf(error)]) {
    if (code in SITUATIONS) return SITUATIONS[code]
  }
  return 'failed'
}

function fieldsOf(error: unknown): { code?: unknown; cause?: unknown; requiredScopes?: unknown } {
  return typeof error === 'object' && error !== null ? error : {}
}

/** What is missing here has failed; what is `undefined` is no news, for the state says all. */
const SITUATIONS: Record<string, PromptSituation | undefined> = {
  popupBlocked: 'popupBlocked',
  popupClosed: 'unfinished',
  accessDenied: 'accessDenied',
  accountMismatch: 'accountMismatch',
  noWorkspace: 'noWorkspace',
  notLoggedIn: 'notLoggedIn',
  storageUnavailable: 'storageUnavailable',
  tokenEndpointUnavailable: 'offline',
  network: 'offline',
  missingScope: 'missingScopes',
  superseded: undefined,
  aborted: undefined,
  notAuthorized: undefined,
  tokenExpired: undefined,
}
