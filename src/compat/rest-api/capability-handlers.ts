import { browserPlatform } from '../../base/platform'
import type { Client } from '../../client/client'
import type { RestApiClient, RestApiFrame } from './rest-api-client'

/** What answers `t.getRestApi()`, until it is off. */
export interface Hook {
  answer(): RestApiClient
  isOn(): boolean
}

/**
 * The capabilities' functions, each called with a `t` that answers `getRestApi()` as it should. Where Trello's script sees
 * to that already, and it does, nothing is changed; else the callbacks that they give back are seen to as well.
 */
export function withRestApi(handlers: unknown, hook: Hook, signOutOnRemoveData: boolean): unknown {
  if (!isPlain(handlers)) return handlers
  const wrapped = Object.entries(handlers).map(([name, handler]) => {
    if (typeof handler !== 'function') return [name, handler]
    const signsOut = signOutOnRemoveData && name === 'remove-data'
    return [
      name,
      function (this: unknown, t: unknown, ...rest: unknown[]): unknown {
        const isHooked = hook.isOn() && isFrame(t)
        const wasReplaced = isHooked && replaceRestApi(t, hook) !== undefined
        const run = (): unknown => Reflect.apply(handler, this, [t, ...rest])
        if (isHooked && signsOut) return runAndSignOut(run, t, hook)
        return wasReplaced ? withAnsweringCallbacks(run(), hook) : run()
      },
    ]
  })
  return Object.fromEntries(wrapped)
}

/** Where `t.getRestApi()` answers something else. Returns the undo, if there was anything to do. */
export function replaceRestApi(t: RestApiFrame, hook: Hook): (() => void) | undefined {
  if (answersAlready(t, hook)) return undefined
  const before = Object.getOwnPropertyDescriptor(t, 'getRestApi')
  const original: unknown = Reflect.get(t, 'getRestApi')
  const getRestApi = (...given: unknown[]): unknown => {
    if (!hook.isOn()) return typeof original === 'function' ? Reflect.apply(original, t, given) : undefined
    const restApi = hook.answer()
    restApi.t = t
    return restApi
  }
  Object.defineProperty(t, 'getRestApi', { configurable: true, writable: true, value: getRestApi })
  return () => {
    if (Reflect.get(t, 'getRestApi') !== getRestApi) return
    Reflect.deleteProperty(t, 'getRestApi')
    if (before) Object.defineProperty(t, 'getRestApi', before)
  }
}

export function isFrame(t: unknown): t is RestApiFrame {
  return typeof t === 'object' && t !== null && typeof Reflect.get(t, 'getContext') === 'function'
}

function answersAlready(t: RestApiFrame, { answer }: Hook): boolean {
  const getRestApi: unknown = Reflect.get(t, 'getRestApi')
  if (typeof getRestApi !== 'function') return false
  const outcomes = [() => Reflect.apply(getRestApi, t, []), answer].map((ask) => {
    try {
      return ask()
    } catch (error) {
      return error // wrong options: both throw the same
    }
  })
  return outcomes[0] === outcomes[1]
}

/** An old token that Trello keeps is data of the person, too. */
async function runAndSignOut(run: () => unknown, t: RestApiFrame, hook: Hook): Promise<unknown> {
  const client = clientFor(t, hook)
  try {
    return await run()
  } finally {
    await client?.signOut()
  }
}

function clientFor(t: RestApiFrame, { answer }: Hook): Client | undefined {
  try {
    const restApi = answer()
    restApi.t = t
    return restApi.client
  } catch (error) {
    browserPlatform.reportError(error)
    return undefined
  }
}

function withAnsweringCallbacks(value: unknown, hook: Hook): unknown {
  // Of whatever kind: an async function gives the browser's own where the page has replaced window.Promise.
  if (isThenable(value)) return value.then((settled) => withAnsweringCallbacks(settled, hook))
  if (Array.isArray(value)) return value.map((each) => withAnsweringCallbacks(each, hook))
  if (typeof value === 'function') {
    return function (this: unknown, t: unknown, ...rest: unknown[]): unknown {
      if (hook.isOn() && isFrame(t)) replaceRestApi(t, hook)
      return withAnsweringCallbacks(Reflect.apply(value, this, [t, ...rest]), hook)
    }
  }
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withAnsweringCallbacks(each, hook)]),
  )
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
