/** HTTPS, or a loopback host over whatever. */
export function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:') return true
  return (
    url.protocol === 'http:' && /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
}

/** A string or a URL, also one of another frame's `URL`; nothing else that can be made a string. */
export function isAddress(value: unknown): value is string | URL {
  return typeof value === 'string' || {}.toString.call(value) === '[object URL]'
}

/**
 * What `value` says, if that is a URL and a trustworthy one, without credentials.
 * @param base what relative ones are relative to; without it they are none
 */
export function trustworthyUrl(value: unknown, base?: string): URL | undefined {
  try {
    const url = isAddress(value) ? new URL(value, base) : undefined
    return url && isTrustworthy(url) && !url.username && !url.password ? url : undefined
  } catch {
    return undefined
  }
}

/** The same for a URL that is sent or compared as it was written: without what a parser tidies up, and no fragment. */
export function verbatimUrl(value: unknown): URL | undefined {
  const url = trustworthyUrl(value)
  return url && /^https?:\/\/[^\s#]+$/i.test(String(value)) ? url : undefined
}

/** The origins that `value` lists; nothing where it lists none, or something else too. */
export function trustworthyOrigins(value: unknown): readonly [string, ...string[]] | undefined {
  const origins = Array.isArray(value) ? value.map(trustworthyOrigin) : []
  const [first, ...rest] = origins.filter((origin) => origin !== undefined)
  return first !== undefined && rest.length === origins.length - 1 ? [first, ...rest] : undefined
}

/** The origin that `value` is, with or without a slash behind it; a URL with more to it is none. */
export function trustworthyOrigin(value: unknown): string | undefined {
  const url = trustworthyUrl(value)
  return url && url.href === `${url.origin}/` ? url.origin : undefined
}
