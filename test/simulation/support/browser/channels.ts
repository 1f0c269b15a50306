import type { BroadcastChannelLike } from '../../../../src/base/platform'
import type { Clock, Life } from './clock'

/** BroadcastChannels of one storage partition. */
export interface Channels {
  open(life: Life, name: string): BroadcastChannelLike
  /** The next message gets lost, or comes so late. */
  disturbNext(fault: MessageFault): void
  /** From now on all goes well. */
  heal(): void
}

export type MessageFault = 'lost' | { lateMs: number }

interface Port {
  life: Life
  name: string
  listeners: ((event: { data: unknown }) => void)[]
}

export function createChannels(clock: Clock): Channels {
  let ports: readonly Port[] = []
  let faults: readonly MessageFault[] = []

  function deliver(port: Port, data: unknown): void {
    const [fault, ...rest] = faults
    faults = rest
    if (fault === 'lost') return
    clock.plan(fault?.lateMs ?? clock.latency(), port.life, 'message arrives', () => {
      for (const listener of port.listeners) listener({ data: structuredClone(data) })
    })
  }

  return {
    open: (life, name) => {
      const port: Port = { life, name, listeners: [] }
      ports = [...ports.filter((other) => !other.life.isDead), port]
      return {
        postMessage: (data) => {
          for (const other of ports) if (other !== port && other.name === name) deliver(other, data)
        },
        addEventListener: (_type, listener) => {
          port.listeners.push(listener)
        },
        close: () => {
          ports = ports.filter((other) => other !== port)
        },
      }
    },
    disturbNext: (fault) => {
      faults = [...faults, fault]
    },
    heal: () => {
      faults = []
    },
  }
}
