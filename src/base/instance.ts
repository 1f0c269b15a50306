/** The classes of the platform whose objects are recognised. */
interface PlatformClasses {
  AbortSignal: AbortSignal
  ArrayBuffer: ArrayBuffer
  Blob: Blob
  File: File
  FormData: FormData
  ReadableStream: ReadableStream
  Request: Request
  Response: Response
  URLSearchParams: URLSearchParams
}

/**
 * Tells whether a value is an object of a class of the platform. For an object of another frame `instanceof` fails, and its
 * tag tells. Polyfills and fake DOMs may have no tag, and `instanceof` tells; where they lack the class, nothing is one.
 */
export function isInstance<Name extends keyof PlatformClasses>(
  value: unknown,
  name: Name,
): value is PlatformClasses[Name] {
  return tagOf(value) === name || isOwnInstance(value, name)
}

/** Tells whether a value is an object of a class of this frame, which `fetch` and `AbortSignal` of this frame take. */
export function isOwnInstance<Name extends keyof PlatformClasses>(
  value: unknown,
  name: Name,
): value is PlatformClasses[Name] {
  const own: unknown = Reflect.get(globalThis, name)
  return typeof own === 'function' && value instanceof own
}

/** Reads the name of a value's class as the platform tells it in every frame: `Date`, `FormData`, `Null`. */
export function tagOf(value: unknown): string {
  return {}.toString.call(value).slice(8, -1)
}
