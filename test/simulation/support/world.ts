import { LEASE_MS, OWNER_SILENCE_MS } from '../../../src/base/durations'
import { createClock, TIMER } from './browser/clock'
import { createConsentWindows } from './browser/consent-window'
import { type Frame, openFrame, type Place, type Surroundings, waysOf } from './browser/frame'
import { createPartition, MEMBER, PAGE_KEY, type Partition, WORKSPACE } from './browser/partition'
import { openProcess, PROCESS_KEY } from './browser/process'
import { createHistory, type Moment } from './oracle/history'
import { createOracle, type Oracle } from './oracle/oracle'
import type { Schedule } from './schedule'
import { type AuthorizationServer, createAuthorizationServer } from './servers/authorization-server'
import { createNetwork } from './servers/network'
import { createTokenRequests } from './servers/token-requests'

/** Everything around the code under test, for one schedule. */
export interface World extends Surroundings {
  server: AuthorizationServer
  oracle: Oracle
  trace(line: string): void
  partitions: readonly Partition[]
  /** The latest life of each frame. */
  frames: Frame[]
  countSteps(): number
  lastMoment(): { moment: Moment; frame: Frame | undefined; count: number } | undefined
  setWallClock(byMs: number): void
  sleep(forMs: number): void
  open(name: string, place: Place): Frame
  /** Where a frame of that tab is at first. */
  placeOf(tab: number): Place
}

const BEGINNING = 1_800_000_000_000
const DAY_MS = 86_400_000

export function createWorld(schedule: Schedule, trace: (line: string) => void): World {
  const { browser } = schedule
  const isServer = schedule.runs === 'processes'
  let steps = 0
  let offsetMs = 0
  let uncountedMs = 0
  let last: { moment: Moment; frame: Frame | undefined; count: number } | undefined

  function tell(line: string): void {
    trace(`${(clock.elapsed() / 1_000).toFixed(3).padStart(9)} ${line}`)
  }

  function wallClock(): number {
    return BEGINNING + offsetMs + clock.elapsed()
  }

  const clock = createClock(schedule.seed, (step) => {
    steps++
    if (step.label !== TIMER) tell(`${step.owner ? `${step.owner.name}: ` : ''}${step.label}`)
  })
  const server = createAuthorizationServer(schedule.server, clock)
  const history = createHistory(tell, (moment, life) => {
    tell(`${life.name}: ${moment.toUpperCase()}`)
    const frame = world.frames.find((other) => other === life)
    last = { moment, frame, count: (last?.count ?? 0) + 1 }
  })
  const oracle = createOracle({
    clock,
    wallClock,
    server,
    history,
    member: MEMBER,
    partitions: schedule.partitions,
    accessTokenMs: schedule.server.accessTokenMs,
    leaseMs: isServer ? OWNER_SILENCE_MS : LEASE_MS,
    refreshBrings: schedule.server.refreshBrings,
    isUnsure: (life) => partitions.some(({ storage }) => storage.isUnsure(life)),
    isVisible: (life) => world.frames.find((frame) => frame === life)?.isVisible() ?? false,
    waysOf: (life) => waysOf(world.frames.find((frame) => frame === life)),
  })
  const partitions = Array.from({ length: schedule.partitions }, () =>
    createPartition(clock, {
      ...browser,
      key: isServer ? PROCESS_KEY : PAGE_KEY,
      onTransaction: oracle.transaction,
      onStorageFault: () => oracle.fault('storage'),
    }),
  )
  const tokenRequests = createTokenRequests(clock, server, oracle, schedule.server)
  const world: World = {
    clock,
    wallClock,
    monotonicClock: () => clock.elapsed() - uncountedMs,
    tokenRequests,
    network: createNetwork(clock, server, tokenRequests, oracle, schedule.server),
    windows: createConsentWindows(clock, server, browser.cutsOpener, (life) =>
      history.happened('opened', life),
    ),
    revokes: schedule.revokes,
    server,
    oracle,
    trace: tell,
    partitions,
    frames: [],
    countSteps: () => steps,
    lastMoment: () => last,
    setWallClock: (byMs) => {
      offsetMs += byMs
    },
    sleep: (forMs) => {
      clock.leap(forMs)
      if (!browser.countsSleep) uncountedMs += forMs
    },
    open: (name, place) =>
      isServer
        ? openProcess(world, server, name, place, oracle.signingIn)
        : openFrame(world, name, place, schedule.isVisible),
    placeOf: (tab) => {
      const partition = partitions[tab % partitions.length]
      if (!partition) throw new Error('A schedule has at least one partition.')
      return { tab, partition, endpoint: schedule.endpoint }
    },
  }
  const [first] = partitions
  if (schedule.grant !== 'none') first?.put(storedGrant(schedule, world))
  for (const partition of partitions) oracle.begin(partition.entry())
  return world
}

function storedGrant(schedule: Schedule, { server, tokenRequests, wallClock }: World) {
  const { grant, isMemberChecked, ageDays, endpoint } = schedule
  const { accessTokenMs } = schedule.server
  const share = { none: 0, fresh: 0, due: 0.9, over: 1.1 }[grant]
  const obtainedAt = wallClock() - accessTokenMs * share
  const way = endpoint === 'page' ? 'page' : 'frame'
  const restMs = accessTokenMs * (1 - share)
  const ageMs = ageDays * DAY_MS
  const { accessToken, refreshToken } = server.begin({ member: MEMBER, way, ageMs, accessTokenMs: restMs })
  if (way === 'page') tokenRequests.keptByPage.refreshToken = refreshToken
  return {
    version: 1,
    attempts: [],
    record: {
      status: 'live',
      grantedAt: obtainedAt - ageMs,
      generation: 'g0',
      scopes: ['read'],
      workspace: WORKSPACE,
      tokenSet: {
        accessToken,
        ...(way === 'frame' && { refreshToken }),
        obtainedAt,
        expiresAt: obtainedAt + accessTokenMs,
      },
      renewable: true,
      memberChecked: isMemberChecked,
      way: way === 'page' ? 'trelloPage' : schedule.server.refusesPreflight ? 'form' : 'json',
    },
  }
}
