import { ConfigurationError, type ConfigurationErrorCode } from './errors'
import { OFFLINE_ACCESS } from './trello'
import { trustworthyOrigins, trustworthyUrl } from './url'

/** `clientId` for `invalidClientId`. */
type OptionName = Uncapitalize<
  Extract<ConfigurationErrorCode, `invalid${string}`> extends `invalid${infer Name}` ? Name : never
>

/**
 * Checks an option.
 * @throws ConfigurationError with the code `invalid` and the name of the option, where the condition fails
 */
export function check(
  condition: unknown,
  option: OptionName,
  must: string,
  cause?: unknown,
): asserts condition {
  if (condition) return
  const code = `invalid${option.charAt(0).toUpperCase()}${option.slice(1)}` as ConfigurationErrorCode
  throw new ConfigurationError(code, `${option} must be ${must}.`, { cause })
}

/** Tells whether a value is a text with more than spaces in it. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** Tells a text with nothing around it. A file of variables easily brings a line break along, which a server refuses. */
export function isBare(value: unknown): value is string {
  return isText(value) && value.trim() === value
}

/** Tells whether a value is left out or a text. */
export function isTextIfGiven(value: unknown): value is string | undefined {
  return value === undefined || isText(value)
}

/** Tells whether a value is left out or a function. */
export function isFunctionIfGiven(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

/** Reads the URL of an endpoint. @throws ConfigurationError */
export function readEndpoint(value: string | URL, option: OptionName): string {
  const url = trustworthyUrl(value)
  const must = 'an absolute HTTPS URL without credentials; HTTP is for loopback hosts only'
  check(url, option, must)
  return url.href
}

/** Reads the origins that a Bearer header may go to. @throws ConfigurationError */
export function readApiOrigins(values: unknown): readonly [string, ...string[]] {
  const origins = trustworthyOrigins(values)
  check(origins, 'apiOrigins', 'a non-empty array of HTTPS origins, such as https://api.trello.com')
  return origins
}

/**
 * Reads scopes, each once and without `offline_access`.
 * @throws ConfigurationError
 * @see RFC 6749, section 3.3
 */
export function readScopes(scopes: unknown): readonly string[] {
  const list: readonly unknown[] | undefined = Array.isArray(scopes) ? [...scopes] : undefined
  check(list?.every(isScope), 'scopes', 'an array of scope names, each without spaces')
  return [...new Set(list)].filter((scope) => scope !== OFFLINE_ACCESS)
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}
