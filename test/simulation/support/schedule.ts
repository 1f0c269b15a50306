import type { Person } from './browser/consent-window'
import type { StorageFault } from './browser/storage'
import type { Moment } from './oracle/history'
import type { ServerKind } from './servers/authorization-server'
import type { ApiFault } from './servers/network'
import type { TokenFaultName } from './servers/token-faults'

/** All that a run of the simulation depends on: plain data, so that a failure can be printed and run again by hand. */
export interface Schedule {
  server: {
    kind: ServerKind
    leewayMs: number
    accessTokenMs: number
    revokesAccessTokens: boolean
    deadForm: number
    hidesErrors: boolean
  }
  browser: {
    hasLocks: boolean
    hasChannel: boolean
    /** An opener policy on the consent page cuts the window off. */
    cutsOpener: boolean
  }
  /** The number of frames in each tab. A tab freezes as a whole. */
  tabs: readonly number[]
  /** Whether the frames are visible at first: the hidden ones renew nothing by themselves. */
  isVisible: boolean
  revokes: boolean
  /** What is stored at the beginning: nothing, or a grant whose access token is so far. */
  grant: 'none' | 'fresh' | 'due' | 'over'
  isMemberChecked: boolean
  /** Whether the people close in the end what windows they left open. */
  closesWindows: boolean
  /** Whether tabs that are frozen in the end wake up before the rest is judged. */
  thaws: boolean
  /** The seed of all delays. 0: everything happens in the order in which it was asked for. */
  seed: number
  actions: readonly Action[]
}

export type Action = {
  /** When, counted from the action before: so much later, so many steps later, or once that has happened. */
  after: number | { steps: number } | { moment: Moment; frame?: number }
} & Deed

export type Deed =
  | {
      does: 'call' | 'callApi' | 'readState' | 'signOut' | 'abort' | 'die' | 'reload' | 'freeze' | 'thaw'
      frame: number
    }
  | {
      does: 'signIn'
      frame: number
      person: Person['does']
      afterMs: number
      asSomebodyElse?: boolean
      scope?: number
    }
  | { does: 'show'; frame: number; isVisible: boolean }
  | { does: 'disturbToken'; fault: TokenFaultName; times?: number }
  | { does: 'disturbApi'; fault: ApiFault; times?: number }
  | { does: 'disturbStorage'; frame: number; kind: 'read' | 'write'; fault: StorageFault; times?: number }
  | { does: 'disturbMessages'; lateMs: number | null; times?: number }
  | { does: 'delayLocks'; delayMs: number }
  | { does: 'setClock'; byMs: number }
  | { does: 'revoke' | 'evict' }
