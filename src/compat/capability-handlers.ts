import type { RestApiClient, RestApiFrame } from './rest-api-client'

type Answer = () => RestApiClient

/**
 * The capabilities' functions, each called with a `t` that answers `getRestApi()` as it should. Where Trello's script sees
 * to that already, and it does, nothing is changed; else the callbacks that they give back are seen to as well.
 */
export function withRestApi(handlers: unknown, answer: Answer, signOutOnRemoveData: boolean): unknown {
  if (!isPlain(handlers)) return handlers
  const wrapped = Object.entries(handlers).map(([name, handler]) => {
    if (typeof handler !== 'function') return [name, handler]
    const signsOut = signOutOnRemoveData && name === 'remove-data'
    return [
      name,
      function (this: unknown, t: unknown, ...rest: unknown[]): unknown {
        const wasReplaced = isFrame(t) && replaceRestApi(t, answer) !== undefined
        const result: unknown = Reflect.apply(handler, this, [t, ...rest])
        if (signsOut && isFrame(t)) return afterSignOut(result, t, answer)
        return wasReplaced ? withAnsweringCallbacks(result, answer) : result
      },
    ]
  })
  return Object.fromEntries(wrapped)
}

/** Where `t.getRestApi()` answers something else. Returns the undo, if there was anything to do. */
export function replaceRestApi(t: RestApiFrame, answer: Answer): (() => void) | undefined {
  if (answersAlready(t, answer)) return undefined
  const getRestApi = () => {
    const restApi = answer()
    restApi.t = t
    return restApi
  }
  const before = Object.getOwnPropertyDescriptor(t, 'getRestApi')
  Object.defineProperty(t, 'getRestApi', { configurable: true, writable: true, value: getRestApi })
  return () => {
    Reflect.deleteProperty(t, 'getRestApi')
    if (before) Object.defineProperty(t, 'getRestApi', before)
  }
}

export function isFrame(t: unknown): t is RestApiFrame {
  return typeof t === 'object' && t !== null && typeof Reflect.get(t, 'getContext') === 'function'
}

function answersAlready(t: RestApiFrame, answer: Answer): boolean {
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
async function afterSignOut(result: unknown, t: RestApiFrame, answer: Answer): Promise<unknown> {
  const restApi = answer()
  restApi.t = t
  const { client } = restApi
  const value = await result
  await client.signOut()
  return value
}

function withAnsweringCallbacks(value: unknown, answer: Answer): unknown {
  if (value instanceof Promise) return value.then((settled) => withAnsweringCallbacks(settled, answer))
  if (Array.isArray(value)) return value.map((each) => withAnsweringCallbacks(each, answer))
  if (typeof value === 'function') {
    return function (this: unknown, t: unknown, ...rest: unknown[]): unknown {
      if (isFrame(t)) replaceRestApi(t, answer)
      return withAnsweringCallbacks(Reflect.apply(value, this, [t, ...rest]), answer)
    }
  }
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withAnsweringCallbacks(each, answer)]),
  )
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
