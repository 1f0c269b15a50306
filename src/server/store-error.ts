import { fieldsOf } from '../base/fields'

/**
 * Makes the error of a database's client one without the values of its statement, which some clients put into it: they are
 * tokens, and an error is logged.
 * @param hint comes after the message
 */
export function withoutValues(error: unknown, hint = ''): Error {
  const { name, message, code } = fieldsOf(error)
  const bare = new Error(`${message ?? error}${hint}`)
  return Object.assign(bare, typeof name === 'string' && { name }, code !== undefined && { code })
}
