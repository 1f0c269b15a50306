import type { Actor } from '../actor'
import type { Frame } from '../browser/frame'
import { type Calls, changesFor } from '../calls'
import type { Schedule } from '../schedule'
import type { World } from '../world'

/** Longer than a consent takes, also where the window has to be given up before. */
const CONSENT_MS = 20_000
/** A window that an opener policy cuts off needs a second click, and each older response that waits for its own one more. */
const CLICKS = 6
/** The longest time in which an episode ends that its caller was woken in: the queue, and the episode itself. */
const EPISODE_END_MS = 30_000 + 11_000

/** What a call for a token says where only a new consent can help … */
const ENDED = ['notAuthorized', 'tokenExpired']
/** … or may help. */
const STUCK = [...ENDED, 'tokenEndpointUnavailable', 'tokenEndpointUnreadable', 'clientRejected']

/**
 * Presses Connect, and judges what the click does: where the last call in this frame brought no token and none is stored
 * that would serve now, the click opens a window, or there is one already.
 */
export function judgeClick(world: World, calls: Calls, frame: Frame, click: () => void): void {
  const isSigningIn = calls
    .all()
    .some((call) => call.frame === frame && call.name === 'authorize' && call.outcome === undefined)
  const before = frame.windowsOpened
  click()
  if (isStuck(world, calls, frame) && !isSigningIn && frame.windowsOpened === before)
    world.oracle.violation(`${frame.name}: no window opens although the last call found no token`)
}

/** Tells whether the last call in that frame found no token, nothing has changed since, and the frame can know it. */
function isStuck(world: World, calls: Calls, frame: Frame): boolean {
  const { outcome = '', changes, changesBefore, wasHeldUp = false, endedAt = 0 } = calls.last(frame) ?? {}
  // A call that could not ask says nothing of a grant that came while it tried.
  const judged = ENDED.includes(outcome) ? changes : changesBefore
  const isAsBefore = judged === changesFor(frame, world.oracle)
  // The frame had not heard of a consent that was just stored.
  const isMistaken = outcome === 'notAuthorized' && frame.place.partition.entry().record !== undefined
  // Its patience ended while the machine slept, before the episode: that has not failed yet. Where each timer is late, it
  // may go on for as long as anybody looks.
  const isEpisodeOver = world.clock.elapsed() - endedAt >= EPISODE_END_MS && frame.timerGridMs === 0
  const isUndecided = wasHeldUp && !isEpisodeOver
  const isWaiting = outcome === 'tokenEndpointUnavailable' && (isUndecided || isHeldUp(world))
  return STUCK.includes(outcome) && isAsBefore && !isMistaken && !isWaiting && !hasGoodToken(world, frame)
}

/** A frame that is frozen for good holds each refresh up for longer than a caller waits. */
function isHeldUp({ frames }: World): boolean {
  return frames.some(({ isFrozen }) => isFrozen)
}

/** Presses Connect in one frame of each partition, at rest, until its person has consented. There must be a token then. */
export async function judgeWayOut(schedule: Schedule, world: World, actor: Actor): Promise<void> {
  const { clock, oracle, partitions, server } = world
  for (const partition of partitions) {
    const frame = world.frames.find((each) => isUsable(each) && each.place.partition === partition)
    if (!frame || isShutOut(schedule, frame)) continue
    frame.show(true)
    for (let click = 0; click < CLICKS && isWithoutToken(); click++) {
      actor.signIn(frame, { does: 'signIn', frame: 0, person: 'allows', afterMs: 0 })
      await clock.run(CONSENT_MS)
      actor.calls.getToken(frame)
      await clock.run(CONSENT_MS)
    }
    if (isWithoutToken() && !isHeldUp(world))
      oracle.violation(`${frame.name} has no token after the person has consented ${CLICKS} times`)

    function isWithoutToken(): boolean {
      const { outcome = '' } = (frame && actor.calls.last(frame)) ?? {}
      return server.familyOf(outcome) === undefined
    }
  }
}

function isUsable({ isDead, isFrozen }: Frame): boolean {
  return !isDead && !isFrozen
}

/** Tells whether the token endpoint answers no preflight, and the client of that frame knows no other way. */
function isShutOut({ server }: Schedule, { place }: Frame): boolean {
  return server.refusesPreflight && place.endpoint === 'url'
}

/** Tells whether a token is stored that the library takes for good. */
function hasGoodToken({ wallClock }: World, frame: Frame): boolean {
  const { record } = frame.place.partition.entry()
  if (record?.status !== 'live') return false
  const { obtainedAt, expiresAt } = record.tokenSet
  return wallClock() >= obtainedAt - 5_000 && wallClock() < expiresAt
}
