import { keptBody } from '../../api/taken-body'
import { ConfigurationError } from '../../base/errors'
import { browserPlatform } from '../../base/platform'
import type { Client } from '../../client/client'
import { noteRefusal } from '../rest-api/legacy-client'
import { type Adapter, credentialsFor, isLegacyNow, mayBeLegacy, renewedToken } from './bearer'
import { apiUrl, refuseTokenInPath, withoutKey } from './keyed-request'
import { headersFor, type OpenedRequest, openedRequest } from './opened-request'
import { type RequestEnd, requestView } from './request-view'

/**
 * Makes an `XMLHttpRequest` for a page whose requests carry key and token. Its objects are the browser's own. A request that
 * carries the app key is opened a second time, and sent, once its token is there. Where Trello refuses that token, the page
 * hears of the refused answer only if no second attempt follows.
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
      adapt(unwrapped(made), adapter)
      return made
    },
  })
  return adapted
}

/** Gives the browser's own object, where a tool has put a Proxy before it (msw): the browser's methods refuse the Proxy. */
function unwrapped(made: XMLHttpRequest): XMLHttpRequest {
  const inside = Symbol('inside')
  Object.defineProperty(made, inside, {
    configurable: true,
    get(this: XMLHttpRequest) {
      return this
    },
  })
  const own: XMLHttpRequest = Reflect.get(made, inside)
  Reflect.deleteProperty(made, inside)
  return own
}

/** A request with the app key, from `send()` to its end. */
interface Delivery {
  opened: OpenedRequest
  url: string
  body: unknown
  client: Client | undefined
  token: string | undefined
  /** `waiting` for its token, `sent`, `refused` by a 401 whose reason is being found out, or `sentAgain`. */
  stage: 'waiting' | 'sent' | 'refused' | 'sentAgain'
  startedAt: number
  timeoutMs: number
}

