import type { Frame } from './browser/frame'
import { type Calls, createCalls } from './calls'
import { damaged, damageName } from './damage'
import { createFrameActor, type FrameActor } from './frame-actor'
import type { Action, BrowserDeed, FrameDeed, ServerDeed } from './schedule'
import type { World } from './world'

export interface Actor extends Pick<FrameActor, 'signIn' | 'thawAll' | 'endThrottling'> {
  /** Waits for its moment, then does it. */
  perform(action: Action): Promise<void>
  readonly calls: Calls
}

/** A moment that never comes is not waited for any longer than this. */
const MOMENT_LIMIT_MS = 40_000

/** Makes what plays the people, the scripts of the Power-Up, and misfortune. */
export function createActor(world: World): Actor {
  const { clock, oracle, trace, network, tokenRequests } = world
  const calls = createCalls(world)
  const frameActor = createFrameActor(world, calls)

  async function perform(action: Action): Promise<void> {
    await wait(action.after)
    trace(`── ${JSON.stringify({ ...action, after: undefined })}`)
    const times = 'times' in action ? (action.times ?? 1) : 1
    for (let done = 0; done < times; done++) act(action)
  }

  async function wait(after: Action['after']): Promise<void> {
    if (typeof after === 'number') return clock.run(after)
    if ('steps' in after) {
      const until = world.countSteps() + after.steps
      return clock.run(MOMENT_LIMIT_MS, () => world.countSteps() >= until)
    }
    const { moment, frame } = after
    const seen = world.lastMoment()?.count ?? 0
    await clock.run(MOMENT_LIMIT_MS, () => {
      const last = world.lastMoment()
      if (!last || last.count === seen || last.moment !== moment) return false
      return frame === undefined || last.frame === frameAt(frame)
    })
  }

  function act(action: Action): void {
    if (isInFrame(action)) frameActor.act(frameAt(action.frame), action)
    else if (isAtServer(action)) actAtServer(action)
    else actInBrowser(action)
  }

  function actAtServer(action: ServerDeed): void {
    const { does } = action
    if (does === 'disturbToken') tokenRequests.disturbNext(action.fault)
    else if (does === 'breakTokens')
      tokenRequests.disturbAll(action.fault === 'over' ? undefined : action.fault)
    else if (does === 'disturbApi') network.disturbNextApi(action.fault)
    else if (does === 'goOffline') network.setOffline(action.isOffline)
    else revoke()
  }

  function actInBrowser(action: BrowserDeed): void {
    const { does } = action
    if (does === 'setClock') {
      oracle.fault('the clock jumps')
      oracle.clockJumped()
      world.setWallClock(action.byMs)
    } else if (does === 'sleep') sleep(action.forMs)
    else for (const partition of world.partitions) actInPartition(partition, action)
  }

  function actInPartition(partition: World['partitions'][number], action: BrowserDeed): void {
    const { does } = action
    if (does === 'evict') {
      oracle.fault('eviction')
      oracle.evicted(partition.entry())
      partition.put(undefined)
    } else if (does === 'breakStorage') {
      partition.storage.disturbAll(action.outage === 'over' ? undefined : action.outage)
    } else if (does === 'damage') {
      oracle.fault(damageName(action.part))
      if (action.part === 'everything') oracle.evicted(partition.entry())
      partition.put(damaged(partition.value(), action.part))
    } else if (does === 'disturbMessages') {
      oracle.fault('a message')
      partition.channels?.disturbNext(action.lateMs === null ? 'lost' : { lateMs: action.lateMs })
    } else if (does === 'delayLocks') {
      oracle.fault('slow locks')
      partition.locks?.delayNext(action.delayMs)
    }
  }

  function sleep(forMs: number): void {
    oracle.fault('the machine sleeps')
    calls.noteHeldUp(() => true)
    world.sleep(forMs)
  }

  function revoke(): void {
    for (const partition of world.partitions) {
      const { record } = partition.entry()
      const family =
        record?.status === 'live' ? world.server.familyOf(record.tokenSet.accessToken) : undefined
      if (!family) continue
      oracle.fault('the server revokes')
      oracle.revoked(family)
      world.server.revoke(family)
    }
  }

  function frameAt(index: number): Frame {
    const frame = world.frames[index % world.frames.length]
    if (!frame) throw new Error('A schedule has at least one frame.')
    return frame
  }

  const { signIn, thawAll, endThrottling } = frameActor
  return { perform, calls, signIn, thawAll, endThrottling }
}

function isInFrame(action: Action): action is Action & FrameDeed {
  return 'frame' in action
}

function isAtServer(action: Action): action is Action & ServerDeed {
  return ['disturbToken', 'breakTokens', 'disturbApi', 'goOffline', 'revoke'].includes(action.does)
}
