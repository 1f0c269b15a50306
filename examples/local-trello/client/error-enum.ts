/** A class of errors that is also called without `new`, as Trello's are: `throw t.NotHandled('not mine')`. */
export type NamedError = (new (message?: string) => Error) & ((message?: string) => Error)

/** Makes classes of errors whose `name` begins with a namespace, as `restApi::AuthDeniedError` does. */
export function makeErrorEnum<Name extends string>(
  namespace: string,
  names: readonly Name[],
): Record<Name, NamedError> & NamedError {
  const base = errorClass(namespace, Error)
  const classes = names.map((name) => [name, errorClass(`${namespace}::${name}`, base)] as const)
  return Object.assign(base, Object.fromEntries(classes)) as Record<Name, NamedError> & NamedError
}

function errorClass(name: string, base: object): NamedError {
  function NamedErrorClass(message = ''): Error {
    const error = new Error(message)
    error.name = name
    return Object.setPrototypeOf(error, NamedErrorClass.prototype)
  }
  NamedErrorClass.prototype = Object.create(Object(base).prototype, {
    constructor: { value: NamedErrorClass, writable: true },
    name: { value: name, writable: true },
  })
  return NamedErrorClass as unknown as NamedError
}

/** What the page around a frame may refuse with, and what a handler throws for something that isn't its own. */
export const errors = makeErrorEnum('plugin', [
  'InvalidContext',
  'NotHandled',
  'PluginDisabled',
  'UnsupportedCommand',
])

export const restApiError = makeErrorEnum('restApi', [
  'AuthDeniedError',
  'AuthNotReadyError',
  'ApiNotConfiguredError',
])
