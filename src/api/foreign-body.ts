import { ConfigurationError } from '../base/errors'
import { isInstance, tagOf } from '../base/instance'
import { isTaken } from './taken-body'

/**
 * Makes a body that `fetch` takes from one that it would refuse, or write as `[object FormData]`: of a polyfill, of another
 * DOM in a test, in memory that is shared. Loaded on demand.
 * @throws ConfigurationError for an object that can't be read
 */
export async function ownBody(body: object): Promise<BodyInit> {
  const own = await copyOf(body).catch((cause) => {
    throw refusal(body, cause)
  })
  if (isTaken(own)) return own
  throw refusal(body)
}

async function copyOf(body: object): Promise<BodyInit> {
  if (isInstance(body, 'URLSearchParams')) {
    const own = new URLSearchParams(String(body))
    // In a fake DOM the global class is as foreign to Node's fetch. A Blob of that fetch is not.
    return isTaken(own) ? own : new Response(String(body), { headers: FORM }).blob()
  }
  if (isBlob(body)) return copyOfBlob(body)
  if (ArrayBuffer.isView(body)) return copyOfBytes(body.buffer, body.byteOffset, body.byteLength)
  if (isInstance(body, 'ArrayBuffer')) return copyOfBytes(body, 0, body.byteLength)
  if (isInstance(body, 'FormData')) return copyOfForm(body)
  // An object with a text of its own, such as a URL, is sent as that text.
  if (/^\[object \w+\]$/.test(String(body))) throw new TypeError('It has no text.')
  return String(body)
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8' }

async function copyOfForm(form: FormData): Promise<FormData> {
  const own = new FormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') own.append(name, value)
    // A polyfill may give a Blob here, which has no name.
    else own.append(name, await copyOfBlob(value), value.name ?? 'blob')
  }
  return own
}

/** Copies bytes out of a buffer that `fetch` refuses, because it may change meanwhile. */
function copyOfBytes(buffer: ArrayBufferLike, start: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint8Array(buffer, start, length))
}

async function copyOfBlob(blob: Blob): Promise<Blob> {
  return isTaken(blob) ? blob : new Blob([await blob.arrayBuffer()], { type: blob.type })
}

function isBlob(value: unknown): value is Blob {
  return isInstance(value, 'Blob') || isInstance(value, 'File')
}

function refusal(body: object, cause?: unknown): ConfigurationError {
  const message = `This browser can't send the ${tagOf(body)} that is the body: it is used up, of another frame, or a polyfill.`
  return new ConfigurationError('invalidRequest', message, { cause })
}
