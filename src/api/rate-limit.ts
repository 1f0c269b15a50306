import type { RateLimit } from '../base/errors'

/** Reads Trello's rate headers. @see https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits/ */
export function readRateLimit(headers: Headers): RateLimit | undefined {
  const [key, token] = (['key', 'token'] as const).map((bucket) => {
    const read = (name: string) => numberOf(headers.get(`x-rate-limit-api-${bucket}-${name}`))
    const [remaining, max, intervalMs] = [read('remaining'), read('max'), read('interval-ms')]
    if (remaining === undefined) return undefined
    return { remaining, ...(max !== undefined && { max }), ...(intervalMs !== undefined && { intervalMs }) }
  })
  return key || token ? { ...(key && { key }), ...(token && { token }) } : undefined
}

/**
 * Tells from the words of a refusal that the request itself asks for too much, such as all cards of a board with their
 * actions (`API_TOO_MANY_CARDS_REQUESTED`). Waiting doesn't help then. Trello says so with 429, 403 or 400.
 */
export function isTooMuchAtOnce(words: string): boolean {
  return /TOO_MANY_\w+_REQUESTED|TOO_(?:LARGE|BIG)\b/i.test(words)
}

/** Tells from the words of a 429 that it holds for all calls: not for this one only, nor for one route such as `/members`. */
export function isForAllCalls(words: string): boolean {
  return !isTooMuchAtOnce(words) && !/MEMBER_LIMIT_EXCEEDED|rate limit (?:to|for|on) \//i.test(words)
}

/** Takes the first number: a header that came twice reads as `99, 99`. */
function numberOf(value: string | null): number | undefined {
  const number = Number.parseFloat(value ?? '')
  return Number.isFinite(number) ? number : undefined
}
