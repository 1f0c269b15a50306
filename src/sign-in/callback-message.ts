/**
 * The messages between the callback page and the frame that opened it. Both ends import this file and it imports
 * nothing. A callback page is copied to a host once and never again: the page of any 1.x must understand every 1.y.
 */

/** The version of these messages. It changes only with the major version of the package. */
const VERSION = 1
/** The length of the longest authorization response. Anything longer is not one. */
export const RESPONSE_MAX_LENGTH = 4_000
/** The fragment of the redirect URI that makes the callback page hand over what it kept. */
export const COLLECT_FRAGMENT = 'powerup-oauth-collect'

/** A message from the callback page to its opener. */
export type CallbackMessage =
  /** The response that the page was opened with. */
  | {
      type: 'response'
      /** The query of the redirect, without the question mark. */
      parameters: string
    }
  /** The page is loaded, and can be asked for what it kept. */
  | { type: 'ready' }
  /** The answer to `collect`. */
  | {
      type: 'kept'
      /** The responses that were kept, each as the query of its redirect. */
      responses: readonly string[]
    }

/** A message from the opener to the callback page. */
export type OpenerMessage =
  /** The opener has a response: the page need not keep it. */
  | {
      type: 'received'
      /** The state of that response. */
      state: string
    }
  /** The opener asks for the responses that the page kept. */
  | {
      type: 'collect'
      /** The states whose responses it waits for. */
      states: readonly string[]
    }

/** Marks a message with the version, so that the other end can tell it from messages of other scripts. */
export function sealMessage(message: CallbackMessage | OpenerMessage): unknown {
  return { powerUpOAuth: VERSION, ...message }
}

/** Reads a message of the callback page. `undefined`: this is not one. */
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

/** Reads a message of the opener. `undefined`: this is not one. */
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

/** Reads the state that a response claims to answer. */
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
