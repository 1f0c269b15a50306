import { browserPlatform } from '../../base/platform'
import type { Client } from '../../client/client'
import type { RestApiClient, RestApiFrame } from './rest-api-client'

/** The answer to `t.getRestApi()`, and the switch of the whole hook. */
export interface Hook {
  /** Gives the object that `t.getRestApi()` returns, or throws what it throws. */
  answer(): RestApiClient
  /** `false` after the undo. */
  isOn(): boolean
}

/**
 * Wraps the functions of the capabilities, so that the `t` of each call answers `getRestApi()` with ours. Trello's script
 * 1.25.1 sees to that already, and nothing changes. Where it does not, the callbacks that the functions return are wrapped,
 * too.
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

/** Replaces `t.getRestApi` where it answers something else. Returns the undo, or `undefined` where nothing was to do. */
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

/** Recognises a `t` by its `getContext()`. */
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

/** Signs out after the Power-Up's own work: an old token that Trello keeps is data of the person, too. */
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
  // Not instanceof: where the page has replaced window.Promise, an async function still returns the browser's own.
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
