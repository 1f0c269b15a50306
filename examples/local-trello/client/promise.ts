import Bluebird from 'bluebird/js/browser/bluebird.js'

/** The promise that everything in Trello's script returns: `.catch(Class, fn)`, `.tap`, `.done` and the rest. */
export const TrelloPromise = Bluebird

// Bluebird's build for browsers leaves this behind.
if (Object(window).P === window.Promise) Reflect.deleteProperty(window, 'P')

/** Runs, and turns what it throws into a rejection. */
export function attempt<T>(run: () => T | PromiseLike<T>): Promise<T> {
  return Bluebird.try(run)
}
