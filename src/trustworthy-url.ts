/** HTTPS, or a loopback host over whatever. */
export function isTrustworthy(url: URL): boolean {
  if (url.protocol === 'https:') return true
  return (
    url.protocol === 'http:' && /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
}
