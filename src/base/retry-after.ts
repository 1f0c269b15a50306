/**
 * Reads a `Retry-After` header, in milliseconds from `now`, never negative. `undefined` where it says nothing usable.
 * @see RFC 9110, section 10.2.3: seconds, or a date
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  // A date has letters in it; engines read dates into the oddest numbers.
  const waitMs = /[a-z]/i.test(value) ? Date.parse(value) - now : Number.parseFloat(value) * 1_000
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}
