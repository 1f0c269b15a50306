import type { GrantEntry } from '../../../src/grant/grant'
import { grantKey } from '../../../src/grant/key'
import { createChannels } from './browser/channels'
import { createClock, type Life } from './browser/clock'
import { createConsentWindows } from './browser/consent-window'
import { type Frame, MEMBER, openFrame, type Surroundings, WORKSPACE } from './browser/frame'
import { createLockManager } from './browser/lock-manager'
import { createStorage } from './browser/storage'
import { createHistory, type Moment } from './oracle/history'
import { createOracle, type Oracle } from './oracle/oracle'
import type { Schedule } from './schedule'
import { type AuthorizationServer, createAuthorizationServer } from './servers/authorization-server'
import { AUTHORIZATION_ENDPOINT, createNetwork } from './servers/network'

/** Everything around the code under test, for one schedule. */
export interface World extends Surroundings {
  server: AuthorizationServer
  oracle: Oracle
  trace(line: string): void
  /** The latest life of each frame. */
  frames: Frame[]
  /** What stands in the store. */
  entry(): GrantEntry
  countSteps(): number
  lastMoment(): { moment: Moment; frame: Frame | undefined; count: number } | undefined
  setWallClock(byMs: number): void
  open(name: string, tab: number): Frame
}

const BEGINNING = 1_800_000_000_000
const KEY = grantKey({
  authorizationEndpoint: AUTHORIZATION_ENDPOINT,
  clientId: 'client-1',
  member: MEMBER,
  workspace: WORKSPACE,
})

export function createWorld(schedule: Schedule, trace: (line: string) => void): World {
  const { browser } = schedule
  let steps = 0
  let offset = 0
  let last: { moment: Moment; frame: Frame | undefined; count: number } | undefined
  const tell = (line: string) => trace(`${(clock.elapsed() / 1_000).toFixed(3).padStart(9)} ${line}`)
  const clock = createClock(schedule.seed, (step) => {
    steps++
    if (step.label !== 'timer') tell(`${step.owner ? `${step.owner.name}: ` : ''}${step.label}`)
  })
  const server = createAuthorizationServer(schedule.server, clock)
  const history = createHistory(tell, (moment, life) => {
    tell(`${life.name}: ${moment.toUpperCase()}`)
    const frame = world.frames.find((other) => other === life)
    last = { moment, frame, count: (last?.count ?? 0) + 1 }
  })
  const isUnsure = (life: Life) => storage.isUnsure(life)
  const oracle = createOracle({ clock, server, history, member: MEMBER, isUnsure })
  const locks = browser.hasLocks ? createLockManager(clock) : undefined
  const channels = browser.hasChannel ? createChannels(clock) : undefined
  const storage = createStorage(
    clock,
    (life, before, after) => oracle.transaction(life, entryOf(before), entryOf(after)),
    () => oracle.fault('storage'),
  )
  const network = createNetwork(clock, server, oracle, schedule.server)
  const windows = createConsentWindows(clock, server, browser.cutsOpener, (life) =>
    history.happened('opened', life),
  )
  const world: World = {
    clock,
    wallClock: () => BEGINNING + offset + clock.elapsed(),
    locks,
    channels,
    storage,
    network,
    windows,
    revokes: schedule.revokes,
    server,
    oracle,
    trace: tell,
    frames: [],
    entry: () => entryOf(storage.peek(KEY)),
    countSteps: () => steps,
    lastMoment: () => last,
    setWallClock: (byMs) => {
      offset += byMs
    },
    open: (name, tab) => openFrame(world, name, tab, schedule.isVisible),
  }
  if (schedule.grant !== 'none') storage.put(KEY, storedGrant(schedule, server, world.wallClock()))
  const first = world.entry()
  oracle.begin(first)
  return world
}

function storedGrant({ server, grant, isMemberChecked }: Schedule, from: AuthorizationServer, now: number) {
  const share = { none: 0, fresh: 0, due: 0.9, over: 1.1 }[grant]
  const obtainedAt = now - server.accessTokenMs * share
  const { accessToken, refreshToken } = from.begin(MEMBER, server.accessTokenMs * (1 - share))
  return {
    version: 1,
    attempts: [],
    record: {
      status: 'live',
      grantedAt: obtainedAt,
      generation: 'g0',
      scopes: ['read'],
      workspace: WORKSPACE,
      tokenSet: { accessToken, refreshToken, obtainedAt, expiresAt: obtainedAt + server.accessTokenMs },
      renewable: true,
      memberChecked: isMemberChecked,
    },
  }
}

function entryOf(value: unknown): GrantEntry {
  const { record, attempts = [] } = (value ?? {}) as Partial<GrantEntry>
  return { attempts, ...(record && { record }) }
}
