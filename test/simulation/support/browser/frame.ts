import type { Platform } from '../../../../src/base/platform'
import { type Client, createClientIn } from '../../../../src/client/client'
import { createPage } from '../../../../src/client/page'
import { trelloHostTokenEndpoint } from '../../../../src/token-endpoint/trello-host'
import type { Way } from '../servers/issued-tokens'
import {
  API_ORIGIN,
  AUTHORIZATION_ENDPOINT,
  type Network,
  REVOCATION_ENDPOINT,
  TOKEN_ENDPOINT,
} from '../servers/network'
import type { TokenRequests } from '../servers/token-requests'
import { trelloFrame } from '../servers/trello-page'
import type { Clock, Life } from './clock'
import { type ConsentWindows, PAGE_ORIGIN, type Person, REDIRECT_URI } from './consent-window'
import { facilitiesOf } from './facilities'
import { CLIENT_ID, MEMBER, type Partition, WORKSPACE } from './partition'

/** One page from its load to its death: the real client on a simulated browser. */
export interface Frame extends Life {
  readonly place: Place
  readonly client: Client
  /** What a keeper does for all its grants. */
  tick?(): Promise<unknown>
  /** Who sits before it. */
  person: Person
  /** How many windows it has opened. */
  windowsOpened: number
  isVisible(): boolean
  show(isVisible: boolean): void
  /** Errors of the library that reached the page's error reporting. */
  readonly reported: readonly unknown[]
}

/** Where a frame is, and how it was set up. */
export interface Place {
  tab: number
  partition: Partition
  endpoint: EndpointKind
}

/** The option `tokenEndpoint` of a client: its URL, the Trello page, or left out. */
export type EndpointKind = 'url' | 'page' | 'automatic'

/** What all frames of a browser share. */
export interface Surroundings {
  clock: Clock
  wallClock(): number
  monotonicClock(): number
  network: Network
  tokenRequests: TokenRequests
  windows: ConsentWindows
  /** The clients have a revocation endpoint. */
  revokes: boolean
}

/** The ways by which the client of a frame can renew a grant. */
export function waysOf(frame: Frame | undefined): readonly Way[] {
  const endpoint = frame?.place.endpoint
  if (endpoint === 'automatic') return ['frame', 'page']
  return endpoint === 'page' ? ['page'] : ['frame']
}

export function openFrame(world: Surroundings, name: string, place: Place, isShown: boolean): Frame {
  const { windows, tokenRequests } = world
  const { storage, locks, channels } = place.partition
  const life: Life = { name, isDead: false, isFrozen: false, timerGridMs: 0 }
  const wakeListeners = new Set<() => void>()
  const messageListeners = new Set<Parameters<Platform['onMessage']>[0]>()
  const reported: unknown[] = []
  let visible = isShown

  const openedLocks = locks?.open(life)
  const platform: Platform = {
    ...facilitiesOf(world, life),
    locks: () => openedLocks,
    openChannel: (channel) => channels?.open(life, channel),
    indexedDB: () => undefined,
    pageOrigin: () => PAGE_ORIGIN,
    isSecureContext: () => true,
    isVisible: () => visible,
    whenShown: (listener) => {
      listener()
      return () => undefined
    },
    onWake: (listener) => {
      wakeListeners.add(listener)
      return () => wakeListeners.delete(listener)
    },
    onMessage: (listener) => {
      messageListeners.add(listener)
      return () => messageListeners.delete(listener)
    },
    onPolicyViolation: () => () => undefined,
    openWindow: (url) => {
      frame.windowsOpened++
      return windows.open(life, url, frame.person, (event) => {
        for (const listener of [...messageListeners]) listener(event)
      })
    },
    availableScreen: () => ({ left: 0, top: 0, width: 1_000, height: 1_000 }),
    reportError: (error) => reported.push(error),
    logError: () => undefined,
  }
  const t = trelloFrame(life, tokenRequests, { organization: WORKSPACE, member: MEMBER })
  const tokenEndpoint = place.endpoint === 'url' ? TOKEN_ENDPOINT : trelloHostTokenEndpoint
  const client = createClientIn(createPage(platform, storage.open(life)), {
    clientId: CLIENT_ID,
    redirectUri: REDIRECT_URI,
    scopes: ['read'],
    t,
    ...(place.endpoint !== 'automatic' && { tokenEndpoint }),
    authorizationEndpoint: AUTHORIZATION_ENDPOINT,
    apiOrigins: [API_ORIGIN],
    ...(world.revokes && { revocationEndpoint: REVOCATION_ENDPOINT }),
  })
  const frame: Frame = Object.assign(life, {
    place,
    client,
    person: { does: 'leaves', afterMs: 0, member: MEMBER } as const,
    windowsOpened: 0,
    reported,
    isVisible: () => visible,
    show: (isNowShown: boolean) => {
      const isWaking = isNowShown && !visible
      visible = isNowShown
      if (isWaking) for (const listener of [...wakeListeners]) listener()
    },
  })
  return frame
}
