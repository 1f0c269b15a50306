import { ConfigurationError, type ConfigurationErrorCode } from './errors'

/** @throws ConfigurationError where an option is not what it must be */
export function check(condition: unknown, code: ConfigurationErrorCode, message: string): asserts condition {
  if (!condition) throw new ConfigurationError(code, message)
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
