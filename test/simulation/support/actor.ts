import { type Frame, MEMBER } from './browser/frame'
import { type Calls, createCalls } from './calls'
import type { Action } from './schedule'
import type { World } from './world'

export interface Actor {
  /** Waits for its moment, then does it. */
  perform(action: Action): Promise<void>
  thawAll(): void
  readonly calls: Calls
}

/** What sign-ins may ask for besides the configured scopes. */
const SCOPES = ['read:more', 'write', 'write:more']
/** A moment that never comes is not waited for any longer than this. */
const MOMENT_LIMIT_MS = 40_000
/** Plays the people, the scripts of the Power-Up, and misfortune. */
export function createActor(world: World): Actor {
  const { clock, oracle, trace } = world
  const calls = createCalls(world)
  const { follow } = calls
  const aborts = new Map<Frame, AbortController>()

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
    if ('frame' in action) actIn(frameAt(action.frame), action)
    else if (action.does === 'disturbToken') world.network.disturbNextToken(action.fault)
    else if (action.does === 'disturbApi') world.network.disturbNextApi(action.fault)
    else if (action.does === 'disturbMessages') {
      oracle.fault('a message')
      world.channels?.disturbNext(action.lateMs === null ? 'lost' : { lateMs: action.lateMs })
    } else if (action.does === 'delayLocks') {
      oracle.fault('slow locks')
      world.locks?.delayNext(action.delayMs)
    } else if (action.does === 'setClock') {
      oracle.fault('the clock jumps')
      oracle.clockJumped()
      world.setWallClock(action.byMs)
    } else if (action.does === 'evict') evict()
    else revoke()
  }

  function actIn(frame: Frame, action: Extract<Action, { frame: number }>): void {
    const { does } = action
    if (does === 'thaw') thaw(frame.tab)
    else if (does === 'die') die(frame)
    else if (does === 'reload' && !frame.isFrozen) reload(frame)
    else if (!frame.isDead && !frame.isFrozen) actAwake(frame, action)
  }

  function actAwake(frame: Frame, action: Extract<Action, { frame: number }>): void {
    const { client } = frame
    const { does } = action
    if (does === 'call') calls.getToken(frame)
    else if (does === 'callApi') follow(frame, 'api.get', client.api.get('/1/boards/b'))
    else if (does === 'readState') follow(frame, 'readState', client.readState())
    else if (does === 'signIn') signIn(frame, action)
    else if (does === 'signOut') signOut(frame)
    else if (does === 'abort') aborts.get(frame)?.abort()
    else if (does === 'freeze') freeze(frame.tab)
    else if (does === 'show') frame.show(action.isVisible)
    else if (does === 'disturbStorage') world.storage.disturbNext(frame, action.kind, action.fault)
  }

  function signIn(frame: Frame, action: Extract<Action, { does: 'signIn' }>): void {
    const { person, afterMs, asSomebodyElse, scope = 0 } = action
    frame.person = { does: person, afterMs, member: asSomebodyElse ? 'member-2' : MEMBER }
    oracle.signingIn(frame)
    const abort = new AbortController()
    aborts.set(frame, abort)
    follow(
      frame,
      'authorize',
      frame.client.authorize({ signal: abort.signal, scopes: SCOPES.slice(0, scope) }),
    )
  }

  function signOut(frame: Frame): void {
    const onEnd = oracle.signingOut(frame, world.entry())
    const leaving = frame.client.signOut()
    leaving.then(
      () => onEnd(true),
      () => onEnd(false),
    )
    follow(frame, 'signOut', leaving)
  }

  function die(frame: Frame): void {
    if (frame.isDead) return
    oracle.fault(`${frame.name} dies`)
    frame.isDead = true
    oracle.died(frame)
    world.locks?.died(frame)
  }

  function reload(frame: Frame): void {
    die(frame)
    const index = world.frames.indexOf(frame)
    const [letter = 'A', life = '1'] = frame.name.split('.')
    world.frames[index] = world.open(`${letter}.${Number(life) + 1}`, frame.tab)
  }

  function freeze(tab: number): void {
    oracle.fault(`tab ${tab} freezes`)
    for (const frame of world.frames) if (frame.tab === tab) frame.isFrozen = true
    calls.noteFrozen()
  }

  function thaw(tab: number): void {
    for (const frame of world.frames) {
      if (frame.tab !== tab || !frame.isFrozen) continue
      frame.isFrozen = false
      clock.release(frame)
    }
  }

  function evict(): void {
    oracle.fault('eviction')
    oracle.evicted(world.entry())
    world.storage.clear()
  }

  function revoke(): void {
    const { record } = world.entry()
    const family = record?.status === 'live' ? world.server.familyOf(record.tokenSet.accessToken) : undefined
    if (!family) return
    oracle.fault('the server revokes')
    oracle.revoked(family)
    world.server.revoke(family)
  }

  function frameAt(index: number): Frame {
    const frame = world.frames[index % world.frames.length]
    if (!frame) throw new Error('A schedule has at least one frame.')
    return frame
  }

  function thawAll(): void {
    for (const { tab } of world.frames) thaw(tab)
  }

  return { perform, calls, thawAll }
}
