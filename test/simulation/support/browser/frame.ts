import type { Platform } from '../../../../src/base/platform'
import { type Client, createClientIn } from '../../../../src/client/client'
import { createPage } from '../../../../src/client/page'
import {
  API_ORIGIN,
  AUTHORIZATION_ENDPOINT,
  type Network,
  REVOCATION_ENDPOINT,
  TOKEN_ENDPOINT,
} from '../servers/network'
import type { Channels } from './channels'
import type { Clock, Life, Step } from './clock'
import { type ConsentWindows, PAGE_ORIGIN, type Person, REDIRECT_URI } from './consent-window'
import type { LockManager } from './lock-manager'
import type { Storage } from './storage'

/** One page from its load to its death: the real client on a simulated browser. */
export interface Frame extends Life {
  readonly tab: number
  readonly client: Client
  /** Who sits before it. */
  person: Person
  show(isVisible: boolean): void
  /** Errors of the library that reached the page's error reporting. */
  readonly reported: readonly unknown[]
}

/** What all frames of a partition share. */
export interface Surroundings {
  clock: Clock
  wallClock(): number
  /** `undefined`: there are none. */
  locks: LockManager | undefined
  channels: Channels | undefined
  storage: Storage
  network: Network
  windows: ConsentWindows
  revokes: boolean
}

export const MEMBER = 'member-1'
export const WORKSPACE = 'workspace-1'

export function openFrame(world: Surroundings, name: string, tab: number, isVisible: boolean): Frame {
  const { clock, storage, network, windows } = world
  const life: Life = { name, isDead: false, isFrozen: false }
  const wakeListeners = new Set<() => void>()
  const messageListeners = new Set<Parameters<Platform['onMessage']>[0]>()
  const reported: unknown[] = []
  let visible = isVisible
  let ids = 0

  const platform: Platform = {
    now: world.wallClock,
    monotonicNow: clock.elapsed,
    random: clock.random,
    randomId: () => `${name}${++ids}`,
    setTimeout: (callback, delayMs) => clock.plan(delayMs, life, 'timer', callback),
    clearTimeout: (timer) => {
      if (timer !== undefined) clock.cancel(timer as Step)
    },
    fetch: network.open(life),
    locks: () => openedLocks,
    openChannel: (channel) => world.channels?.open(life, channel),
    indexedDB: () => undefined,
    pageOrigin: () => PAGE_ORIGIN,
    isSecureContext: () => true,
    isVisible: () => visible,
    onWake: (listener) => {
      wakeListeners.add(listener)
      return () => wakeListeners.delete(listener)
    },
    onMessage: (listener) => {
      messageListeners.add(listener)
      return () => messageListeners.delete(listener)
    },
    onPolicyViolation: () => () => undefined,
    openWindow: (url) =>
      windows.open(life, url, frame.person, (event) => {
        for (const listener of [...messageListeners]) listener(event)
      }),
    availableScreen: () => ({ left: 0, top: 0, width: 1_000, height: 1_000 }),
    reportError: (error) => reported.push(error),
  }
  const openedLocks = world.locks?.open(life)
  const client = createClientIn(createPage(platform, storage.open(life)), {
    clientId: 'client-1',
    redirectUri: REDIRECT_URI,
    scopes: ['read'],
    workspace: WORKSPACE,
    member: MEMBER,
    tokenEndpoint: TOKEN_ENDPOINT,
    authorizationEndpoint: AUTHORIZATION_ENDPOINT,
    apiOrigins: [API_ORIGIN],
    ...(world.revokes && { revocationEndpoint: REVOCATION_ENDPOINT }),
  })
  const frame: Frame = Object.assign(life, {
    tab,
    client,
    person: { does: 'leaves', afterMs: 0, member: MEMBER } as const,
    reported,
    show: (isShown: boolean) => {
      const isWaking = isShown && !visible
      visible = isShown
      if (isWaking) for (const listener of wakeListeners) listener()
    },
  })
  return frame
}
