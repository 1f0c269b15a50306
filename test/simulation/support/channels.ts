import type { BroadcastChannelLike } from '../../../src/base/platform'
import type { Clock, Life } from './clock'

/** BroadcastChannels of one storage partition. */
export interface Channels {
  open(life: Life, name: string): BroadcastChannelLike
  /** The next message gets lost, or comes so late. */
  disturbNext(fate: MessageFate): void
  /** From now on all goes well. */
  heal(): void
}

export type MessageFate = 'lost' | { lateMs: number }

interface Port {
  life: Life
  name: string
  listeners: ((event: { data: unknown }) => void)[]
}

export function createChannels(clock: Clock): Channels {
  let ports: readonly Port[] = []
  let fates: readonly MessageFate[] = []

  function deliver(port: Port, data: unknown): void {
    const [fate, ...rest] = fates
    fates = rest
    if (fate === 'lost') return
    clock.plan(fate?.lateMs ?? clock.latency(), port.life, 'message arrives', () => {
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
      }
    },
    disturbNext: (fate) => {
      fates = [...fates, fate]
    },
    heal: () => {
      fates = []
    },
  }
}
