import { isPowerUpOAuthError } from '../../base/error-guard'

/** The errors of `TrelloPowerUp.restApiError`. Each is told by its `name`, by `instanceof`, or in a filtered `catch`. */
export type RestApiErrorName = 'AuthDeniedError' | 'AuthNotReadyError' | 'ApiNotConfiguredError'

/** The classes that stand at `TrelloPowerUp.restApiError`, or some of them. */
export type RestApiErrorClasses = Partial<Record<RestApiErrorName, new (message?: string) => Error>>

/** The classes for pages whose script of Trello has no such classes. */
export const restApiErrorClasses = {
  AuthDeniedError: class AuthDeniedError extends Error {
    override name = 'restApi::AuthDeniedError'
  },
  AuthNotReadyError: class AuthNotReadyError extends Error {
    override name = 'restApi::AuthNotReadyError'
  },
  ApiNotConfiguredError: class ApiNotConfiguredError extends Error {
    override name = 'restApi::ApiNotConfiguredError'
  },
} as const satisfies Required<RestApiErrorClasses>

/**
 * Makes an error of the page's own class where it has one, so that its `instanceof` holds. `cause` is the error of this
 * library, and `code` is the code of that.
 */
export function restApiError(
  trello: object | undefined,
  name: RestApiErrorName,
  cause: unknown,
  message = cause instanceof Error ? cause.message : String(cause),
): Error {
  const ErrorClass = classesAt(trello ?? pagesTrello())[name] ?? restApiErrorClasses[name]
  const error = new ErrorClass(message)
  const code = isPowerUpOAuthError(cause) ? { code: cause.code } : {}
  return Object.assign(error, { name: `restApi::${name}`, message, cause, ...code })
}

/** Puts the classes where code looks for them, unless Trello's script has. Returns its own undo. */
export function addRestApiErrors(trello: object): () => void {
  const before: unknown = Reflect.get(trello, 'restApiError')
  const place: object = isHolder(before) ? before : {}
  const there = classesAt(trello)
  const added = Object.entries(restApiErrorClasses).filter(([name]) => !(name in there))
  for (const [name, ErrorClass] of added) Reflect.set(place, name, ErrorClass)
  if (place !== before) Reflect.set(trello, 'restApiError', place)
  return () => {
    for (const [name] of added) Reflect.deleteProperty(place, name)
    if (place !== before) Reflect.deleteProperty(trello, 'restApiError')
  }
}

/** Gives `window.TrelloPowerUp`, where it is there. */
export function pagesTrello(): object | undefined {
  const { TrelloPowerUp } = globalThis as { TrelloPowerUp?: unknown }
  return isHolder(TrelloPowerUp) ? TrelloPowerUp : undefined
}

/** Trello's `restApiError` is a class itself, and these are its properties. */
function classesAt(trello: object | undefined): RestApiErrorClasses {
  const place: unknown = trello && Reflect.get(trello, 'restApiError')
  if (!isHolder(place)) return {}
  const found = Object.keys(restApiErrorClasses).map((name) => [name, Reflect.get(place, name)])
  return Object.fromEntries(found.filter(([, value]) => typeof value === 'function'))
}

/** Tells what may have members: an object or a class. */
export function isHolder(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}
