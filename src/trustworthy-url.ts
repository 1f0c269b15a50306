/** HTTPS, or a loopback host over whatever. */
export function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:') return true
  return (
    url.protocol === 'http:' && /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
}

/**
 * What `value` says, if that is a URL and a trustworthy one.
 * @param base what relative ones are relative to; without it they are none
 */
export function trustworthyUrl(value: unknown, base?: string): URL | undefined {
  const text = String(value)
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  return url && isTrustworthy(url) ? url : undefined
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
