import { isInstance } from '../base/instance'
import { isPlain } from './opaque'

/** The options that a Request tells. Its body is read apart. */
const REQUEST_OPTIONS = [
  'method',
  'headers',
  'signal',
  'credentials',
  'cache',
  'redirect',
  'referrer',
  'referrerPolicy',
  'integrity',
  'keepalive',
  'mode',
]

/** Reads the options of a Request, without its body. */
export function requestOptions(request: Request): RequestInit {
  return optionsOf(request, REQUEST_OPTIONS)
}

/** Copies the options of a call, inherited ones too: `{ ...init }` would lose those of a Request or of a class. */
export function definedOptions(init: RequestInit | null | undefined): RequestInit {
  if (!init) return {}
  const names = [...REQUEST_OPTIONS, 'body', 'duplex', 'priority', 'window', ...Object.keys(init)]
  return optionsOf(init, names)
}

/** Gives options that `{ ...init }` copies completely, with a body that can be sent twice where a Request has it. */
export async function plainOptions(init: RequestInit): Promise<RequestInit> {
  if (isPlain(init)) return init
  return isInstance(init, 'Request') ? ownedOptions(init) : definedOptions(init)
}

/** Takes a Request apart, with its body, so that it can be made for another address or in another frame. */
export async function ownedOptions(request: Request): Promise<RequestInit> {
  const hasBody = !/^(?:GET|HEAD)$/i.test(request.method)
  return { ...requestOptions(request), body: hasBody ? await request.blob() : null }
}

/** A navigation can't be asked for, and without CORS the browser would leave the bearer out. */
const MODES_LEFT_OUT: readonly unknown[] = ['navigate', 'no-cors']

function optionsOf(source: object, names: readonly string[]): RequestInit {
  const all = names.map((name) => [name, Reflect.get(source, name)])
  return Object.fromEntries(
    all.filter(
      ([name, value]) => value !== undefined && !(name === 'mode' && MODES_LEFT_OUT.includes(value)),
    ),
  )
}
