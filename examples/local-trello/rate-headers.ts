/** The names of the six headers, as CORS exposes them. */
export const rateHeaders = ['key', 'token'].flatMap((kind) =>
  ['interval-ms', 'max', 'remaining'].map((name) => `x-rate-limit-api-${kind}-${name}`),
)

/** Counts as Trello does, 300 per client and 100 per token in ten seconds, but refuses nobody: that is a switch. */
export function createRateCounter(): (bearer: string | undefined) => Record<string, string> {
  const intervalMs = 10_000
  const counts = new Map<string, number>()
  let windowStart = 0
  const count = (key: string) => {
    const used = (counts.get(key) ?? 0) + 1
    counts.set(key, used)
    return used
  }
  return (bearer) => {
    if (Date.now() - windowStart > intervalMs) {
      counts.clear()
      windowStart = Date.now()
    }
    const header = (kind: 'key' | 'token', max: number, used: number) => ({
      [`x-rate-limit-api-${kind}-interval-ms`]: String(intervalMs),
      [`x-rate-limit-api-${kind}-max`]: String(max),
      [`x-rate-limit-api-${kind}-remaining`]: String(Math.max(0, max - used)),
    })
    return { ...header('key', 300, count('key')), ...header('token', 100, count(`token ${bearer}`)) }
  }
}
