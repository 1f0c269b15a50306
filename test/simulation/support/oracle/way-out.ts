import type { Frame } from '../browser/frame'
import type { Calls } from '../calls'
import type { World } from '../world'

/** What a call for a token says where only a new consent can help, or may help. */
const STUCK = [
  'notAuthorized',
  'tokenExpired',
  'tokenEndpointUnavailable',
  'tokenEndpointUnreadable',
  'clientRejected',
]

/**
 * Presses Connect, and judges what the click does: where the last call in this frame brought no token and none is stored
 * that would serve now, the click opens a window, or there is one already.
 */
export function judgeClick(world: World, calls: Calls, frame: Frame, click: () => void): void {
  const last = calls.last(frame)
  const isAsBefore = last?.changes === frame.place.partition.changes()
  const isStuck = STUCK.includes(last?.outcome ?? '') && isAsBefore && !hasGoodToken(world, frame)
  const isSigningIn = calls
    .all()
    .some((call) => call.frame === frame && call.name === 'authorize' && call.outcome === undefined)
  const before = frame.windowsOpened
  click()
  if (isStuck && !isSigningIn && frame.windowsOpened === before)
    world.oracle.violation(`${frame.name}: no window opens although the last call found no token`)
}

/** Tells whether a token is stored that the library takes for good. */
function hasGoodToken({ wallClock }: World, frame: Frame): boolean {
  const { record } = frame.place.partition.entry()
  if (record?.status !== 'live') return false
  const { obtainedAt, expiresAt } = record.tokenSet
  return wallClock() >= obtainedAt - 5_000 && wallClock() < expiresAt
}
