import { isPowerUpOAuthError } from '../../../src/base/error-guard'
import { isGood } from '../../../src/grant/grant'
import type { Frame } from './browser/frame'
import type { Oracle } from './oracle/oracle'
import type { World } from './world'

/** One promise that the library owes to a caller. */
export interface Call {
  frame: Frame
  name: string
  beganAt: number
  /** Something held the frame up on the way: its time doesn't count. */
  wasHeldUp: boolean
  outcome?: string
  /** The generation that was stored when it ended. */
  generation?: string | undefined
  endedAt?: number
  /** How often the frame's grant had become another one, in the partition or in the frame's memory, when it began … */
  changesBefore: number
  /** … and when it ended. */
  changes?: number
}

/** All calls of a run. Each is judged for its time, for its requests, and for what it may fail with. */
export interface Calls {
  getToken(frame: Frame): Call
  /** @param limit the refreshes that it may cost at most */
  follow(frame: Frame, name: string, limit: number, work: () => Promise<unknown>): Call
  /** Notes that some frames can't run for a while. */
  noteHeldUp(isHeldUp: (frame: Frame) => boolean): void
  all(): readonly Call[]
  /** The call in that frame that asked for a token, or for a consent, and was the last to end. */
  last(frame: Frame): Call | undefined
}

/** How long `getAccessToken` may read, with the delays of this simulation … */
const READ_LIMIT_MS = 800 + 200
/** The same of a keeper, whose store may have to wake up. */
const KEEPER_READ_LIMIT_MS = 3_000 + 200
/** … and how long it may take in all where a token has to be asked for. */
const TOKEN_LIMIT_MS = 12_000 + READ_LIMIT_MS
/** The calls whose outcome tells whether there is a token. */
const ASKING = ['getAccessToken', 'authorize']
/** Requests that one call for a token sends at most. */
const EPISODE_REQUESTS = 3

/** How often the grant of that frame has become another one, in its partition or in its own memory. */
export function changesFor(frame: Frame, oracle: Oracle): number {
  return frame.place.partition.changes() + oracle.tokensHeard(frame)
}

export function createCalls({ clock, oracle, trace, wallClock }: World): Calls {
  const calls: Call[] = []
  const ended: Call[] = []

  function getToken(frame: Frame): Call {
    const readMs = frame.tick ? KEEPER_READ_LIMIT_MS : READ_LIMIT_MS
    const limitMs = knowsGoodToken(frame) ? readMs : TOKEN_LIMIT_MS
    let token: Promise<string> = Promise.resolve('')
    const call = follow(frame, 'getAccessToken', EPISODE_REQUESTS, () => {
      token = frame.client.getAccessToken()
      return token
    })
    const judge = () => {
      const tookMs = clock.elapsed() - call.beganAt
      const isExcused = call.wasHeldUp || (oracle.hasClockJumped() && tookMs <= TOKEN_LIMIT_MS)
      if (!isExcused && tookMs > limitMs) oracle.violation(`${frame.name}: getAccessToken took ${tookMs} ms`)
    }
    token.then((value) => {
      const { state } = frame.client
      const isPersistent = !(state.status === 'authorized' && !state.persistent)
      oracle.served(value, { isPersistent, isInTime: !call.wasHeldUp })
      judge()
    }, judge)
    return call
  }

  /** Tells whether the frame has given out the very token that stands in the store, and knows that it is good for a while. */
  function knowsGoodToken(frame: Frame): boolean {
    const { record } = frame.place.partition.entry()
    if (record?.status !== 'live') return false
    const { tokenSet, generation } = record
    const now = wallClock()
    // Another frame may have got the same token again, for longer.
    const isKnown = calls.some(
      (call) =>
        call.frame === frame && call.outcome === tokenSet.accessToken && call.generation === generation,
    )
    return isKnown && tokenSet.obtainedAt <= now && isGood(tokenSet, now + READ_LIMIT_MS)
  }

  function follow(frame: Frame, name: string, limit: number, work: () => Promise<unknown>): Call {
    const call: Call = {
      frame,
      name,
      beganAt: clock.elapsed(),
      wasHeldUp: frame.timerGridMs > 0,
      changesBefore: changesFor(frame, oracle),
    }
    calls.push(call)
    const callEnded = oracle.callBegan(frame, limit)
    const settle = (outcome: string) => {
      ended.push(call)
      call.outcome = outcome
      call.endedAt = clock.elapsed()
      call.generation = frame.place.partition.entry().record?.generation
      call.changes = changesFor(frame, oracle)
      callEnded()
      trace(`${frame.name}: ${name} → ${outcome}`)
    }
    work().then(
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
    noteHeldUp: (isHeldUp) => {
      for (const call of calls) if (call.outcome === undefined && isHeldUp(call.frame)) call.wasHeldUp = true
    },
    all: () => calls,
    last: (frame) => ended.filter((call) => call.frame === frame && ASKING.includes(call.name)).at(-1),
  }
}
