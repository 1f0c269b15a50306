/**
 * What crosses between the callback page and the frame that opened it. Both ends import this file and it imports
 * nothing: a callback page is copied to a host once and never again, so the page of any 1.x must understand every 1.y.
 */

/** The version of these messages. It changes only with the major version of the package. */
const VERSION = 1
/** A response longer than this is no authorization response. */
export const RESPONSE_MAX_LENGTH = 4_000
/** Put behind `#` of the redirect URI, it makes the callback page hand over what it kept. */
export const COLLECT_FRAGMENT = 'powerup-oauth-collect'

/** From the callback page to its opener. `parameters` is the query of the redirect, without the question mark. */
export type CallbackMessage =
  | { type: 'response'; parameters: string }
  | { type: 'ready' }
  | { type: 'kept'; responses: readonly string[] }

/** From the opener to the callback page. */
export type OpenerMessage =
  | { type: 'received'; state: string }
  | { type: 'collect'; states: readonly string[] }

export function sealMessage(message: CallbackMessage | OpenerMessage): unknown {
  return { powerUpOAuth: VERSION, ...message }
}

export function readCallbackMessage(data: unknown): CallbackMessage | undefined {
  const message = unseal(data)
  switch (message?.type) {
    case 'response': {
      const { parameters } = message
      return isResponse(parameters) ? { type: 'response', parameters } : undefined
    }
    case 'ready':
      return { type: 'ready' }
    case 'kept': {
      const { responses } = message
      return isListOf(responses, isResponse) ? { type: 'kept', responses } : undefined
    }
    default:
      return undefined
  }
}

export function readOpenerMessage(data: unknown): OpenerMessage | undefined {
  const message = unseal(data)
  switch (message?.type) {
    case 'received': {
      const { state } = message
      return typeof state === 'string' ? { type: 'received', state } : undefined
    }
    case 'collect': {
      const { states } = message
      return isListOf(states, (state): state is string => typeof state === 'string')
        ? { type: 'collect', states }
        : undefined
    }
    default:
      return undefined
  }
}

/** The state that a response claims to answer. */
export function stateOfResponse(parameters: string): string | undefined {
  return new URLSearchParams(parameters).get('state') ?? undefined
}

function unseal(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const message = data as Record<string, unknown>
  return message.powerUpOAuth === VERSION ? message : undefined
}

function isResponse(value: unknown): value is string {
  return typeof value === 'string' && value.length <= RESPONSE_MAX_LENGTH
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.length <= 8 && value.every(isItem)
}
