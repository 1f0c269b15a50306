/** The path of an address as errors and events show it: without host, query and fragment, and without a token in it. */
export function shownPath(address: string): string {
  return address
    .replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*|[?#].*$/gis, '')
    .replace(/^\/?/, '/')
    .replace(/(\/tokens?\/)[^/]+/i, '$1…')
}
