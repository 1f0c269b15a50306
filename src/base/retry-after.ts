/**
 * Reads a `Retry-After` header, in milliseconds from `now`, never negative. `undefined` where it says nothing usable. Of one
 * that came twice, which reads as `5, 5`, the first number counts.
 * @see RFC 9110, section 10.2.3: seconds, or a date
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  const waitMs = SECONDS.test(value)
    ? Number.parseFloat(value) * 1_000
    : HTTP_DATE.test(value)
      ? Date.parse(value) - now
      : Number.NaN
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}

const SECONDS = /^\s*-?\d+(?:\.\d+)?\s*(?:,|$)/
/** Engines read other texts into the oddest dates. */
const HTTP_DATE = /^\s*[a-z]{3,9},? .*\d\d:\d\d:\d\d/i
