import type { Person } from './browser/consent-window'
import type { EndpointKind } from './browser/frame'
import type { StorageFault, StorageOutage } from './browser/storage'
import type { Damage } from './damage'
import type { Moment } from './oracle/history'
import type { ServerOptions } from './servers/authorization-server'
import type { ApiFault } from './servers/network'
import type { TokenFaultName } from './servers/token-faults'

/** All that a run of the simulation depends on: plain data, so that a failure can be printed and played again by hand. */
export interface Schedule {
  server: ServerOptions & {
    /** The form in which it says that a refresh token is dead: an index into `REFUSALS`. */
    refusal: number
    /** The browser hides each error of the token endpoint from pages. */
    hidesErrors: boolean
    /** The token endpoint answers no CORS preflight. */
    refusesPreflight: boolean
  }
  browser: {
    hasLocks: boolean
    hasChannel: boolean
    /** An opener policy on the consent page cuts the window off. */
    cutsOpener: boolean
    /** The monotonic clock goes on while the machine sleeps. */
    countsSleep: boolean
  }
  /** The number of frames in each tab. A tab freezes as a whole. */
  tabs: readonly number[]
  /** Pages with clients, or processes with keepers over one database. Each process is a tab of one frame. @default 'pages' */
  runs?: 'pages' | 'processes'
  /** The number of storage partitions, among which the tabs are dealt out in turn. */
  partitions: number
  /** How the clients are configured at first. */
  endpoint: EndpointKind
  /** The frames are visible at first. Hidden ones renew nothing by themselves. */
  isVisible: boolean
  /** The clients have a revocation endpoint. */
  revokes: boolean
  /** What the first partition holds at the beginning: nothing, or a grant whose access token is so far. */
  grant: 'none' | 'fresh' | 'due' | 'over'
  /** How many days ago the person consented to that grant. */
  ageDays: number
  isMemberChecked: boolean
  /** The people close in the end what windows they left open. */
  closesWindows: boolean
  /** Tabs that are frozen in the end wake up before the rest is judged. */
  thaws: boolean
  /** The seed of all delays. 0: everything happens in the order in which it was asked for. */
  seed: number
  actions: readonly Action[]
}

export type Action = {
  /** When, counted from the action before: so much later, so many steps later, or once that has happened. */
  after: number | { steps: number } | { moment: Moment; frame?: number }
} & Deed

export type Deed = FrameDeed | BrowserDeed | ServerDeed

/** What is done in one frame, or to it. */
export type FrameDeed =
  | {
      does:
        | 'call'
        | 'callApi'
        | 'callDeadPath'
        | 'readState'
        | 'signOut'
        | 'abort'
        /** A keeper looks after all that it keeps. */
        | 'tick'
        | 'die'
        | 'freeze'
        | 'thaw'
      frame: number
    }
  | { does: 'reload'; frame: number; endpoint?: EndpointKind }
  | {
      does: 'signIn'
      frame: number
      person: Person['does']
      afterMs: number
      asSomebodyElse?: boolean
      scope?: number
    }
  | { does: 'show'; frame: number; isVisible: boolean }
  /** The timers of its tab fire at multiples of so many milliseconds only. 0 ends it. */
  | { does: 'throttle'; frame: number; gridMs: number }
  | { does: 'disturbStorage'; frame: number; kind: 'read' | 'write'; fault: StorageFault; times?: number }

/** What befalls the whole browser, or all that a partition stores. */
export type BrowserDeed =
  | { does: 'breakStorage'; outage: StorageOutage | 'over' }
  | { does: 'damage'; part: Damage }
  | { does: 'evict' }
  | { does: 'disturbMessages'; lateMs: number | null; times?: number }
  | { does: 'delayLocks'; delayMs: number }
  | { does: 'setClock'; byMs: number }
  /** The machine sleeps for so long. */
  | { does: 'sleep'; forMs: number }

/** What befalls what lies beyond the browser. */
export type ServerDeed =
  | { does: 'disturbToken'; fault: TokenFaultName; times?: number }
  /** Every token request meets this, until it is over. */
  | { does: 'breakTokens'; fault: TokenFaultName | 'over' }
  | { does: 'disturbApi'; fault: ApiFault; times?: number }
  | { does: 'goOffline'; isOffline: boolean }
  | { does: 'revoke' }
