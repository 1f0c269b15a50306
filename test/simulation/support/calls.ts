import { isPowerUpOAuthError } from '../../../src/base/error-guard'
import { isGood } from '../../../src/grant/grant'
import type { Frame } from './browser/frame'
import type { World } from './world'

/** One promise that the library owes to a caller. */
export interface Call {
  frame: Frame
  name: string
  beganAt: number
  /** The frame was frozen on the way: its time does not count. */
  wasFrozen: boolean
  outcome?: string
}

/** All calls of a run. Each is judged for its time, and for what it may fail with. */
export interface Calls {
  getToken(frame: Frame): Call
  follow(frame: Frame, name: string, work: Promise<unknown>): Call
  /** Some frames have just been frozen. */
  noteFrozen(): void
  all(): readonly Call[]
}

/** How long `getAccessToken` may read, with the delays of this simulation … */
const READ_LIMIT_MS = 800 + 200
/** … and how long it may take in all where a token has to be asked for. */
const TOKEN_LIMIT_MS = 12_000 + READ_LIMIT_MS

export function createCalls({ clock, oracle, trace, entry, wallClock }: World): Calls {
  const calls: Call[] = []

  function getToken(frame: Frame): Call {
    const limitMs = knowsGoodToken(frame) ? READ_LIMIT_MS : TOKEN_LIMIT_MS
    const token = frame.client.getAccessToken()
    const call = follow(frame, 'getAccessToken', token)
    const judge = () => {
      const tookMs = clock.elapsed() - call.beganAt
      const isExcused = call.wasFrozen || (oracle.hasClockJumped() && tookMs <= TOKEN_LIMIT_MS)
      if (!isExcused && tookMs > limitMs) oracle.violation(`${frame.name}: getAccessToken took ${tookMs} ms`)
    }
    token.then((value) => {
      const { state } = frame.client
      oracle.served(value, !(state.status === 'authorized' && !state.persistent))
      judge()
    }, judge)
    return call
  }

  /** Whether the frame has given out the very token that stands in the store, and it is still good for a while. */
  function knowsGoodToken(frame: Frame): boolean {
    const { record } = entry()
    if (record?.status !== 'live') return false
    const { tokenSet } = record
    const now = wallClock()
    const isKnown = calls.some((call) => call.frame === frame && call.outcome === tokenSet.accessToken)
    return isKnown && tokenSet.obtainedAt <= now && isGood(tokenSet, now + READ_LIMIT_MS)
  }

  function follow(frame: Frame, name: string, work: Promise<unknown>): Call {
    const call: Call = { frame, name, beganAt: clock.elapsed(), wasFrozen: false }
    calls.push(call)
    const settle = (outcome: string) => {
      call.outcome = outcome
      trace(`${frame.name}: ${name} → ${outcome}`)
    }
    work.then(
      (value) => settle(typeof value === 'string' ? value : 'done'),
      (error: unknown) => {
        if (!isPowerUpOAuthError(error)) oracle.violation(`${frame.name}: ${name} failed with ${error}`)
        settle(isPowerUpOAuthError(error) ? error.code : String(error))
      },
    )
    return call
  }

  return {
    getToken,
    follow,
    noteFrozen: () => {
      for (const call of calls) if (call.frame.isFrozen && call.outcome === undefined) call.wasFrozen = true
    },
    all: () => calls,
  }
}
