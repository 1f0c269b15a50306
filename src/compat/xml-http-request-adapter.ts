import { type Client, ConfigurationError } from '../index'
import { type Adapter, credentialsOf, isLegacyNow, renewedToken } from './bearer'
import { isApiUrl, refuseTokenInPath, withoutKey } from './keyed-request'

/**
 * `XMLHttpRequest` for a page whose requests carry key and token. It stays the browser's own: a request that is meant is
 * opened anew, and sent, once its token is there. Where Trello refuses that token, the page hears of the refused answer
 * only if it is the last.
 * @see https://xhr.spec.whatwg.org/
 */
export function adaptedXmlHttpRequest(
  original: typeof XMLHttpRequest,
  adapter: Adapter,
): typeof XMLHttpRequest {
  const adapted: typeof XMLHttpRequest = new Proxy(original, {
    construct(target, given, newTarget) {
      const made: XMLHttpRequest = Reflect.construct(
        target,
        given,
        newTarget === adapted ? target : newTarget,
      )
      adapt(made, adapter)
      return made
    },
  })
  return adapted
}

/** One call of `open()`, to be made again. */
interface Opened {
  method: string
  url: string
  isAsync: boolean
  credentials: unknown[]
  headers: [name: string, value: string][]
}

/** A request that is meant, from `send()` to its end. */
interface Delivery {
  opened: Opened
  url: string
  body: unknown
  client: Client | undefined
  token: string | undefined
  /** `waiting` for its token; `sent`; `refused`: a 401, and it is found out why; `sentAgain`. */
  stage: 'waiting' | 'sent' | 'refused' | 'sentAgain'
  startedAt: number
  timeoutMs: number
  /** The events of the refused answer. */
  withheld: { event: Event; readyState: number }[]
}

const OPENED = 1
const HEADERS_RECEIVED = 2
const DONE = 4

