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

function numberOf(value: string | null): number | undefined {
  const number = value === null || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : undefined
}
