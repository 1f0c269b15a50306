import type { ExpiredGrant, LiveGrant } from '../../../../src/grant/grant'
import type { Actor } from '../actor'
import { type Frame, waysOf } from '../browser/frame'
import { MEMBER, type Partition } from '../browser/partition'
import type { Call } from '../calls'
import type { Schedule } from '../schedule'
import type { Family } from '../servers/issued-tokens'
import { refusalOf } from '../servers/refusals'
import type { World } from '../world'
import { LOST_ROTATIONS } from './losses'
import type { Oracle } from './oracle'

/** What was set up last gets its turn before all is well again. */
const LAST_TROUBLE_MS = 35_000
const LONG_ENOUGH_MS = 200_000
const BETWEEN_CALLS_MS = 65_000
const SIGN_IN_LIMIT_MS = 11 * 60_000

/** Ends all misfortune, waits until nothing is left to happen, and judges what every frame has come to. */
export async function judgeAtRest(schedule: Schedule, world: World, actor: Actor): Promise<void> {
  const { clock, oracle, windows, partitions } = world
  await clock.run(LAST_TROUBLE_MS)
  heal(world)
  actor.endThrottling()
  if (schedule.thaws) actor.thawAll()
  if (schedule.closesWindows) windows.closeAll()
  await clock.run(LONG_ENOUGH_MS)
  if (actor.calls.all().some((call) => isOwed(call) && call.name === 'authorize'))
    await clock.run(SIGN_IN_LIMIT_MS)
  const frames = world.frames.filter((frame) => !frame.isDead && !frame.isFrozen)
  const first = frames.map((frame) => actor.calls.getToken(frame))
  await clock.run(BETWEEN_CALLS_MS)
  const stored = recordsOf(world)
  let last = frames.map((frame) => actor.calls.getToken(frame))
  await clock.run(BETWEEN_CALLS_MS)
  // One frame found out whose the tokens are while another was giving one: what that one knows by now is asked for again.
  if (recordsOf(world) < stored) {
    last = frames.map((frame) => actor.calls.getToken(frame))
    await clock.run(BETWEEN_CALLS_MS)
  }
  // Renewals never end: the moment between two of them is at rest.
  await clock.run(BETWEEN_CALLS_MS, () => !oracle.isBusy())

  for (const call of actor.calls.all())
    if (isOwed(call)) oracle.violation(`${call.frame.name}: ${call.name} never settled`)
  for (const { reported, name } of frames)
    if (reported.length > 0) oracle.violation(`${name} reported ${reported}`)
  for (const partition of partitions) {
    judgeRecord(schedule, world, partition)
    judgePresence(schedule, world, actor, partition)
  }
  for (const [index, frame] of frames.entries()) {
    judgeTokens(world, frame, first[index], last[index])
    judgeOutcome(schedule, world, frame, last[index])
    judgeState(world, frame)
  }
}

function recordsOf({ partitions }: World): number {
  return partitions.filter((partition) => partition.entry().record !== undefined).length
}

function heal({ network, tokenRequests, partitions }: World): void {
  network.heal()
  tokenRequests.disturbAll(undefined)
  for (const { storage, channels, locks } of partitions)
    for (const facility of [storage, channels, locks]) facility?.heal()
}

function isOwed(call: Call): boolean {
  return call.outcome === undefined && !call.frame.isDead && !call.frame.isFrozen
}

/** @see promises.md, "What depends on the server" */
function judgeRecord({ server: { kind } }: Schedule, { oracle, server }: World, partition: Partition): void {
  const { record } = partition.entry()
  const token = record && oracle.tokenOf(record.generation)
  const family = token === undefined ? undefined : server.familyOf(token)
  if (!record || token === undefined || !family) return
  if (oracle.isUnwanted(token)) oracle.violation('a record is there after the sign-out')
  const accepted = server.acceptedOf(family)
  const causes = oracle.causesOf(family)
  const isReordered = kind === 'supersede' && causes.has('a later presentation reached the server first')
  const better = accepted.find((other) => other !== token && oracle.hasArrived(other) && !isReordered)
  const isRenewable = record.status === 'live' && record.renewable
  if (record.status === 'expired' && (server.isAccepted(token) || better !== undefined)) {
    oracle.violation(`tokenExpired, although the server accepts ${better ?? token}`)
  } else if (isRenewable && !server.isAccepted(token) && better !== undefined) {
    oracle.violation(`the stored token is dead, although the server accepts ${better}`)
  }
  const isLost = record.status === 'expired' || (isRenewable && accepted.length === 0)
  const hasLeeway = kind !== 'strict' && kind !== 'plain'
  const end = server.endOf(family)
  if (isLost && !hasLeeway && end !== 'age' && end !== 'replaced') judgeLoss(oracle, record, family)
}

/** Whoever was told that they have connected stays so, unless somebody signed out or something removed what was stored. */
function judgePresence(
  { actions }: Schedule,
  { oracle }: World,
  { calls }: Actor,
  partition: Partition,
): void {
  const isRemovable = actions.some((action) => 'asSomebodyElse' in action && action.asSomebodyElse)
  const isRemoved = oracle.counts.eviction || oracle.counts.damage || isRemovable
  // What could not be stored for minutes is given up: another frame may have removed its attempt meanwhile.
  const isGivenUp =
    oracle.counts.storage && actions.some(({ does }) => ['breakStorage', 'setClock', 'sleep'].includes(does))
  const isSignedOut = calls.all().some(({ name }) => name === 'signOut')
  const hasConnected = calls
    .all()
    .some(({ name, outcome, frame }) => name === 'authorize' && outcome === 'done' && isHere(frame))
  if (hasConnected && !isRemoved && !isGivenUp && !isSignedOut && !partition.entry().record)
    oracle.violation('no record is there after a sign-in that was done')

  function isHere({ place, isDead, isFrozen }: Frame): boolean {
    return place.partition === partition && !isDead && !isFrozen
  }
}