function adapt(xhr: XMLHttpRequest, { api, currentClient, isOn }: Adapter): void {
  let opened: Opened | undefined
  let delivery: Delivery | undefined
  /** What the page is to see as `readyState`, where it is not the browser's. */
  let shown: number | undefined
  let isTelling = false
  const prototype: object = Object.getPrototypeOf(xhr)
  const readyState = (): number => Reflect.get(prototype, 'readyState', xhr)
  const browser = (method: string, ...given: unknown[]): unknown =>
    Reflect.apply(Reflect.get(prototype, method), xhr, given)

  Object.defineProperty(xhr, 'readyState', { configurable: true, get: () => shown ?? readyState() })
  const methods = { open, setRequestHeader, send, abort }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(xhr, name, { configurable: true, writable: true, value })
  }
  // First of all listeners, so that the page's own can be kept from hearing.
  for (const type of ['readystatechange', ...PROGRESS]) xhr.addEventListener(type, guard)

  function open(...given: unknown[]): void {
    const before = delivery
    delivery = undefined
    try {
      browser('open', ...given)
    } catch (error) {
      delivery = before
      throw error
    }
    shown = undefined
    const [method, url, isAsync, ...credentials] = given
    opened = {
      method: String(method),
      url: new URL(String(url), globalThis.document?.baseURI).href,
      isAsync: given.length < 3 || Boolean(isAsync),
      credentials,
      headers: [],
    }
    // A listener there makes browsers ask the server first: none is left on a request that is not meant.
    if (isOn() && isApiUrl(opened.url, api))
      for (const type of PROGRESS) xhr.upload.addEventListener(type, guardUpload)
  }

  function setRequestHeader(name: unknown, value: unknown): void {
    refuseWhile(isHeld())
    browser('setRequestHeader', name, value)
    opened?.headers.push([String(name), String(value)])
  }

  function send(...given: unknown[]): void {
    refuseWhile(isHeld() || shown !== undefined)
    const unkeyed = opened && !delivery && isOn() ? withoutKey(opened.url, given[0] ?? null, api) : undefined
    const client = currentClient()
    if (!opened || !unkeyed || isLegacyNow(client)) {
      if (opened) for (const type of PROGRESS) xhr.upload.removeEventListener(type, guardUpload)
      opened = undefined
      browser('send', ...given)
      return
    }
    refuseTokenInPath(unkeyed.url)
    if (!opened.isAsync) throw new ConfigurationError('invalidRequest', SYNCHRONOUS)
    const { timeout: timeoutMs } = xhr
    const startedAt = performance.now()
    const stage = 'waiting'
    delivery = { ...unkeyed, opened, client, token: undefined, stage, startedAt, timeoutMs, withheld: [] }
    void deliver(delivery, given)
  }

  function abort(): void {
    if (delivery && isHeld()) end(delivery, 'abort')
    else browser('abort')
  }

  async function deliver(current: Delivery, given: unknown[]): Promise<void> {
    const credentials = await inTime(current, credentialsOf(current.client)).catch(() => undefined)
    if (delivery !== current) return
    if (credentials === undefined) return end(current, 'error')
    if (credentials.kind === 'legacy') {
      current.stage = 'sent'
      browser('send', ...given)
      return
    }
    transmit(current, 'sent', credentials.kind === 'bearer' ? credentials.token : undefined)
  }

  /** `open()` fires no event on a request that is open already; what it fires after an answer, is withheld. */
  function transmit(current: Delivery, stage: 'sent' | 'sentAgain', token: string | undefined): void {
    const { method, credentials, headers } = current.opened
    const { url, body, timeoutMs, startedAt } = current
    browser('open', method, url, true, ...credentials)
    for (const [name, value] of headers) {
      if (!isReplaced(name, body)) browser('setRequestHeader', name, value)
    }
    if (token !== undefined) browser('setRequestHeader', 'Authorization', `Bearer ${token}`)
    if (timeoutMs > 0) xhr.timeout = Math.max(1, timeoutMs - (performance.now() - startedAt))
    Object.assign(current, { stage, token })
    shown = undefined
    browser('send', body)
  }

  function guard(event: Event): void {
    if (isTelling || !delivery) return
    const { stage, token } = delivery
    const hasHeaders = event.type === 'readystatechange' && readyState() === HEADERS_RECEIVED
    if (stage === 'sent' && token !== undefined && hasHeaders && xhr.status === 401) {
      delivery.stage = 'refused'
      shown = OPENED
    }
    if (delivery.stage === 'refused') withhold(delivery, event)
    if (stage === 'sentAgain' && event.type === 'loadstart') event.stopImmediatePropagation()
    if (event.type === 'loadend' && delivery.timeoutMs > 0) xhr.timeout = delivery.timeoutMs
  }

  function guardUpload(event: Event): void {
    if (!isTelling && delivery?.stage === 'sentAgain') event.stopImmediatePropagation()
  }

  function withhold(current: Delivery, event: Event): void {
    event.stopImmediatePropagation()
    if (readyState() === OPENED) return // opened for the next attempt
    current.withheld.push({ event, readyState: readyState() })
    if (event.type === 'loadend') void settleRefused(current)
  }

  async function settleRefused(current: Delivery): Promise<void> {
    const { client, token, withheld } = current
    const isAnswer = withheld.some(({ event }) => event.type === 'load')
    const renewal = client && token && isAnswer ? renewedToken(client, token) : Promise.resolve(undefined)
    const renewed = await inTime(current, renewal)
    if (delivery !== current) return
    if (renewed !== undefined) return transmit(current, 'sentAgain', renewed)
    current.stage = 'sent'
    for (const each of withheld) {
      if (delivery !== current) return // opened anew by the page
      shown = each.readyState
      tell(current, xhr, copyOf(each.event))
    }
    shown = undefined
    if (current.timeoutMs > 0) xhr.timeout = current.timeoutMs
  }

  /** The end of a request that is held back: the browser knows of none. */
  function end(current: Delivery, type: 'abort' | 'error' | 'timeout'): void {
    const isUnsent = current.stage === 'waiting'
    const isUpload = isUnsent && current.body !== null
    if (readyState() !== OPENED) browser('open', current.opened.method, current.url, true)
    opened = undefined
    shown = OPENED
    const starting = isUnsent ? (isUpload ? [xhr, xhr.upload] : [xhr]) : []
    for (const target of starting) tell(current, target, new ProgressEvent('loadstart'))
    conclude(current, type, isUpload ? [xhr.upload, xhr] : [xhr])
  }

  function conclude(current: Delivery, type: string, targets: readonly EventTarget[]): void {
    if (delivery !== current) return
    shown = DONE
    tell(current, xhr, new Event('readystatechange'))
    for (const target of targets) {
      for (const name of [type, 'loadend']) tell(current, target, new ProgressEvent(name))
    }
    if (delivery !== current) return
    delivery = undefined
    if (type === 'abort') shown = 0
  }

  /** What waits longer than the page's `timeout` is over. */
  async function inTime<T>(current: Delivery, work: Promise<T>): Promise<T> {
    const { timeoutMs, startedAt } = current
    if (timeoutMs === 0) return work
    const remainingMs = Math.max(0, timeoutMs - (performance.now() - startedAt))
    const timer = setTimeout(() => {
      if (delivery === current) end(current, 'timeout')
    }, remainingMs)
    return work.finally(() => clearTimeout(timer))
  }

  function isHeld(): boolean {
    return delivery?.stage === 'waiting' || delivery?.stage === 'refused'
  }

  /** Not any more, where the page has opened the request anew meanwhile. */
  function tell(current: Delivery, target: EventTarget, event: Event): void {
    if (delivery !== current) return
    isTelling = true
    target.dispatchEvent(event)
    isTelling = false
  }
}

const PROGRESS = ['loadstart', 'progress', 'load', 'error', 'abort', 'timeout', 'loadend']
const SYNCHRONOUS =
  'A synchronous XMLHttpRequest cannot wait for a fresh token. Make it asynchronous: open(method, url, true).'

function refuseWhile(isUnderWay: boolean): void {
  if (isUnderWay) throw new DOMException('This request is under way already.', 'InvalidStateError')
}

/** The old credentials; and the boundary, which is another in a FormData that was made anew. */
function isReplaced(name: string, body: unknown): boolean {
  return /^authorization$/i.test(name) || (/^content-type$/i.test(name) && body instanceof FormData)
}

/** An event that was dispatched once is not dispatched again. */
function copyOf(event: Event): Event {
  if (!(event instanceof ProgressEvent)) return new Event(event.type)
  const { lengthComputable, loaded, total } = event
  return new ProgressEvent(event.type, { lengthComputable, loaded, total })
}
