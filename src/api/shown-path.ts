/**
 * Writes the path of an address as errors and events show it: without host, query and fragment, and without a token that
 * stands in it.
 */
export function shownPath(address: string): string {
  // Browsers read them so.
  const read = address.replace(/[\t\n\r]/g, '').replace(/\\/g, '/')
  const withoutHost = read.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  const path = withoutHost.replace(/[?#].*$/s, '')
  const rooted = path.startsWith('/') ? path : `/${path}`
  return rooted.replace(/(\/tokens?\/)[^/]+/i, '$1…')
}
