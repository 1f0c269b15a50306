/**
 * Removes `key` and `token`, the credentials of Trello's older authorization, from the search of a URL. All other
 * parameters stay as they are written.
 */
export function withoutLegacyParameters(search: string): string {
  // Most queries can't hold these names, written out or escaped, and need no reading: this is done for each call.
  if (!/key|token|%/.test(search)) return search
  const pairs = search.replace(/^\?/, '').split('&')
  const kept = pairs.filter((pair) => {
    const parameters = new URLSearchParams(pair)
    return !parameters.has('key') && !parameters.has('token')
  })
  if (kept.length === pairs.length) return search
  return kept.length > 0 ? `?${kept.join('&')}` : ''
}
