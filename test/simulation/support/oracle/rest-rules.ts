import type { Actor } from '../actor'
import type { Frame } from '../browser/frame'
import type { Call } from '../calls'
import type { Schedule } from '../schedule'
import type { World } from '../world'
import { OVERTAKEN } from './presentations'

/** What was set up last gets its turn before all is well again. */
const LAST_TROUBLE_MS = 35_000
const LONG_ENOUGH_MS = 200_000
const BETWEEN_CALLS_MS = 65_000
/** The causes that leave no doubt that the answer to a rotation was lost. */
const LOST_ROTATIONS = [
  'the answer got lost',
  'the frame died before the answer',
  'the frame died before it could commit',
]
const SIGN_IN_LIMIT_MS = 11 * 60_000

/** Ends all misfortune, waits until nothing is left to happen, and looks at what every frame has come to. */
export async function judgeAtRest(schedule: Schedule, world: World, actor: Actor): Promise<void> {
  const { clock, oracle, windows } = world
  await clock.run(LAST_TROUBLE_MS)
  for (const facility of [world.network, world.storage, world.channels, world.locks]) facility?.heal()
  if (schedule.thaws) actor.thawAll()
  if (schedule.closesWindows) windows.closeAll()
  await clock.run(LONG_ENOUGH_MS)
  if (actor.calls.all().some((call) => isOwed(call) && call.name === 'authorize'))
    await clock.run(SIGN_IN_LIMIT_MS)
  const frames = world.frames.filter((frame) => !frame.isDead && !frame.isFrozen)
  const first = frames.map((frame) => actor.calls.getToken(frame))
  await clock.run(BETWEEN_CALLS_MS)
  const last = frames.map((frame) => actor.calls.getToken(frame))
  await clock.run(BETWEEN_CALLS_MS)
  // Renewals never end: the moment between two of them is at rest.
  await clock.run(BETWEEN_CALLS_MS, () => !oracle.isBusy())

  for (const call of actor.calls.all())
    if (isOwed(call)) oracle.violation(`${call.frame.name}: ${call.name} never settled`)
  for (const { reported, name } of frames)
    if (reported.length > 0) oracle.violation(`${name} reported ${reported}`)
  judgeRecord(schedule, world)
  for (const [index, frame] of frames.entries()) {
    judgeTokens(world, frame, first[index], last[index])
    judgeOutcome(schedule, world, frame, last[index]?.outcome ?? '')
    judgeState(world, frame)
  }
}

function isOwed(call: Call): boolean {
  return call.outcome === undefined && !call.frame.isDead && !call.frame.isFrozen
}

function judgeRecord({ server: { kind } }: Schedule, { oracle, server, entry }: World): void {
  const { record } = entry()
  if (!record) return
  const token = oracle.tokenOf(record.generation)
  const family = token === undefined ? undefined : server.familyOf(token)
  if (token === undefined || !family) return
  if (oracle.isUnwanted(token)) oracle.violation('a record is there after the sign-out')
  const accepted = server.acceptedOf(family)
  const isLost = record.status === 'expired' || (record.renewable && accepted.length === 0)
  const causes = [...oracle.causesOf(family)]
  const isReordered = kind === 'supersede' && causes.includes(OVERTAKEN)
  const better = accepted.find((other) => other !== token && oracle.hasArrived(other) && !isReordered)
  if (record.status === 'expired' && (server.isAccepted(token) || better !== undefined)) {
    oracle.violation(`tokenExpired, although the server accepts ${better ?? token}`)
  } else if (
    record.status === 'live' &&
    record.renewable &&
    !server.isAccepted(token) &&
    better !== undefined
  ) {
    oracle.violation(`the stored token is dead, although the server accepts ${better}`)
  }
  const hasLeeway = kind !== 'strict' && kind !== 'plain'
  if (!isLost || hasLeeway) return
  if (causes.length === 0) oracle.violation('a loss without a named cause')
  const isRotationLost = causes.every((cause) => LOST_ROTATIONS.includes(cause))
  if (isRotationLost && record.status === 'expired' && record.reason !== 'rotationLost') {
    oracle.violation(`the cause is ${record.reason}, although an answer got lost`)
  }
}

function judgeTokens({ oracle, server }: World, frame: Frame, ...calls: readonly (Call | undefined)[]): void {
  for (const { outcome = '' } of calls.flatMap((call) => call ?? [])) {
    if (!server.familyOf(outcome)) continue
    if (oracle.isUnwanted(outcome, frame)) oracle.violation(`${frame.name} serves a token after the sign-out`)
    if (!oracle.wasStored(outcome))
      oracle.violation(`${frame.name} serves a token that was never stored, at rest`)
  }
}

/** What the last call of a frame came to has to fit what stands in the store. */
function judgeOutcome(
  { server: { hidesErrors } }: Schedule,
  { oracle, server, entry, frames, wallClock }: World,
  { name }: Frame,
  last: string,
): void {
  const { record } = entry()
  const given = server.familyOf(last) ? 'a token' : last
  const expected = {
    absent: ['notAuthorized'],
    expired: ['tokenExpired'],
    live: record?.status === 'live' && !record.renewable ? ['tokenExpired', 'a token'] : ['a token'],
  }[record?.status ?? 'absent']
  if (expected.includes(given)) return
  const isUnavailable = record && last.startsWith('tokenEndpointUn')
  // Each refresh passes a frozen frame over in the queue after 30 s, longer than its caller waits. But it does pass.
  const changedAt = record?.status === 'expired' ? record.since : record?.tokenSet.obtainedAt
  const isRecent = changedAt !== undefined && wallClock() - changedAt < 2 * BETWEEN_CALLS_MS
  const isHeldUp = frames.some(({ isFrozen }) => isFrozen) && isRecent
  if (isUnavailable && ((hidesErrors && record.status === 'live') || isHeldUp)) return
  oracle.violation(`${name} gives ${given} at rest, where the record is ${record?.status ?? 'absent'}`)
}

function judgeState({ oracle, entry }: World, { name, client: { state } }: Frame): void {
  const { record } = entry()
  // Ends with its access token, at a moment that a clock that was set has moved.
  const isEnding = record?.status === 'live' && !record.renewable
  const expected = { absent: 'notAuthorized', expired: 'tokenExpired', live: 'authorized' }[
    record?.status ?? 'absent'
  ]
  if (state.status === 'authorized' && !state.persistent) {
    oracle.violation(`${name} has not stored its grant at rest`)
  }
  if (state.status !== expected && !isEnding) {
    oracle.violation(
      `${name} shows ${state.status} at rest, where the record is ${record?.status ?? 'absent'}`,
    )
  }
}
