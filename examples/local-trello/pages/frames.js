// Opens a frame of the Power-Up under the attributes that Trello gives it, and talks with it.

const sandbox =
  'allow-scripts allow-forms allow-popups allow-same-origin allow-popups-to-escape-sandbox allow-modals ' +
  'allow-presentation allow-storage-access-by-user-activation allow-downloads'
const allow = 'microphone; camera'
const handshakeMs = 30_000
const answerMs = 30_000

const openFrames = new Set()

/**
 * @param {{ kind: string, url: string, context: object, args?: object, parent: Element,
 *   onCommand(command: string, args: any, frame: object, context: object): unknown }} options
 */
export function openFrame({ kind, url, context, args, parent, onCommand }) {
  const secret = crypto.randomUUID()
  const target = new URL(url)
  const { origin } = target
  const pending = new Map()
  let lastId = 0

  const element = document.createElement('iframe')
  element.dataset.frame = kind
  element.title = `Power-Up: ${kind}`
  element.setAttribute('sandbox', sandbox)
  element.setAttribute('allow', allow)
  target.hash = encodeURIComponent(
    JSON.stringify({ secret, context, locale: 'en', args: args ?? argsOf(target) ?? {} }),
  )
  element.src = target.href

  let sayReady = (_capabilities) => {}
  const ready = within(
    new Promise((resolve) => {
      sayReady = resolve
    }),
    handshakeMs,
    `${kind}: the page at ${url} did not load ${location.origin}/power-up.min.js and start it`,
  )
  ready.then(
    () => element.setAttribute('data-ready', ''),
    (error) => console.warn(error.message),
  )

  const frame = {
    kind,
    element,
    /** Settles with the names of the frame's capabilities once its script has started. */
    ready,
    capability: (name, ofCall, options) => request('capability', { name, options }, ofCall),
    callback: (id, ofCall, options) => request('callback', { id, options }, ofCall),
    render(newContext) {
      post({ type: 'render', context: newContext })
    },
    close() {
      openFrames.delete(frame)
      window.removeEventListener('message', onMessage)
      element.remove()
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
    if (message.type === 'hello') sayReady(message.capabilities)
    if (message.type === 'answer') settle(message)
    if (message.type === 'request') post({ type: 'answer', id: message.id, ...(await resultOf(message)) })
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

  function settle({ id, result, error }) {
    const { resolve, reject } = pending.get(id) ?? {}
    pending.delete(id)
    if (error === undefined) resolve?.(result)
    else reject?.(new Error(error))
  }

  function post(message) {
    element.contentWindow?.postMessage({ localTrello: 1, secret, ...message }, origin)
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
