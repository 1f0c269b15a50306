import type { ConnectionTransport } from 'puppeteer-core'

interface Message {
  id?: number
  method?: string
  sessionId?: string
  params?: { sessionId?: string; targetInfo?: { type: string } }
}

/** Puppeteer asks for the frame tree at once. A target that is gone again is announced; one that hangs is left at last. */
const longestWait = 10_000

/**
 * Puppeteer loses a cross-site frame that appears while it still waits for the frame tree of another: it keeps the
 * frame under its parent's session, ignores the context of its own, and each evaluation in it hangs. So a frame is
 * announced only when the one before it has its tree; what came after the announcement waits behind it, in order.
 */
export function framesOneByOne(inner: ConnectionTransport): ConnectionTransport {
  const held: string[] = []
  let beginning: { session: string; treeRequest: number | undefined } | undefined

  const outer: ConnectionTransport = {
    send(message) {
      const { id, method, sessionId } = read(message)
      if (beginning !== undefined && sessionId === beginning.session && method === 'Page.getFrameTree') {
        beginning.treeRequest = id
      }
      inner.send(message)
    },
    close: () => inner.close(),
  }
  inner.onclose = () => outer.onclose?.()
  inner.onmessage = (message) => {
    const isOfBeginning = beginning !== undefined && read(message).sessionId === beginning.session
    if (isOfBeginning || (held.length === 0 && !mustWait(message))) pass(message)
    else held.push(message)
    const { method, params } = read(message)
    if (method === 'Target.detachedFromTarget' && params?.sessionId) goOn(params.sessionId)
  }

  function mustWait(message: string): boolean {
    return beginning !== undefined && frameOf(message) !== undefined
  }

  function pass(message: string): void {
    const session = frameOf(message)
    if (session !== undefined) {
      beginning = { session, treeRequest: undefined }
      setTimeout(goOn, longestWait, session).unref()
    }
    outer.onmessage?.(message)
    if (beginning?.treeRequest === undefined || read(message).id !== beginning.treeRequest) return
    // Puppeteer handles the tree in promises; when they have run, the next frame may come.
    setImmediate(goOn, beginning.session)
  }

  function goOn(session: string): void {
    if (beginning?.session !== session) return
    beginning = undefined
    for (let next = held[0]; next !== undefined && !mustWait(next); next = held[0]) {
      held.shift()
      pass(next)
    }
  }

  return outer
}

/** The session of a frame that is being announced. */
function frameOf(message: string): string | undefined {
  const { method, params } = read(message)
  return method === 'Target.attachedToTarget' && params?.targetInfo?.type === 'iframe'
    ? params.sessionId
    : undefined
}

function read(message: string): Message {
  return JSON.parse(message)
}
