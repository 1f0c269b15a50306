import type { Switches } from '../switches'
import type { Answer } from './rest-answers'

/** The names of the six headers, as CORS exposes them. */
export const rateHeaders = ['key', 'token'].flatMap((kind) =>
  ['interval-ms', 'max', 'remaining'].map((name) => `x-rate-limit-api-${kind}-${name}`),
)

export interface RateVerdict {
  headers: Record<string, string>
  /** The answer in place of the real one, where there were too many. */
  refusal: Answer | undefined
}

/** Who asks, as far as the limits go. */
export interface RatedRequest {
  client: string
  token: string
  path: string
}

/**
 * Counts as Trello does: 300 requests of a client and 100 of a token in ten seconds, and 100 of a token for
 * `/members/…` in fifteen minutes, which only the strictest position of the switch enforces.
 */
export function createRateLimits(
  position: () => Switches['rateLimit'],
): (request: RatedRequest) => RateVerdict {
  const short = createWindow(intervalMs)
  const long = createWindow(900_000)
  return ({ client, token, path }) => {
    const ofClient = short(`client ${client}`)
    const ofToken = short(`token ${token}`)
    const ofMembers = /^\/1\/members?\//.test(path) ? long(token) : 0
    const headers = { ...header('key', 300, ofClient), ...header('token', 100, ofToken) }
    const enforced = position()
    if (enforced === 'counted') return { headers, refusal: undefined }
    if (ofClient > 300) return { headers, refusal: tooMany('API_KEY_LIMIT_EXCEEDED') }
    const isOver = ofToken > 100 || (enforced === 'enforcedForMembersToo' && ofMembers > 100)
    return { headers, refusal: isOver ? tooMany('API_TOKEN_LIMIT_EXCEEDED') : undefined }
  }
}

/** Counts by name, and begins again with each interval. */
function createWindow(lengthMs: number): (name: string) => number {
  const counts = new Map<string, number>()
  let start = 0
  return (name) => {
    if (Date.now() - start > lengthMs) {
      counts.clear()
      start = Date.now()
    }
    const used = (counts.get(name) ?? 0) + 1
    counts.set(name, used)
    return used
  }
}

function header(kind: 'key' | 'token', max: number, used: number): Record<string, string> {
  return {
    [`x-rate-limit-api-${kind}-interval-ms`]: String(intervalMs),
    [`x-rate-limit-api-${kind}-max`]: String(max),
    [`x-rate-limit-api-${kind}-remaining`]: String(Math.max(0, max - used)),
  }
}

export function tooMany(error: string): Answer {
  return { status: 429, body: { error, message: 'Rate limit exceeded' } }
}

const intervalMs = 10_000
