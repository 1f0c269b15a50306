import { CLIENTS_KEPT_MAX } from '../base/durations'
import { createRecent } from '../base/recent'
import { hasTokenCommands } from '../base/trello'
import type { Configuration } from './options'

/** Gives the client that was made with the same options before, or makes it. */
export type ClientMemory<Client> = (configuration: Configuration, make: () => Client) => Client

/** Keeps the clients that were asked for last: a page that makes one at each rendering gets the same one. */
export function createClientMemory<Client>(): ClientMemory<Client> {
  const clients = createRecent<Client>(CLIENTS_KEPT_MAX)
  const numbers = new WeakMap<object, number>()
  let count = 0

  /** Numbers functions and objects, which can't be compared: they are the same only where they are one. */
  function comparable(value: unknown): unknown {
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value
    const number = numbers.get(value) ?? ++count
    numbers.set(value, number)
    return number
  }

  return ({ onEvent, tokenEndpoint, t, ...others }, make) => {
    // Tokens come through the Trello page by this very `t`. For all else it was read.
    const isAskedBy = tokenEndpoint === undefined && hasTokenCommands(t) ? t : undefined
    const code = [onEvent, tokenEndpoint, isAskedBy].map(comparable)
    return clients.get(JSON.stringify([others, code]), make)
  }
}
