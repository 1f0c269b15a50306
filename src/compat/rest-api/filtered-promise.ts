/** A condition that `catch` takes before the handler: an error class, a test, or properties with their values. */
export type ErrorFilter =
  | (abstract new (
      ...args: never[]
    ) => unknown)
  | ((error: never) => unknown)
  | Readonly<Record<string, unknown>>

type Handler<R> = (error: unknown) => R | PromiseLike<R>

/** A promise with the additions of Bluebird's that code around `t.getRestApi()` uses. */
export interface FilteredPromise<T> extends Promise<T> {
  /** The method of a promise. The result has the additions, too. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): FilteredPromise<A | B>
  /** The method of a promise. */
  catch<R = never>(onRejected?: Handler<R> | null): FilteredPromise<T | R>
  /** Calls the handler for errors that pass the filter. Others go on down the chain. */
  catch<R = never>(filter: ErrorFilter, handler: Handler<R>): FilteredPromise<T | R>
  /** Calls the handler for errors that pass one of the two filters. */
  catch<R = never>(filter: ErrorFilter, other: ErrorFilter, handler: Handler<R>): FilteredPromise<T | R>
  /** The method of a promise. */
  finally(onSettled?: (() => void) | null): FilteredPromise<T>
  /** Calls `look` with the value, waits for it, and passes the value on. */
  tap(look: (value: T) => unknown): FilteredPromise<T>
  /** Ends a chain. */
  done(onFulfilled?: (value: T) => unknown, onRejected?: (error: unknown) => unknown): void
}

/**
 * Gives a promise as Trello's script does: of its own kind, which is Bluebird's, where `trello` has that; else with the
 * methods of a {@link FilteredPromise}.
 */
export function promiseOf<T>(trello: object | undefined, promise: Promise<T>): FilteredPromise<T> {
  const ofPage: unknown = trello && Reflect.get(trello, 'Promise')
  return isBluebird(ofPage) ? ofPage.resolve(promise) : filteredPromise(promise)
}

interface Bluebird {
  resolve<T>(promise: Promise<T>): FilteredPromise<T>
}

/** Looks for the methods that ordinary promises don't have. A later script of Trello may have those only. */
function isBluebird(value: unknown): value is Bluebird {
  if (typeof value !== 'function') return false
  const prototype: unknown = Reflect.get(value, 'prototype')
  return isMethod(value, 'resolve') && isMethod(prototype, 'tap') && isMethod(prototype, 'caught')
}

function isMethod(holder: unknown, name: string): boolean {
  return typeof holder === 'object' || typeof holder === 'function'
    ? holder !== null && typeof Reflect.get(holder, name) === 'function'
    : false
}

/**
 * Gives a promise the methods of a {@link FilteredPromise}, and to each that comes of it. It stays the same promise:
 * `await` works on it, also where the page has replaced `window.Promise`.
 */
export function filteredPromise<T>(promise: Promise<T>): FilteredPromise<T> {
  const then: Promise<T>['then'] = promise.then.bind(promise)
  const methods = {
    // biome-ignore lint/suspicious/noThenProperty: a promise's own
    then: (onFulfilled: never, onRejected: never) => filteredPromise(then(onFulfilled, onRejected)),
    catch: (...given: unknown[]) => filteredPromise(then(undefined, rejectionHandler(given))),
    finally: (onSettled?: (() => unknown) | null) =>
      filteredPromise(
        then(
          async (value) => {
            await onSettled?.()
            return value
          },
          async (error) => {
            await onSettled?.()
            throw error
          },
        ),
      ),
    tap: (look: (value: T) => unknown) =>
      filteredPromise(
        then(async (value) => {
          await look(value)
          return value
        }),
      ),
    done: (onFulfilled: never, onRejected: never) => void then(onFulfilled, onRejected),
  }
  return Object.assign(promise, methods) as FilteredPromise<T>
}

function rejectionHandler(given: unknown[]): ((error: unknown) => unknown) | undefined {
  const filters = given.slice(0, -1)
  const handler = given.at(-1)
  if (typeof handler !== 'function') return undefined
  return (error) => {
    if (filters.length > 0 && !filters.some((filter) => passes(error, filter))) throw error
    return handler(error)
  }
}

function passes(error: unknown, filter: unknown): boolean {
  if (typeof filter === 'function') {
    return isErrorClass(filter) ? error instanceof filter : Boolean(filter(error))
  }
  if (typeof filter !== 'object' || filter === null || typeof error !== 'object' || error === null)
    return false
  return Object.entries(filter).every(([name, value]) => Reflect.get(error, name) === value)
}

/** Tells a class from a test as Bluebird does. The text tells of ES classes, which can't be called. */
function isErrorClass(filter: object): boolean {
  const prototype: unknown = Reflect.get(filter, 'prototype')
  return (
    filter === Error ||
    prototype instanceof Error ||
    /^class\b/.test(Function.prototype.toString.call(filter))
  )
}
