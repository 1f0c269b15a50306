import { ConfigurationError } from '../base/errors'
import { isInstance, tagOf } from '../base/instance'
import { API_ORIGIN } from '../base/trello'
import { isOpaque, unboxed } from './opaque'

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
    return isTaken(value) ? copyOfBody(value) : value
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

/**
 * Tells whether `fetch` sends a body for what it is. Objects that it doesn't know it writes as a text such as
 * `[object FormData]`, and the file is gone. The platform's own answer is the only way to know.
 */
export function isTaken(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true
  // These are known in every frame, and a copy would cost something.
  if (ArrayBuffer.isView(body)) return isWhole(body.buffer)
  if (isInstance(body, 'ArrayBuffer')) return isWhole(body)
  // Node takes a form of a fake DOM, and never ends with the files in it.
  if (isInstance(body, 'FormData') && !areTaken(body)) return false
  try {
    const init = { method: 'POST', body, duplex: 'half' }
    const sent: Request = Reflect.construct(Request, [API_ORIGIN, init])
    return sent.headers.get('Content-Type') !== 'text/plain;charset=UTF-8'
  } catch {
    return false
  }
}

/**
 * Copies a body that is taken and could be changed before it is sent: one form may serve a loop of calls. The platform's
 * `fetch` reads it at once, too.
 */
export function copyOfBody<Body>(
  body: Body,
): Body | URLSearchParams | FormData | Uint8Array<ArrayBuffer> | ArrayBuffer {
  if (isInstance(body, 'URLSearchParams')) return new URLSearchParams(body)
  if (isInstance(body, 'FormData')) return copyOfForm(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  return isInstance(body, 'ArrayBuffer') ? body.slice(0) : body
}

function copyOfForm(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) Reflect.apply(copy.append, copy, [name, value])
  return copy
}

function areTaken(form: FormData): boolean {
  try {
    return [...form].every(([, value]) => isTaken(value))
  } catch {
    return false
  }
}

/** Tells a buffer that `fetch` takes: neither shared nor resizable, nor given away to another thread. */
function isWhole(buffer: ArrayBufferLike): boolean {
  const isPlainBuffer = tagOf(buffer) === 'ArrayBuffer' && Reflect.get(buffer, 'resizable') !== true
  try {
    return isPlainBuffer && new Uint8Array(buffer).buffer === buffer
  } catch {
    return false
  }
}

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
