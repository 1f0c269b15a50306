import { CAPABILITY_ANSWER_MS } from '../../base/durations'
import { ConfigurationError } from '../../base/errors'
import type { Client } from '../../client/client'
import { adaptRequests } from '../requests/request-adapter'
import { type Hook, isFrame, replaceRestApi, withRestApi } from './capability-handlers'
import {
  createRestApiClient,
  type RestApiClient,
  type RestApiFrame,
  type RestApiOptions,
} from './rest-api-client'
import { addRestApiErrors, isHolder, restApiError } from './rest-api-error'

/** The part of `window.TrelloPowerUp` that is hooked. */
export interface TrelloPowerUpLike {
  /** Starts the connector. */
  initialize: (...given: never[]) => unknown
  /** Gives the `t` of a frame. */
  iframe: (...given: never[]) => unknown
}

/** The options of `install`, for `initialize` and `iframe` alike. Options that those two are given themselves come first. */
export interface InstallOptions extends Partial<RestApiOptions> {
  /** Also adapts the requests that carry `appKey`, as the function `adaptRequests` does. Default: `false`. */
  adaptRequests?: boolean
}

/**
 * Puts this library behind `t.getRestApi()`, also of a `t` that is there already. All options go on to Trello as they
 * are, and frames without a `clientId`, here or there, are left alone. Returns its own undo.
 *
 * It relies on the inside of Trello's script 1.25.1: what `initialize` and `iframe` return, also to be found at
 * `indexConnector` and `iframeConnector`, keeps the answer of `t.getRestApi()` in its property `restApi`. Where a `t`
 * answers otherwise, its own `getRestApi` is replaced.
 * @throws `restApi::ApiNotConfiguredError` where an option is wrong; `t.getRestApi()` throws it where it was a frame's.
 *   ConfigurationError `noTrelloContext` where `trello` is missing
 */
export function install(trello: TrelloPowerUpLike, given?: InstallOptions | null): () => void {
  const options = given ?? {}
  if (!isHolder(trello)) throw new ConfigurationError('noTrelloContext', NO_TRELLO)
  const undos: (() => void)[] = [addRestApiErrors(trello)]
  const hooked = new WeakSet<object>()
  let current: RestApiClient | undefined
  let isAdapting = false
  let isOn = true

  if (options.clientId !== undefined) makeRestApi(undefined, options)
  // At once where the key is known: a library that loads from now on may keep the fetch that it finds.
  if (options.clientId !== undefined && options.adaptRequests && options.appKey) adapt(options)
  wrap('initialize', (original, [handlers, given, ...rest]) => {
    const all = withFrameOptions(options, given)
    if (all.clientId === undefined) return original([handlers, given, ...rest])
    const hook = hookFor(undefined, all)
    const connector = original([withRestApi(handlers, hook, Boolean(all.legacy)), given, ...rest])
    attach(connector, hook)
    return connector
  })
  wrap('iframe', (original, given) => {
    const frame = original(given)
    hookFrame(frame, given[0])
    return frame
  })
  const { iframeConnector, indexConnector } = trello as {
    iframeConnector?: unknown
    indexConnector?: unknown
  }
  hookFrame(iframeConnector, optionsOf(iframeConnector))
  const all = withFrameOptions(options, optionsOf(indexConnector))
  if (indexConnector && all.clientId !== undefined) attach(indexConnector, hookFor(undefined, all))

  return () => {
    isOn = false // for whoever has kept what was hooked, or has hooked it since
    for (const undo of undos.splice(0).reverse()) undo()
  }

  function wrap(
    name: 'initialize' | 'iframe',
    around: (original: (given: unknown[]) => unknown, given: unknown[]) => unknown,
  ): void {
    const original = trello[name]
    const wrapped = function (this: unknown, ...given: unknown[]): unknown {
      const call = (passed: unknown[]): unknown => Reflect.apply(original, this, passed)
      return isOn ? around(call, given) : call(given)
    }
    Reflect.set(trello, name, wrapped)
    undos.push(() => {
      if (Reflect.get(trello, name) === wrapped) Reflect.set(trello, name, original)
    })
  }

  function hookFrame(frame: unknown, given: unknown): void {
    const all = withFrameOptions(options, given)
    if (!isFrame(frame) || hooked.has(frame) || all.clientId === undefined) return
    const hook = hookFor(frame, all)
    attach(frame, hook)
    undos.push(replaceRestApi(frame, hook) ?? (() => undefined))
  }

  function hookFor(t: RestApiFrame | undefined, all: InstallOptions): Hook {
    return { answer: answerFor(t, all), isOn: () => isOn }
  }

  /** Keeps an error in the options for `t.getRestApi()`, which has always thrown it. The rest of the page still works. */
  function answerFor(t: RestApiFrame | undefined, all: InstallOptions): () => RestApiClient {
    try {
      const restApi = makeRestApi(t, all)
      current = restApi
      if (all.adaptRequests) adapt(all)
      return () => restApi
    } catch (error) {
      return () => {
        throw error
      }
    }
  }

  function makeRestApi(t: RestApiFrame | undefined, all: InstallOptions): RestApiClient {
    const answerWithinMs = t === undefined ? CAPABILITY_ANSWER_MS : undefined
    // createClient says which options are missing.
    return createRestApiClient(t, all as RestApiOptions, { trello, answerWithinMs })
  }

  function adapt({ appKey = '', apiOrigins }: InstallOptions): void {
    if (isAdapting) return
    let last: { t: RestApiFrame; client: Client } | undefined
    const client = () => {
      const t = current?.t
      try {
        last = current && t && { t, client: current.client }
      } catch {
        // This t is out of date by now. Its requests still belong to the member and the workspace that it named.
      }
      return last?.t === t ? last?.client : undefined
    }
    try {
      undos.push(adaptRequests(client, { appKey, ...(apiOrigins && { apiOrigins }) }))
      isAdapting = true
    } catch (cause) {
      throw restApiError(trello, 'ApiNotConfiguredError', cause)
    }
  }

  function attach(connector: unknown, { answer }: Hook): void {
    if (typeof connector !== 'object' || connector === null || hooked.has(connector)) return
    hooked.add(connector)
    const before = Object.getOwnPropertyDescriptor(connector, 'restApi')
    const get = (): unknown => (isOn ? answer() : before?.get ? before.get() : before?.value)
    const set = () => undefined // the old client that Trello's script would put here
    Object.defineProperty(connector, 'restApi', { configurable: true, enumerable: true, get, set })
    undos.push(() => {
      if (Object.getOwnPropertyDescriptor(connector, 'restApi')?.get !== get) return
      Reflect.deleteProperty(connector, 'restApi')
      if (before) Object.defineProperty(connector, 'restApi', before)
    })
  }
}

const NO_TRELLO =
  'install needs window.TrelloPowerUp, which is missing. Load the script of Trello first, and call install after it.'

/** A frame's options may hold anything: Trello's own, and those of this library, which `createClient` checks. */
function withFrameOptions(options: InstallOptions, given: unknown): InstallOptions {
  return typeof given === 'object' && given !== null ? { ...options, ...given } : options
}

/** Trello's script keeps them there. */
function optionsOf(connector: unknown): unknown {
  return typeof connector === 'object' && connector !== null ? Reflect.get(connector, 'options') : undefined
}
