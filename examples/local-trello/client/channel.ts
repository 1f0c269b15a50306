import { createCallbacks } from './callbacks'
import { errors } from './error-enum'
import { TrelloPromise } from './promise'

/** What the page around the frame asks of it. */
export interface HostRequest {
  command: string
  args: Record<string, unknown>
  context: Trello.PowerUp.Context
}

export interface Channel {
  /** Asks the page around the frame. Functions among the arguments can be called from there. */
  request(command: string, args: unknown, context: Trello.PowerUp.Context): Promise<unknown>
  tell(type: string, rest: Record<string, unknown>): void
  /** The function that was sent as this number. */
  callback(id: number): ((...args: unknown[]) => unknown) | undefined
}

/**
 * Talks with the page around the frame by messages.
 * @param onRequest - answers what that page asks
 * @param onRender - is told that something may have changed, with the newest context
 */
export function openChannel(
  secret: string,
  hostOrigin: string,
  onRequest: (request: HostRequest) => unknown,
  onRender: (context: Trello.PowerUp.Context) => void,
): Channel {
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  const callbacks = createCallbacks()
  let lastId = 0

  window.addEventListener('message', (event) => {
    const message = Object(event.data)
    if (event.source !== window.parent || event.origin !== hostOrigin) return
    if (message.localTrello !== 1 || message.secret !== secret) return
    if (message.type === 'answer') settle(message)
    if (message.type === 'request') void answer(message)
    if (message.type === 'render') onRender(message.context)
  })

  return {
    request(command, args, context) {
      const id = ++lastId
      return new TrelloPromise((resolve, reject) => {
        pending.set(id, { resolve, reject })
        post({ type: 'request', id, command, args: callbacks.serialize(args), context })
      })
    },
    tell: (type, rest) => post({ type, ...rest }),
    callback: callbacks.find,
  }

  async function answer({ id, command, args, context }: HostRequest & { id: number }): Promise<void> {
    try {
      const result = await onRequest({ command, args: Object(args), context })
      post({ type: 'answer', id, result: callbacks.serialize(result) })
    } catch (error) {
      const isNotHandled = error instanceof errors.NotHandled
      if (!isNotHandled) console.error(error)
      post({ type: 'answer', id, error: String(Object(error).message ?? error), isNotHandled })
    }
  }

  function settle({ id, result, error }: { id: number; result?: unknown; error?: string }): void {
    const waiting = pending.get(id)
    pending.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(errorOf(error))
  }

  function post(message: Record<string, unknown>): void {
    window.parent.postMessage({ localTrello: 1, secret, ...message }, hostOrigin)
  }
}

/** An error of the page around the frame: some of them have a class of their own. */
function errorOf(message: string): Error {
  const known = Object.entries(errors).find(([name]) => name === message)
  return known === undefined ? new Error(message) : new known[1](message)
}
