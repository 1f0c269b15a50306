import type { Frame } from './browser/frame'
import { MEMBER } from './browser/partition'
import type { Calls } from './calls'
import { judgeClick } from './oracle/way-out'
import type { FrameDeed } from './schedule'
import { DEAD_PATH } from './servers/network'
import type { World } from './world'

/** Does what happens in one frame, or to one frame. */
export interface FrameActor {
  act(frame: Frame, deed: FrameDeed): void
  signIn(frame: Frame, deed: Extract<FrameDeed, { does: 'signIn' }>): void
  thawAll(): void
  /** Lets the timers of all frames come in time again. */
  endThrottling(): void
}

/** The scopes that a sign-in may ask for besides the configured ones. */
const MORE_SCOPES = ['read:more', 'write', 'write:more']
const EPISODE_REQUESTS = 3
/** A call of the API asks for a token, and once more after a 401. */
const API_CALL_REQUESTS = 6

export function createFrameActor(world: World, calls: Calls): FrameActor {
  const { clock, oracle } = world
  const { follow } = calls
  const aborts = new Map<Frame, AbortController>()

  function act(frame: Frame, deed: FrameDeed): void {
    const { does } = deed
    if (does === 'thaw') thaw(frame.place.tab)
    else if (does === 'die') die(frame)
    else if (does === 'reload' && !frame.isFrozen) reload(frame, deed.endpoint ?? frame.place.endpoint)
    else if (!frame.isDead && !frame.isFrozen) actAwake(frame, deed)
  }

  function actAwake(frame: Frame, deed: FrameDeed): void {
    if (deed.does === 'freeze') freeze(frame.place.tab)
    else if (deed.does === 'show') frame.show(deed.isVisible)
    else if (deed.does === 'throttle') throttle(frame.place.tab, deed.gridMs)
    else if (deed.does === 'disturbStorage')
      frame.place.partition.storage.disturbNext(frame, deed.kind, deed.fault)
    else actOnClient(frame, deed)
  }

  function actOnClient(frame: Frame, deed: FrameDeed): void {
    const { client } = frame
    const callApi = (path: string) => follow(frame, 'api.get', API_CALL_REQUESTS, () => client.api.get(path))
    if (deed.does === 'call') calls.getToken(frame)
    else if (deed.does === 'callApi') callApi('/1/boards/b')
    else if (deed.does === 'callDeadPath') callApi(DEAD_PATH)
    else if (deed.does === 'tick')
      follow(frame, 'tick', EPISODE_REQUESTS, async () => void (await frame.tick?.()))
    else if (deed.does === 'readState') follow(frame, 'readState', 0, () => client.readState())
    else if (deed.does === 'signIn') signIn(frame, deed)
    else if (deed.does === 'signOut') signOut(frame)
    else if (deed.does === 'abort') aborts.get(frame)?.abort()
  }

  function signIn(frame: Frame, deed: Extract<FrameDeed, { does: 'signIn' }>): void {
    const { person, afterMs, asSomebodyElse, scope = 0 } = deed
    frame.person = { does: person, afterMs, member: asSomebodyElse ? 'member-2' : MEMBER }
    oracle.signingIn(frame)
    const abort = new AbortController()
    aborts.set(frame, abort)
    const scopes = MORE_SCOPES.slice(0, scope)
    judgeClick(world, calls, frame, () => {
      follow(frame, 'authorize', Infinity, () => frame.client.authorize({ signal: abort.signal, scopes }))
    })
  }

  function signOut(frame: Frame): void {
    const onEnd = oracle.signingOut(frame, frame.place.partition.entry())
    follow(frame, 'signOut', 0, () => {
      const leaving = frame.client.signOut()
      leaving.then(
        () => onEnd(true),
        () => onEnd(false),
      )
      return leaving
    })
  }

  function die(frame: Frame): void {
    if (frame.isDead) return
    oracle.fault(`${frame.name} dies`)
    frame.isDead = true
    oracle.died(frame)
    frame.place.partition.locks?.died(frame)
  }

  function reload(frame: Frame, endpoint: Frame['place']['endpoint']): void {
    die(frame)
    const index = world.frames.indexOf(frame)
    const [letter = 'A', life = '1'] = frame.name.split('.')
    world.frames[index] = world.open(`${letter}.${Number(life) + 1}`, { ...frame.place, endpoint })
  }

  function freeze(tab: number): void {
    oracle.fault(`tab ${tab} freezes`)
    for (const frame of world.frames) if (frame.place.tab === tab) frame.isFrozen = true
    calls.noteHeldUp(({ isFrozen }) => isFrozen)
  }

  function thaw(tab: number): void {
    for (const frame of world.frames) {
      if (frame.place.tab !== tab || !frame.isFrozen) continue
      frame.isFrozen = false
      clock.release(frame)
    }
  }

  function throttle(tab: number, gridMs: number): void {
    oracle.fault('late timers')
    for (const frame of world.frames) if (frame.place.tab === tab) frame.timerGridMs = gridMs
    calls.noteHeldUp(({ timerGridMs }) => timerGridMs > 0)
  }

  function thawAll(): void {
    for (const frame of world.frames) {
      thaw(frame.place.tab)
    }
  }

  function endThrottling(): void {
    for (const frame of world.frames) frame.timerGridMs = 0
  }

  return { act, signIn, thawAll, endThrottling }
}
