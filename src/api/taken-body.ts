import { isInstance, tagOf } from '../base/instance'
import { API_ORIGIN } from '../base/trello'

/** A body, or a copy of it. */
export type Kept<Body> = Body | URLSearchParams | FormData | Uint8Array<ArrayBuffer> | ArrayBuffer

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

/** Copies a body that could be changed before it is sent. What is not taken stays as it is. */
export function keptBody<Body>(body: Body): Kept<Body> {
  return isTaken(body) ? copyOfTaken(body) : body
}

/**
 * Copies a body that is taken, where it could be changed: one form may serve a loop of calls. The platform's `fetch` reads it
 * at once, too.
 */
export function copyOfTaken<Body>(body: Body): Kept<Body> {
  if (isInstance(body, 'URLSearchParams')) return new URLSearchParams(body)
  if (isInstance(body, 'FormData')) return copyOfForm(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  return isInstance(body, 'ArrayBuffer') ? body.slice(0) : body
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

function copyOfForm(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) Reflect.apply(copy.append, copy, [name, value])
  return copy
}
