import { delay } from '../base/async'
import {
  ATTEMPT_LIFETIME_MS,
  ATTEMPT_REMOVAL_PAUSE_MS,
  POPUP_CLOSED_GRACE_MS,
  POPUP_POLL_MS,
} from '../base/durations'
import { type Platform, unref, type WindowLike } from '../base/platform'
import type { PendingAttempt } from '../grant/attempt'
import {
  type CallbackMessage,
  type OpenerMessage,
  readCallbackMessage,
  sealMessage,
  stateOfResponse,
} from './callback-message'
import { openSignInWindow } from './open-window'

/** The sign-in window. */
export interface Popup {
  /** Shows another page in the window. */
  navigate(url: string): void
  /** Stops loading a page that the window does not show yet. */
  stop(): void
  /** Brings the window to the front. */
  focus(): void
  /** Closes the window. */
  close(): void
  /** Returns `true` if the window seems closed. An opener policy on the way makes it so although the window is open. */
  isClosed(): boolean
  /** Settles a little after the window was seen closed, for its last message to arrive, or once `isOver`. */
  whenClosed(isOver: () => boolean): Promise<void>
  /** Calls `listener` with each message of the callback page in this very window. Returns the undo. */
  onMessage(listener: (message: CallbackMessage) => void): () => void
  /** Sends a message to the callback page in the window. */
  post(message: OpenerMessage): void
}

/**
 * Opens the sign-in window, in the click. `undefined`: the browser refused.
 * @param callbackOrigin where the callback page lives; messages from elsewhere are as if never sent
 */
export function openPopup(platform: Platform, url: string, callbackOrigin: string): Popup | undefined {
  const target = openSignInWindow(platform, url)
  return target ? popupOf(platform, target, callbackOrigin) : undefined
}

/** Makes a popup of a sign-in window that is open already. */
export function popupOf(platform: Platform, target: WindowLike, callbackOrigin: string): Popup {
  const isClosed = () => target.closed !== false // a blocker's stand-in may not have it
  return {
    navigate: (url) => throughCut(() => target.location.replace(url)),
    stop: () => throughCut(() => target.stop()),
    focus: () => throughCut(() => target.focus()),
    close: () => throughCut(() => target.close()),
    isClosed,
    whenClosed: async (isOver) => {
      while (!isClosed() && !isOver()) await delay(platform, POPUP_POLL_MS)
      if (!isOver()) await delay(platform, POPUP_CLOSED_GRACE_MS)
    },
    onMessage: (listener) =>
      platform.onMessage(({ origin, source, data }) => {
        if (origin !== callbackOrigin || source !== target) return
        const message = readCallbackMessage(data)
        if (message) listener(message)
      }),
    post: (message) => throughCut(() => target.postMessage(sealMessage(message), callbackOrigin)),
  }
}

/** The wait for the response to an attempt. */
export interface ResponseWait {
  /** Resolves with the response. Never rejects, and never settles where none comes. */
  response: Promise<string>
  /** Listens no more: a response would not count. */
  stop(): void
}

/**
 * Waits for the response to an attempt, from the window that was opened with it, as long as one may count.
 * @param accept called with the response. If it returns `true` the callback page is told, and closes the window.
 */
export function responseTo(
  platform: Platform,
  popup: Popup,
  { state }: PendingAttempt,
  accept: (parameters: string) => boolean,
): ResponseWait {
  let resolve: (parameters: string) => void
  const response = new Promise<string>((onResponse) => {
    resolve = onResponse
  })
  const unlisten = popup.onMessage((message) => {
    if (message.type !== 'response' || stateOfResponse(message.parameters) !== state) return
    stop()
    if (accept(message.parameters)) popup.post({ type: 'received', state })
    resolve(message.parameters)
  })
  const endsAt = platform.now() + ATTEMPT_LIFETIME_MS + ATTEMPT_REMOVAL_PAUSE_MS
  let timer: unknown
  stopInTime()

  function stop(): void {
    unlisten()
    platform.clearTimeout(timer)
  }

  /** Stops listening at the end: a sign-in without a response would leave its listener behind for good. */
  function stopInTime(): void {
    const restMs = endsAt - platform.now()
    if (restMs <= 0) stop()
    else {
      timer = platform.setTimeout(stopInTime, restMs)
      unref(timer)
    }
  }

  return { response, stop }
}

/** Runs `action`. A handle that an opener policy has cut throws a SecurityError, or does nothing. */
function throughCut(action: () => void): void {
  try {
    action()
  } catch {
    // There is no way to the window any more; the sign-in goes on without it.
  }
}
