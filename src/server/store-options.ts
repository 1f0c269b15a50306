import { ConfigurationError } from '../base/errors'

/** Refuses options of a store that are no object, such as the name of a table by itself. @throws ConfigurationError */
export function checkStoreOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return
  throw new ConfigurationError('invalidStore', 'The options of a grant store are an object, or left out.')
}
