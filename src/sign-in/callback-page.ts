import { ACKNOWLEDGEMENT_MS, ATTEMPT_LIFETIME_MS, COLLECT_MS, KEPT_RESPONSES_MAX } from '../base/durations'
import {
  type CallbackMessage,
  COLLECT_FRAGMENT,
  RESPONSE_MAX_LENGTH,
  readOpenerMessage,
  sealMessage,
  stateOfResponse,
} from './callback-message'

/**
 * The ending of a visit of the callback page. `done`: the frame that waits has the response. `denied`: the person or the server
 * said no. `kept`: the response is kept for ten minutes, for the next click. `collecting`: a kept response was asked for; leave
 * the window as it is. `openedByHand`: there was no response. `framed`: the page is in a frame and does nothing.
 */
export type CallbackEnding = 'done' | 'denied' | 'kept' | 'collecting' | 'openedByHand' | 'framed'

/**
 * Runs the page at the redirect URI: hands the authorization response to the frame that waits for it, or keeps it for ten
 * minutes, for the next click there to collect. Call it before anything else, in a page that does nothing else.
 *
 * Of the page it changes only the elements whose `data-ending` is one of the endings, and takes the code out of the address
 * bar. When the frame has the response it closes the window. A second call in the same task, as by an effect that React runs
 * twice, gives the ending of the first. Never rejects.
 * @example const ending = await completeAuthorization()
 * @see RFC 6749, section 4.1.2
 */
export function completeAuthorization(): Promise<CallbackEnding> {
  // The first call has taken the response out of the address bar: a second one would find none.
  if (begun && location.search === '') return begun
  const ending = completeVisit()
  begun = ending
  void Promise.resolve().then(() => {
    begun = undefined
  })
  return ending
}

/** The visit that began in this task. */
let begun: Promise<CallbackEnding> | undefined

/** Runs the page once, as its own script does. */
export async function completeVisit(): Promise<CallbackEnding> {
  if (window.top !== window) {
    show('framed')
    return 'framed'
  }
  const parameters = location.search.slice(1)
  const isCollecting = location.hash === `#${COLLECT_FRAGMENT}`
  // A path without its origin may name another origin: `//callback.html` does.
  history.replaceState(history.state, '', location.origin + location.pathname)
  keptKeys()
  const ending = isCollecting ? await handOver() : await respond(parameters)
  show(ending)
  return ending
}

async function respond(parameters: string): Promise<CallbackEnding> {
  const query = new URLSearchParams(parameters)
  const state = stateOfResponse(parameters)
  // As the frame reads it: without a value it is no error.
  const ending = query.get('error') ? 'denied' : 'done'
  const isResponse =
    state && (query.has('code') || query.has('error')) && parameters.length <= RESPONSE_MAX_LENGTH
  // An error that can't be told to a frame is still told to the person.
  if (!isResponse) return ending === 'denied' ? ending : 'openedByHand'
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

/** Resolves with `true` if the opener says in time that it has the response. Then the window closes. */
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
      // WebKitGTK sometimes leaves the window open.
      setTimeout(close, ACKNOWLEDGEMENT_MS)
    })
  })
}

/** Sends a message to the opener. Only this page's own origin can read it: a stranger's opener gets nothing. */
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
  const alive = keptKeys()
  try {
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

/** Lists what is kept. What is too old is forgotten: whoever left it may never collect it. */
function keptKeys(): string[] {
  try {
    return Object.keys(localStorage).filter(
      (key) => key.startsWith(PREFIX) && keptFor(key.slice(PREFIX.length)) !== undefined,
    )
  } catch {
    return [] // no storage
  }
}

/** Reads the response kept for `state`. It is forgotten if it is too old, or longer than a response can be. */
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

/**
 * Shows the element with `data-ending` for this ending, and hides those for the others. Nothing else of the page is touched:
 * it may be somebody's own.
 */
function show(ending: CallbackEnding): void {
  if (document.readyState === 'loading') {
    addEventListener('DOMContentLoaded', () => show(ending))
    return
  }
  for (const section of document.querySelectorAll<HTMLElement>('[data-ending]')) {
    const shownFor = ENDINGS.find((each) => each === section.dataset.ending)
    if (shownFor) section.hidden = shownFor !== ending
  }
}

/** `loading` is what the ready page shows until its script has an ending, and for good where the script is missing. */
const ENDINGS = ['loading', 'done', 'denied', 'kept', 'collecting', 'openedByHand', 'framed']
