import { ConfigurationError } from '../base/errors'
import { ownBody } from './foreign-body'
import { ownedOptions, plainOptions } from './request-init'
import { isTaken } from './taken-body'

// Loaded on demand, for the few calls whose options can't be sent as they are.

/**
 * Makes options that `{ ...init }` copies completely, and that the `fetch` of this frame takes.
 * @param request a Request that is taken apart, because it can't be sent itself. Its options count where `init` has none.
 * @throws ConfigurationError for a body or a signal that this browser can't send
 */
export async function sendableInit(init: RequestInit, request: Request | undefined): Promise<RequestInit> {
  const options = await plainOptions(init)
  const all = request ? { ...(await readRequest(request)), ...options } : options
  const { signal, body } = all
  if (signal !== undefined && signal !== null) refuseUnknownSignal(signal)
  return typeof body !== 'object' || body === null || isTaken(body)
    ? all
    : { ...all, body: await ownBody(body) }
}

async function readRequest(request: Request): Promise<RequestInit> {
  try {
    return await ownedOptions(request)
  } catch (cause) {
    throw new ConfigurationError('invalidRequest', 'The body of this Request can not be read.', { cause })
  }
}

/** @throws ConfigurationError for a signal that `fetch` doesn't know, as those of polyfills */
function refuseUnknownSignal(signal: AbortSignal): void {
  try {
    new Request('https://api.trello.com', { signal })
  } catch (cause) {
    const message = "This browser doesn't take the `signal`: it is of another frame or a polyfill."
    throw new ConfigurationError('invalidRequest', message, { cause })
  }
}
