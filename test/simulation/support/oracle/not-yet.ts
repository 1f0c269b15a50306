/** Violations that the code still shows. Each goes as soon as it is mended. */
const NOT_YET: readonly RegExp[] = [
  /a sign-in was stored before its window was opened/,
  /a sign-in was stored although nobody clicked/,
  /a grant expired without a verdict/,
  /asked again by itself/,
  /token requests failed within/,
  /no window opens/,
  /token requests in an hour/,
  /one call sent/,
  /the grant of another account was stored/,
  /a grant that was too old ended as revoked/,
  /a code was sent twice/,
]

export function isNotYetMended(violation: string): boolean {
  return NOT_YET.some((pattern) => pattern.test(violation))
}
