import type { Clock, Life } from '../browser/clock'
import type { TokenQuestion } from '../servers/token-requests'
import type { History } from './history'

/** Counts what is sent to the token endpoint, and by whom: no call and no idle frame may send too much. */
export interface RequestRules {
  /** Notes that a call begins in that frame. Returns what to call at its end. */
  callBegan(life: Life, limit: number): () => void
  /** Notes that a frame stored the mark of an attempt whose code it is about to send. */
  marked(life: Life): void
  /** Tells for how long nobody has called in that frame, in milliseconds. */
  sent(life: Life, question: TokenQuestion): number
  answered(request: { life: Life; sentAt: number }, result: AnswerResult): void
}

/** What an answer means for what may be asked next. `refusedForNow`: with a `Retry-After`. */
export type AnswerResult = 'success' | 'refusedForNow' | 'clientRejected' | 'failure'

export interface RequestRuleOptions {
  /** Tells whether the frame renews in the background. */
  isVisible(life: Life): boolean
  accessTokenMs: number
}

interface OpenCall {
  life: Life
  requests: number
  /** How many others of the frame there were meanwhile, each of whom may have caused an episode. */
  others: number
}

/** Requests of one episode. */
const EPISODE_REQUESTS = 3
/** A frame that nobody uses sends at most so many requests in an hour, with the token endpoint down. */
const IDLE_REQUESTS_PER_HOUR = 60
const HOUR_MS = 3_600_000
/** A refresh that a call has begun may go on for so long after the call has ended. */
export const AFTERMATH_MS = 60_000
/** After a failed episode a frame pauses for ten seconds: more failures than one episode's in less time make a loop. */
const PAUSE_MS = 9_000

export function createRequestRules(
  clock: Clock,
  history: History,
  options: RequestRuleOptions,
): RequestRules {
  const open = new Set<OpenCall>()
  const lastCallAt = new Map<Life, number>()
  const idle = new Map<Life, number[]>()
  const failures = new Map<Life, number[]>()
  const rejected = new Set<Life>()
  const codes = new Map<string, { life: Life; isMarked: boolean; ways: Set<string> }>()
  const marks = new Set<Life>()

  function callBegan(life: Life, limit: number): () => void {
    // Whoever asks, in whatever frame, may find that the client is accepted again.
    rejected.clear()
    // Two may cause an episode and be no calls: the renewal, and a call whose caller has lost patience.
    const call: OpenCall = {
      life,
      requests: 0,
      others: Number(options.isVisible(life)) + Number(hasJustCalled(life)),
    }
    for (const other of open) {
      if (other.life !== life) continue
      other.others++
      call.others++
    }
    open.add(call)
    return () => {
      open.delete(call)
      lastCallAt.set(life, clock.elapsed())
      if (call.requests > limit + EPISODE_REQUESTS * call.others)
        history.violation(`${life.name}: one call sent ${call.requests} token requests`)
    }
  }

  function hasJustCalled(life: Life): boolean {
    return clock.elapsed() - (lastCallAt.get(life) ?? -Infinity) < AFTERMATH_MS
  }

  /** One frame may try each way once: it can't tell a request that got lost from a preflight that was refused. */
  function codeSent(life: Life, code: string, { way, encoding }: TokenQuestion): void {
    const sender = codes.get(code) ?? { life, isMarked: marks.has(life), ways: new Set() }
    codes.set(code, sender)
    marks.delete(life)
    // A storage that takes no writes keeps nobody from signing in, and tells no other frame of it.
    if (sender.life !== life && !sender.isMarked && history.counts.storage) return
    if (sender.life !== life || sender.ways.has(`${way} ${encoding}`))
      history.violation(`${life.name}: a code was sent twice`)
    sender.ways.add(`${way} ${encoding}`)
  }

  function sent(life: Life, question: TokenQuestion): number {
    const { grant } = question
    if (!('refreshToken' in grant)) {
      codeSent(life, grant.code, question)
      return 0
    }
    const calls = [...open].filter((call) => call.life === life)
    for (const call of calls) call.requests++
    if (rejected.has(life) && calls.length === 0)
      history.violation(`${life.name}: asked again by itself after the client was rejected`)
    const idleMs = calls.length > 0 ? 0 : clock.elapsed() - (lastCallAt.get(life) ?? -Infinity)
    if (idleMs < AFTERMATH_MS) return idleMs
    const lately = [...(idle.get(life) ?? []), clock.elapsed()]
    idle.set(life, lately)
    const inLastHour = lately.filter((at) => at > clock.elapsed() - HOUR_MS)
    if (inLastHour.length > idleLimit())
      history.violation(`${life.name}: sent ${inLastHour.length} token requests in an hour without a call`)
    return idleMs
  }

  /** Short-lived tokens that are renewed in good time need more. */
  function idleLimit(): number {
    return Math.max(
      IDLE_REQUESTS_PER_HOUR,
      options.accessTokenMs < 30_000 ? 0 : (2 * HOUR_MS) / options.accessTokenMs,
    )
  }

  function answered({ life, sentAt }: { life: Life; sentAt: number }, result: AnswerResult): void {
    if (result === 'success') {
      // A new token, in whatever frame, ends a pause.
      failures.clear()
      rejected.clear()
    }
    if (result === 'clientRejected') rejected.add(life)
    // Its episode has ended without it.
    const isLate = clock.elapsed() - sentAt > PAUSE_MS
    if (result !== 'failure' || isLate || history.hasClockJumped()) return
    const lately = [...(failures.get(life) ?? []), clock.elapsed()].filter(isLately)
    failures.set(life, lately)
    if (lately.length > EPISODE_REQUESTS)
      history.violation(`${life.name}: ${lately.length} token requests failed within ${PAUSE_MS} ms`)
  }

  function isLately(at: number): boolean {
    return at > clock.elapsed() - PAUSE_MS
  }

  return { callBegan, marked: (life) => marks.add(life), sent, answered }
}
