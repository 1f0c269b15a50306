import { tagOf } from './instance'

/** Parses an address. `undefined` where it is not one; `URL.canParse` is too new for Safari 16 and Chrome 109. */
export function parseUrl(value: string | URL, base?: string): URL | undefined {
  try {
    return new URL(value, base)
  } catch {
    return undefined
  }
}

/** Tells whether a URL is HTTPS, or a loopback host over HTTP. */
export function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:') return true
  return (
    url.protocol === 'http:' && /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
}

/** Tells whether a value is a string or a URL. A URL of another frame is one too; other objects with a text are not. */
export function isAddress(value: unknown): value is string | URL {
  return typeof value === 'string' || tagOf(value) === 'URL'
}

/**
 * Parses a URL that is trustworthy and has no credentials. Anything else gives `undefined`.
 * @param base resolves relative URLs; without it they are refused
 */
export function trustworthyUrl(value: unknown, base?: string): URL | undefined {
  const url = isAddress(value) ? parseUrl(value, base) : undefined
  return url && isTrustworthy(url) && !url.username && !url.password ? url : undefined
}

/** Does the same for a URL that is sent or compared as it was written: spaces and fragments are refused. */
export function verbatimUrl(value: unknown): URL | undefined {
  const url = trustworthyUrl(value)
  return url && /^https?:\/\/[^\s#]+$/i.test(String(value)) ? url : undefined
}

/** Reads a list of trustworthy origins. `undefined` for an empty list, and for one with anything else in it. */
export function trustworthyOrigins(value: unknown): readonly [string, ...string[]] | undefined {
  const origins = Array.isArray(value) ? value.map(trustworthyOrigin) : []
  const [first, ...rest] = origins.filter((origin) => origin !== undefined)
  return first !== undefined && rest.length === origins.length - 1 ? [first, ...rest] : undefined
}

/** Reads a trustworthy origin, with or without a slash at its end. A URL with a path is refused, and so is a wildcard. */
export function trustworthyOrigin(value: unknown): string | undefined {
  const url = trustworthyUrl(value)
  // A star is a letter of a name to the parser, and no origin would ever match.
  return url && url.href === `${url.origin}/` && !url.host.includes('*') ? url.origin : undefined
}