function adapt(xhr: XMLHttpRequest, { api, currentClient, isOn }: Adapter): void {
  let opened: OpenedRequest | undefined
  let delivery: Delivery | undefined
  const view = requestView(xhr)
  const methods = { open, setRequestHeader, send, abort }
  // Another adapter may have been here before. Without one the prototype is asked at each call: tools change it later, too.
  const before = Object.getOwnPropertyDescriptors(xhr)
  const prototype: object = Object.getPrototypeOf(xhr)

  // Enumerable, as the browser's are: facades pass on what `for…in` lists.
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(xhr, name, { configurable: true, writable: true, enumerable: true, value })
  }
  // First of all listeners, so that the page's own can be kept from hearing. Those that capture come before all others.
  // The fakes of some tests take no listeners.
  for (const type of ['readystatechange', ...PROGRESS]) xhr.addEventListener?.(type, guard, true)

  function browser(method: keyof typeof methods, ...given: unknown[]): void {
    Reflect.apply(before[method]?.value ?? Reflect.get(prototype, method), xhr, given)
  }

  function open(...given: unknown[]): void {
    const previous = delivery
    delivery = undefined
    try {
      browser('open', ...given)
    } catch (error) {
      delivery = previous
      throw error
    }
    view.follow()
    opened = openedRequest(given)
    // With a listener there, browsers ask the server first: it is removed from a request that is not meant.
    if (opened && isOn() && apiUrl(opened.url, api))
      for (const type of PROGRESS) xhr.upload?.addEventListener?.(type, guardUpload, true)
  }

  function setRequestHeader(name: unknown, value: unknown): void {
    refuseWhile(isHeld())
    browser('setRequestHeader', name, value)
    // A tool that adds headers when the browser sends (tracing) adds them to the second attempt, too.
    if (!delivery) opened?.headers.push([String(name), String(value)])
  }

  function send(...given: unknown[]): void {
    refuseWhile(isHeld() || view.isApart())
    const unkeyed = isOn() && !delivery ? unkeyedRequest(given[0] ?? null) : undefined
    const client = unkeyed && currentClient()
    if (!opened || !unkeyed || (!opened.isAsync && isLegacyNow(client))) {
      if (unkeyed) listenForRefusal(client)
      sendAsGiven(given)
      return
    }
    if (!opened.isAsync || !mayBeLegacy(client)) refuseTokenInPath(unkeyed.url)
    if (!opened.isAsync) throw new ConfigurationError('invalidRequest', SYNCHRONOUS)
    // Fakes and facades may have none.
    const { timeout: timeoutMs = 0 } = xhr
    const startedAt = performance.now()
    const body = keptBody(unkeyed.body)
    delivery = { ...unkeyed, body, opened, client, token: undefined, stage: 'waiting', startedAt, timeoutMs }
    void deliver(delivery, given.map(keptBody))
  }

  function unkeyedRequest(body: unknown) {
    if (!opened) return undefined
    return withoutKey({ url: opened.url, headers: new Headers(opened.headers), body }, api)
  }

  function sendAsGiven(given: unknown[]): void {
    if (opened) for (const type of PROGRESS) xhr.upload?.removeEventListener?.(type, guardUpload, true)
    opened = undefined
    browser('send', ...given)
  }

  function listenForRefusal(client: Client | undefined): void {
    const note = () => {
      if (xhr.status === 401) void noteRefusal(client)
    }
    xhr.addEventListener('loadend', note, { once: true })
  }

  function abort(): void {
    if (delivery && isHeld()) end(delivery, 'abort')
    else browser('abort')
  }

  function isHeld(): boolean {
    return delivery?.stage === 'waiting' || delivery?.stage === 'refused'
  }

  async function deliver(current: Delivery, given: unknown[]): Promise<void> {
    try {
      const credentials = await inTime(current, credentialsFor(current.url, current.client))
      if (delivery !== current) return
      if (credentials.kind === 'legacy') {
        delivery = undefined
        listenForRefusal(current.client)
        return sendAsGiven(given)
      }
      refuseTokenInPath(current.url)
      transmit(current, 'sent', credentials.kind === 'bearer' ? credentials.token : undefined)
    } catch (error) {
      if (delivery !== current) return
      // To the page it looks like a dead network. A mistake in its code has to be told in words.
      if (error instanceof ConfigurationError) browserPlatform.reportError(error)
      end(current, 'error')
    }
  }

  /** Browsers fire no event for a second `open()`. After an answer they do, and the guard withholds it. */
  function transmit(current: Delivery, stage: 'sent' | 'sentAgain', token: string | undefined): void {
    const { opened: asked, url, body, timeoutMs, startedAt } = current
    browser('open', asked.method, url, true)
    for (const header of headersFor(asked, body, token)) browser('setRequestHeader', ...header)
    if (timeoutMs > 0) xhr.timeout = Math.max(1, timeoutMs - (performance.now() - startedAt))
    Object.assign(current, { stage, token })
    view.follow()
    browser('send', body)
  }

  function guard(event: Event): void {
    if (view.isTelling() || !delivery) return
    const { stage, token } = delivery
    const hasHeaders = event.type === 'readystatechange' && xhr.readyState === HEADERS_RECEIVED
    if (stage === 'sent' && token !== undefined && hasHeaders && xhr.status === 401)
      delivery.stage = 'refused'
    if (delivery.stage === 'refused') {
      view.withhold(event)
      if (event.type === 'loadend') void settleRefused(delivery)
    }
    if (stage === 'sentAgain' && event.type === 'loadstart') event.stopImmediatePropagation()
    if (event.type === 'loadend' && delivery.timeoutMs > 0) xhr.timeout = delivery.timeoutMs
  }

  function guardUpload(event: Event): void {
    if (!view.isTelling() && delivery?.stage === 'sentAgain') event.stopImmediatePropagation()
  }

  async function settleRefused(current: Delivery): Promise<void> {
    const { client, token, timeoutMs } = current
    const isAnswer = view.hasWithheld('load')
    const renewal = client && token && isAnswer ? renewedToken(client, token) : Promise.resolve(undefined)
    const renewed = await inTime(current, renewal)
    if (delivery !== current) return
    if (renewed !== undefined) return transmit(current, 'sentAgain', renewed)
    current.stage = 'sent'
    if (view.tellWithheld() && timeoutMs > 0) xhr.timeout = timeoutMs
  }

  /** Waits for `work`, but ends the request when the page's `timeout` is over. */
  async function inTime<T>(current: Delivery, work: Promise<T>): Promise<T> {
    const { timeoutMs, startedAt } = current
    if (timeoutMs === 0) return work
    const remainingMs = Math.max(0, timeoutMs - (performance.now() - startedAt))
    const timer = setTimeout(() => {
      if (delivery === current) end(current, 'timeout')
    }, remainingMs)
    return work.finally(() => clearTimeout(timer))
  }

  /** Ends a request that is held back. The browser has nothing to end. */
  function end(current: Delivery, type: RequestEnd): void {
    const { opened: asked, stage, url, body } = current
    if (stage === 'refused') browser('open', asked.method, url, true)
    opened = undefined
    const upload = body === null ? [] : [xhr.upload]
    view.tellEnd(type, stage === 'waiting' ? [xhr, ...upload] : [])
    if (delivery === current) delivery = undefined
  }
}

const HEADERS_RECEIVED = 2
const PROGRESS = ['loadstart', 'progress', 'load', 'error', 'abort', 'timeout', 'loadend']
const SYNCHRONOUS =
  'A synchronous XMLHttpRequest cannot wait for a fresh token. Make it asynchronous: open(method, url, true).'

function refuseWhile(isUnderWay: boolean): void {
  if (isUnderWay) throw new DOMException('This request is under way already.', 'InvalidStateError')
}
