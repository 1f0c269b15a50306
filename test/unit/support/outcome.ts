/** What became of a promise, to look at while time goes by. */
export interface Outcome<T> {
  status: 'pending' | 'resolved' | 'rejected'
  value?: T
  error?: unknown
}

export function watch<T>(promise: Promise<T>): Outcome<T> {
  const outcome: Outcome<T> = { status: 'pending' }
  promise.then(
    (value) => Object.assign(outcome, { status: 'resolved', value }),
    (error) => Object.assign(outcome, { status: 'rejected', error }),
  )
  return outcome
}

/** The error that `promise` rejects with; it fails the test if there is none. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It should have been rejected.')
}

/** The error that `call` throws; it fails the test if there is none. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('It should have thrown.')
}
