/** HTTPS, or a loopback host over whatever. */
export function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:') return true
  return (
    url.protocol === 'http:' && /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
}

/** What `value` says, if that is an absolute URL and a trustworthy one. */
export function trustworthyUrl(value: unknown): URL | undefined {
  const text = String(value)
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url && isTrustworthy(url) ? url : undefined
}

/** The origin that `value` is, with or without a slash behind it; a URL with more to it is none. */
export function trustworthyOrigin(value: unknown): string | undefined {
  const url = trustworthyUrl(value)
  return url && url.href === `${url.origin}/` ? url.origin : undefined
}