/** On a server without a leeway, each loss has a cause that no code could prevent. */
function judgeLoss(oracle: Oracle, record: LiveGrant | ExpiredGrant, family: Family): void {
  const causes = [...oracle.causesOf(family)]
  if (causes.length === 0) oracle.violation('a loss without a named cause')
  const isRotationLost = causes.every((cause) => LOST_ROTATIONS.includes(cause))
  if (isRotationLost && record.status === 'expired' && record.reason !== 'rotationLost') {
    oracle.violation(`the cause is ${record.reason}, although an answer got lost`)
  }
}

function judgeTokens({ oracle, server }: World, frame: Frame, ...calls: readonly (Call | undefined)[]): void {
  for (const { outcome = '' } of calls.flatMap((call) => call ?? [])) {
    const family = server.familyOf(outcome)
    if (!family) continue
    if (family.member !== MEMBER) {
      // The API tells nobody whose token a dead one is.
      if (mayAsk(oracle) && server.isGood(outcome))
        oracle.violation(`${frame.name} serves a token of another account`)
      continue
    }
    if (oracle.isUnwanted(outcome, frame)) oracle.violation(`${frame.name} serves a token after the sign-out`)
    if (!oracle.wasStored(outcome))
      oracle.violation(`${frame.name} serves a token that was never stored, at rest`)
  }
}

/** Tells whether the API never refused to say whose token it is. That it could not be reached is over at rest. */
function mayAsk({ counts }: Oracle): boolean {
  return !counts['the API refuses']
}

/** What the last call of a frame came to has to fit what stands in the store. */
function judgeOutcome(schedule: Schedule, world: World, frame: Frame, call: Call | undefined): void {
  const { clock, oracle, server, frames, wallClock } = world
  const { outcome: last = '', endedAt = 0 } = call ?? {}
  const { hidesErrors, refusal, refusesPreflight } = schedule.server
  const { record } = frame.place.partition.entry()
  const given = server.familyOf(last) ? 'a token' : last
  const expected = {
    absent: ['notAuthorized'],
    expired: ['tokenExpired'],
    live: isEnding(world, frame) ? ['tokenExpired', 'a token'] : ['a token'],
  }[record?.status ?? 'absent']
  if (expected.includes(given)) return
  // A renewal heard the verdict after the call had got its token.
  const agoMs = clock.elapsed() - endedAt
  if (given === 'a token' && record?.status === 'expired' && record.since > wallClock() - agoMs) return
  const isUnavailable = record && last.startsWith('tokenEndpointUn')
  // Each refresh passes a frozen frame over in the queue after 30 s, longer than its caller waits. But it does pass.
  const changedAt = record?.status === 'expired' ? record.since : record?.tokenSet.obtainedAt
  const isRecent = changedAt !== undefined && wallClock() - changedAt < 2 * BETWEEN_CALLS_MS
  const isHeldUp = frames.some(({ isFrozen }) => isFrozen) && isRecent
  // A frame that is shut out lets the others wait too.
  const isShutOut = refusesPreflight && frames.some(({ place }) => place.endpoint === 'url')
  const isUnreadable = hidesErrors || isShutOut || !refusalOf(refusal).isVerdict
  // The Trello page answers what a hidden frame has asked once it is shown again, so that it is asked once. That frame
  // has its place in the queue meanwhile.
  const isAsleep = frames.some(
    (other) =>
      other.place.partition === frame.place.partition && other.place.endpoint !== 'url' && !other.isVisible(),
  )
  if (isUnavailable && ((isUnreadable && record.status === 'live') || isHeldUp || isAsleep)) return
  oracle.violation(`${frame.name} gives ${given} at rest, where the record is ${record?.status ?? 'absent'}`)
}

/** Tells whether a grant ends with its access token, because the client of this frame can't renew it. */
function isEnding({ server }: World, frame: Frame): boolean {
  const { record } = frame.place.partition.entry()
  if (record?.status !== 'live') return false
  const family = server.familyOf(record.tokenSet.accessToken)
  return !record.renewable || (family !== undefined && !waysOf(frame).includes(family.way))
}

function judgeState(world: World, frame: Frame): void {
  const { oracle } = world
  const { name, client, place } = frame
  const { state } = client
  const { record } = place.partition.entry()
  const expected = { absent: 'notAuthorized', expired: 'tokenExpired', live: 'authorized' }[
    record?.status ?? 'absent'
  ]
  if (state.status === 'authorized' && !state.persistent) {
    oracle.violation(`${name} has not stored its grant at rest`)
  }
  // A grant that ends with its token does so at a moment that a clock that was set has moved.
  if (state.status !== expected && !isEnding(world, frame)) {
    oracle.violation(
      `${name} shows ${state.status} at rest, where the record is ${record?.status ?? 'absent'}`,
    )
  }
}
