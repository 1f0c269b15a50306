import { ACKNOWLEDGEMENT_MS, ATTEMPT_LIFETIME_MS, COLLECT_MS, KEPT_RESPONSES_MAX } from '../base/durations'
import {
  type CallbackMessage,
  COLLECT_FRAGMENT,
  RESPONSE_MAX_LENGTH,
  readOpenerMessage,
  sealMessage,
  stateOfResponse,
} from './callback-message'

/** How a visit of the callback page ended. Elements with `data-ending` are shown for theirs alone. */
export type CallbackEnding = 'done' | 'denied' | 'kept' | 'collecting' | 'openedByHand' | 'framed'

/**
 * What the page at the redirect URI runs, before anything else and with nothing else: hands the authorization response
 * to the frame that waits for it, or keeps it for ten minutes, for the next click there to collect. Never rejects.
 * @see RFC 6749, section 4.1.2
 */
export async function completeAuthorization(): Promise<CallbackEnding> {
  if (window.top !== window) return 'framed'
  const parameters = location.search.slice(1)
  const isCollecting = location.hash === `#${COLLECT_FRAGMENT}`
  // The path alone may name another origin: `//callback.html` does.
  history.replaceState(null, '', location.origin + location.pathname)
  const ending = isCollecting ? await handOver() : await respond(parameters)
  show(ending)
  return ending
}

async function respond(parameters: string): Promise<CallbackEnding> {
  const query = new URLSearchParams(parameters)
  const state = stateOfResponse(parameters)
  const isResponse =
    state && (query.has('code') || query.has('error')) && parameters.length <= RESPONSE_MAX_LENGTH
  if (!isResponse) return 'openedByHand'
  const ending = query.has('error') ? 'denied' : 'done'
  post({ type: 'response', parameters })
  if (await isReceived(state, ending)) return ending
  keep(state, parameters)
  return ending === 'denied' ? 'denied' : 'kept'
}

/** Gives the opener what was kept for the states that it names, and nothing to anybody else. */
function handOver(): Promise<CallbackEnding> {
  if (!opener) return Promise.resolve('openedByHand')
  show('collecting')
  const asked = new Set<string>()
  return new Promise((resolve) => {
    setTimeout(() => resolve('openedByHand'), COLLECT_MS)
    onOpenerMessage((message) => {
      if (message.type === 'received') {
        if (asked.has(message.state)) forget(message.state)
        return
      }
      for (const state of message.states) asked.add(state)
      post({ type: 'kept', responses: message.states.map(keptFor).filter((kept) => kept !== undefined) })
      resolve('collecting')
    })
    post({ type: 'ready' })
  })
}

/** Whether the opener acknowledges the response in time. Then the window closes. */
function isReceived(state: string, ending: CallbackEnding): Promise<boolean> {
  return new Promise((resolve) => {
    if (!opener) resolve(false)
    setTimeout(() => resolve(false), ACKNOWLEDGEMENT_MS)
    onOpenerMessage((message) => {
      if (message.type !== 'received' || message.state !== state) return
      resolve(true)
      // A frame that was busy says it late: nothing is left to keep then, nor to ask of the person.
      forget(state)
      show(ending)
      close()
    })
  })
}

/** Only this page's own origin can read it: a stranger's opener gets nothing. */
function post(message: CallbackMessage): void {
  opener?.postMessage(sealMessage(message), location.origin)
}

function onOpenerMessage(
  listener: (message: NonNullable<ReturnType<typeof readOpenerMessage>>) => void,
): void {
  addEventListener('message', ({ source, origin, data }) => {
    const message = source === opener && origin === location.origin ? readOpenerMessage(data) : undefined
    if (message) listener(message)
  })
}

const PREFIX = 'powerup-oauth:response:'

function keyOf(state: string): string {
  return PREFIX + state
}

function keep(state: string, parameters: string): void {
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
    const alive = kept.filter((key) => keptFor(key.slice(PREFIX.length)) !== undefined)
    // A planted response must neither push out nor replace one that somebody waits for.
    if (alive.length < KEPT_RESPONSES_MAX && !alive.includes(keyOf(state))) {
      localStorage.setItem(keyOf(state), JSON.stringify([Date.now(), parameters]))
    }
  } catch {
    // No storage here: the person presses Connect again and consents again.
  }
}

function forget(state: string): void {
  try {
    localStorage.removeItem(keyOf(state))
  } catch {
    // No storage, and so nothing in it.
  }
}

/** The response kept for `state`, forgotten if it is too old, or longer than one can be. */
function keptFor(state: string): string | undefined {
  try {
    const [keptAt, parameters] = JSON.parse(localStorage.getItem(keyOf(state)) ?? '[]')
    const response = String(parameters)
    const isAlive = Math.abs(Date.now() - keptAt) < ATTEMPT_LIFETIME_MS
    if (isAlive && response.length <= RESPONSE_MAX_LENGTH) return response
    forget(state)
  } catch {
    // No storage, or not our value.
  }
  return undefined
}

/** For pages without `data-ending` elements of their own. */
const TEXTS: Record<CallbackEnding, string> = {
  done: 'Done. You can close this window.',
  denied: 'Nothing was connected. You can close this window and go back to Trello.',
  kept: 'Almost done. Go back to Trello and press the button again.',
  collecting: 'One moment …',
  openedByHand: 'Nothing to do here. Go back to Trello and press the button there.',
  framed: '',
}

function show(ending: CallbackEnding): void {
  if (document.readyState === 'loading') {
    addEventListener('DOMContentLoaded', () => show(ending))
    return
  }
  const sections = document.querySelectorAll<HTMLElement>('[data-ending]')
  for (const section of sections) section.hidden = section.dataset.ending !== ending
  if (sections.length === 0) document.body.textContent = TEXTS[ending]
}
