import { type ErrorCode, PowerUpOAuthError } from '../base/errors'
import type { Platform } from '../base/platform'

/** The faults of the set-up, said in the console of the page once per kind. A developer has to mend them. */
export interface SetupFaults {
  /** Looks for a fault of the set-up in an error and its causes. Other errors are left to whoever called. */
  tell(error: unknown): void
}

/** Codes that a person using the page can do nothing about, and never causes. */
const CODES: readonly ErrorCode[] = [
  'tokenEndpointUnreadable',
  'blockedByPolicy',
  'notLoaded',
  'clientRejected',
  'serverRefused',
  'invalidRequest',
]

/** Makes the faults of one page. */
export function createSetupFaults(platform: Platform): SetupFaults {
  const told = new Set<string>()
  return {
    tell: (error) => {
      const fault = faultIn(error)
      if (!fault) return
      const { code, message, cause } = fault
      const kind = 'serverError' in fault ? `${code} ${fault.serverError}` : code
      if (told.has(kind)) return
      told.add(kind)
      const details = cause instanceof Error ? ` ${cause.message}` : ''
      platform.logError(`powerup-oauth: ${code}: ${message}${details}`)
    },
  }
}

function faultIn(error: unknown, depth = 0): PowerUpOAuthError | undefined {
  // An error may be its own cause.
  if (!(error instanceof PowerUpOAuthError) || depth > 9) return undefined
  // The cause is the culprit: an exchange fails because of a policy, for example.
  return faultIn(error.cause, depth + 1) ?? (CODES.includes(error.code) ? error : undefined)
}
