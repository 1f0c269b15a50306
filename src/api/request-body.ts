import { ConfigurationError } from '../base/errors'
import { isInstance } from '../base/instance'
import { isOpaque, unboxed } from './opaque'
import { keptBody } from './taken-body'

/**
 * Writes the body of a call, and names its content type in `headers` where that is JSON. FormData, URLSearchParams, Blobs,
 * buffers and streams stay what they are. Objects and lists become JSON. A text becomes JSON too, unless it is the JSON of
 * an object or a list already, or comes with another Content-Type.
 * @throws ConfigurationError for what JSON would lose: a Map, a promise, a function, `NaN`, an invalid date
 */
export function requestBody(given: unknown, headers: Headers): BodyInit | undefined {
  const value = unboxed(given)
  if (value === undefined || value === null) return undefined
  if (isBodyInit(value)) {
    if ('locked' in value && value.locked) throw refusal('is a stream that is being read already')
    // The platform's own has the boundary in it.
    if (isInstance(value, 'FormData')) headers.delete('Content-Type')
    return keptBody(value)
  }
  const contentType = headers.get('Content-Type')
  const isText = typeof value === 'string'
  if (contentType === null) headers.set('Content-Type', 'application/json')
  else if (!/json/i.test(contentType)) {
    if (isText) return value
    throw refusal('is JSON, which is not what the Content-Type says. Leave the header out, or pass a text')
  }
  return isText && isJsonText(value) ? value : jsonOf(value)
}

/** Tells whether `fetch` sends a body in a way of its own. Objects of another frame count, whatever `fetch` says to them. */
function isBodyInit(value: unknown): value is Exclude<BodyInit, string> {
  if (typeof value !== 'object' || value === null) return false
  return BODY_KINDS.some((kind) => isInstance(value, kind)) || ArrayBuffer.isView(value)
}

const BODY_KINDS = ['FormData', 'URLSearchParams', 'Blob', 'File', 'ArrayBuffer', 'ReadableStream'] as const

/** Tells whether a text was serialised before: as JSON once more, the server would read a text, and no field. */
function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Writes a value as JSON. @throws ConfigurationError for what JSON would lose */
export function jsonOf(value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value, refuseLoss)
  } catch (cause) {
    throw cause instanceof ConfigurationError ? cause : refusal("can't be written as JSON", cause)
  }
  if (json === undefined) throw refusal("can't be written as JSON")
  return json
}

/** Stops where `JSON.stringify` would leave something out or write `null` or `{}` for it. Called with the holder as `this`. */
function refuseLoss(this: unknown, name: string, value: unknown): unknown {
  const given = Reflect.get(Object(this), name)
  const plain = unboxed(value)
  const isLost =
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    (typeof plain === 'number' && !Number.isFinite(plain)) ||
    (value === undefined && Array.isArray(this)) ||
    // An invalid date says `null` of itself.
    ((value === undefined || value === null) && typeof given === 'object' && given !== null) ||
    (typeof value === 'object' && value !== null && isOpaque(value))
  if (!isLost) return value
  throw refusal(name === '' ? "holds what JSON can't" : `holds what JSON can't, in \`${name}\``)
}

function refusal(problem: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError('invalidRequest', `The body ${problem}.`, { cause })
}
