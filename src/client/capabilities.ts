import { ConfigurationError } from '../base/errors'
import type { TrelloFrame } from '../base/trello'
import { createClient } from './client'
import type { ClientOptions } from './options'

/** The part of Trello's `t` that these capabilities use. */
export interface CapabilityFrame extends TrelloFrame {
  /** Opens a popup with a page of the Power-Up. */
  popup(options: AuthorizationPopup): PromiseLike<unknown>
}

/** The page that shows the prompt, as `t.popup` wants it. */
export interface AuthorizationPopup {
  /** The title of the popup. */
  title: string
  /** The address of the page, relative to the connector's. */
  url: string
  /** The height in CSS pixels. @default Trello's own */
  height?: number
}

/**
 * Three handlers for `TrelloPowerUp.initialize`. Not one of them throws or rejects. `t` is optional only in the types,
 * because `@types/trellopowerup` has these handlers without one.
 */
export interface Capabilities<T extends CapabilityFrame = CapabilityFrame> {
  /** Answers within a second, from the storage and without the network. */
  'authorization-status': (t?: T) => Promise<{ authorized: boolean }>
  /** Opens the popup, in which the person connects. */
  'show-authorization': (t?: T) => Promise<void>
  /** Signs out in every workspace. */
  'remove-data': (t?: T) => Promise<void>
}

/**
 * The three capabilities that are about authorization, to spread into `TrelloPowerUp.initialize`. Each makes its client
 * from the `t` that it is called with. None throws or rejects, whatever the options: what is wrong is written to the console.
 * @see https://developer.atlassian.com/cloud/trello/power-ups/capabilities/authorization-status/
 */
export function capabilities<T extends CapabilityFrame>(
  options: Omit<ClientOptions<T>, 't'>,
  popup: AuthorizationPopup,
): Capabilities<T> {
  const clientOf = (t: T | undefined) => createClient<T>({ ...options, t: given(t) })
  return {
    'authorization-status': (t) =>
      settled(async () => ({ authorized: await clientOf(t).isAuthorized() }), { authorized: false }),
    'show-authorization': (t) => settled(async () => void (await given(t).popup({ ...popup })), undefined),
    'remove-data': (t) => settled(() => clientOf(t).signOut({ everyWorkspace: true }), undefined),
  }
}

function given<T>(t: T | undefined): T {
  if (t) return t
  throw new ConfigurationError(
    'noTrelloContext',
    'Trello calls a capability with its t; pass it on as the first argument.',
  )
}

async function settled<Value>(answer: () => Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await answer()
  } catch (error) {
    // biome-ignore lint/suspicious/noConsole: Trello would show the person nothing, and the developer neither.
    console.error(error)
    return otherwise
  }
}
