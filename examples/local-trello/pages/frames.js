// Opens a frame of the Power-Up under the attributes that Trello gives it, and talks with it.

import { sayOnBoard } from './server.js'

const sandbox =
  'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox allow-modals ' +
  'allow-presentation allow-storage-access-by-user-activation allow-downloads'
const allow = 'microphone; camera'
const handshakeMs = 30_000
const answerMs = 30_000
const lastWordsMs = 2_000

const openFrames = new Set()

/**
 * @param {{ kind: string, url: string, context: object, args?: object, parent: Element, title?: string,
 *   onCommand(command: string, args: any, frame: object, context: object): unknown, onEscape?(): void }} options
 */
export function openFrame({ kind, url, context, args, parent, title = '', onCommand, onEscape = () => {} }) {
  const secret = crypto.randomUUID()
  const target = new URL(url)
  const { origin } = target
  const pending = new Map()
  let lastId = 0
  let missedRender

  const element = document.createElement('iframe')
  element.dataset.frame = kind
  element.title = title || `Power-Up: ${kind}`
  element.setAttribute('sandbox', sandbox)
  element.setAttribute('allow', allow)
  target.hash = encodeURIComponent(
    JSON.stringify({ secret, context, locale: context.locale, args: args ?? argsOf(target) ?? {} }),
  )
  element.src = target.href

  let sayReady = (_capabilities) => {}
  const ready = within(
    new Promise((resolve) => {
      sayReady = resolve
    }),
    handshakeMs,
    `The ${kind} at ${target.pathname} did not load Trello’s script and start it`,
  )
  ready.then(
    () => element.setAttribute('data-ready', ''),
    (error) => {
      if (element.isConnected && kind === 'connector') sayOnBoard(error.message)
      console.warn(error.message)
    },
  )

  const frame = {
    kind,
    element,
    context,
    /** Settles with the names of the frame's capabilities once its script has started. */
    ready,
    capability: (name, ofCall, options) => request('capability', { name, options }, ofCall),
    callback: (id, ofCall, options) => request('callback', { id, options }, ofCall),
    render(newContext) {
      missedRender = newContext
      post({ type: 'render', context: newContext })
    },
    /** Takes the frame away; what it asked for in the same breath is still done. */
    close() {
      if (!openFrames.delete(frame)) return
      element.removeAttribute('data-frame')
      element.setAttribute('data-closing', '')
      element.hidden = true
      setTimeout(() => {
        window.removeEventListener('message', onMessage)
        element.remove()
      }, lastWordsMs)
    },
  }

  window.addEventListener('message', onMessage)
  openFrames.add(frame)
  parent.append(element)
  return frame

  async function onMessage(event) {
    if (event.source !== element.contentWindow || event.origin !== origin) return
    const message = event.data
    if (message?.localTrello !== 1 || message.secret !== secret) return
    if (message.type === 'hello') start(message)
    if (message.type === 'escape') onEscape()
    if (message.type === 'answer') settle(message)
    if (message.type === 'request') post({ type: 'answer', id: message.id, ...(await resultOf(message)) })
  }

  /** Nobody heard what was said while the page was still loading, such as another theme. */
  function start({ capabilities }) {
    sayReady(capabilities)
    if (missedRender !== undefined) post({ type: 'render', context: missedRender })
  }

  async function resultOf({ command, args, context: ofCall }) {
    try {
      return { result: await onCommand(command, args, frame, ofCall ?? context) }
    } catch (error) {
      return { error: String(error?.message ?? error) }
    }
  }

  async function request(command, requestArgs, ofCall) {
    await ready
    const id = ++lastId
    const answer = new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    post({ type: 'request', id, command, args: requestArgs, context: ofCall })
    return within(answer, answerMs, `${kind}: no answer to ${requestArgs.name ?? command}`)
  }

  function settle({ id, result, error, isNotHandled }) {
    const { resolve, reject } = pending.get(id) ?? {}
    pending.delete(id)
    if (error === undefined) resolve?.(result)
    else reject?.(Object.assign(new Error(error), { isNotHandled }))
  }

  function post(message) {
    element.contentWindow?.postMessage({ localTrello: 1, secret, ...message }, origin)
  }
}

/** Empties an element, but for frames that have their last word. */
export function emptyOf(parent) {
  for (const child of [...parent.childNodes]) {
    if (!(child instanceof Element && child.hasAttribute('data-closing'))) child.remove()
  }
}

/** Tells every open frame that something it shows may have changed. */
export function renderAllFrames(contextOf) {
  for (const frame of openFrames) frame.render(contextOf(frame))
}

function argsOf(url) {
  try {
    return JSON.parse(decodeURIComponent(url.hash.slice(1))).args
  } catch {
    return undefined
  }
}

function within(promise, ms, message) {
  let timer
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms)
  })
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer))
}
