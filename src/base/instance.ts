/** The classes of the platform that values are recognised of. */
interface PlatformClasses {
  FormData: FormData
  Request: Request
  URLSearchParams: URLSearchParams
}

/**
 * Tells whether a value is an object of a class of the platform, also where it comes from another frame: there
 * `instanceof` fails, and its tag tells. Polyfills and fake DOMs may have no tag, and there `instanceof` tells.
 */
export function isInstance<Name extends keyof PlatformClasses>(
  value: unknown,
  name: Name,
): value is PlatformClasses[Name] {
  return {}.toString.call(value) === `[object ${name}]` || value instanceof globalThis[name]
}
