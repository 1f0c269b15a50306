import puppeteer, {
  type ConnectionTransport,
  type ConnectOptions,
  type Browser as Puppet,
} from 'puppeteer-core'
import { NodeWebSocketTransport } from 'puppeteer-core/internal/node/NodeWebSocketTransport.js'
import { framesOneByOne } from './frames-one-by-one'

/** Connects Puppeteer to a running browser, with some of its habits taken off. */
export async function connect(endpoint: string, options: ConnectOptions): Promise<Puppet> {
  const socket = await NodeWebSocketTransport.create(endpoint)
  const transport = options.protocol === 'webDriverBiDi' ? socket : framesOneByOne(socket)
  // It would watch every request, which no test here asks for and which costs Firefox a sixth of its time.
  return puppeteer.connect({ ...options, networkEnabled: false, transport: withoutGestures(transport) })
}

const gestureMark = /"(userGesture|userActivation)":true/g

/**
 * Puppeteer marks each evaluation as a user gesture, in both of its protocols, and Chromium lets a gesture last for
 * seconds: one look at the page would open the popup blocker for whatever the page does next.
 */
function withoutGestures(inner: ConnectionTransport): ConnectionTransport {
  const outer: ConnectionTransport = {
    send: (message) => inner.send(unmarked(message)),
    close: () => inner.close(),
  }
  inner.onmessage = (message) => outer.onmessage?.(message)
  inner.onclose = () => outer.onclose?.()
  return outer
}

/** Quotes inside a string are escaped in JSON, so only the mark itself can match. */
function unmarked(message: string): string {
  return message.replace(gestureMark, '"$1":false')
}
